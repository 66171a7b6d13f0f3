"""Prompts are Markdown files; what varies is filled in by name."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from string import Template

HERE = Path(__file__).parent


@lru_cache(maxsize=16)
def prompt(name: str) -> Template:
    """A prompt by file name without its ending."""
    return Template((HERE / f"{name}.md").read_text(encoding="utf-8"))


@lru_cache(maxsize=16)
def prompt_version(name: str) -> str:
    """Hash of a prompt, part of the behaviour version."""
    return hashlib.sha256(prompt(name).template.encode()).hexdigest()[:12]


def as_data(text: str) -> str:
    """Customer text between marks it cannot itself contain: data, never an instruction."""
    return "<<<\n" + text.replace("<<<", "‹‹‹").replace(">>>", "›››") + "\n>>>"

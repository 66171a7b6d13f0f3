"""What jobs tell agents."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml


@cache
def _words() -> dict[str, dict[str, str]]:
    text = (resources.files("invekto.server.jobs") / "words.yaml").read_text("utf-8")
    table: dict[str, dict[str, str]] = yaml.safe_load(text)
    return table


def say(name: str, language: str, **values: str) -> str:
    """A sentence of words.yaml, in English where the language is not known."""
    by_language = _words()[name]
    return by_language.get(language, by_language["en"]).format(**values)

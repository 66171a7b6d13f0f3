"""What a person is told about a file that cannot be read."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def _texts() -> dict[str, dict[str, str]]:
    raw = (resources.files("invekto.knowledge") / "data/problems.yaml").read_text("utf-8")
    texts: dict[str, dict[str, str]] = yaml.safe_load(raw)
    return texts


def explained(problem: str, detail: dict[str, Any] | None = None) -> dict[str, str]:
    """The message by language (tr, en) for a problem's stable word."""
    texts = _texts().get(problem) or _texts()["crashed"]
    return {language: text.format_map(_Lenient(detail or {})) for language, text in texts.items()}


def warned(warning: dict[str, Any]) -> dict[str, str]:
    """The same for what a manager should look at in a file that was read."""
    numbers = warning["pages"]
    pages = ", ".join(map(str, numbers)) if isinstance(numbers, list) else str(numbers)
    name = str(warning["warning"])
    return explained(name if pages else f"{name}_somewhere", {"pages": pages})


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"

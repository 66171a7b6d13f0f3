"""The entity words, read once and folded."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from invekto.text.fold import fold
from invekto.text.resources import parsed

_PATH = Path(__file__).parent / "tables.yaml"
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]*)?")


def table(name: str) -> Any:
    """One part of `tables.yaml`."""
    return _all()[name]


@cache
def _all() -> dict[str, Any]:
    return dict(parsed(_PATH.read_text(encoding="utf-8")))


@cache
def words_of(name: str) -> frozenset[str]:
    """All words of a part, folded."""
    return frozenset(fold(str(word)) for word in _leaves(table(name)))


def _leaves(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return [leaf for child in node.values() for leaf in _leaves(child)]
    if isinstance(node, list):
        return [leaf for child in node for leaf in _leaves(child)]
    return [node]


def tokens(text: str) -> list[tuple[str, int, int]]:
    """Words of folded text with their offsets; an ending after an apostrophe belongs to them."""
    return [(m.group(), *m.span()) for m in _TOKEN.finditer(text)]

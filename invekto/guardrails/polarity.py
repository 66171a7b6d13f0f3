"""Yes and no: what a clause says of its subject, so that a fact can refute it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

RULES = Path(__file__).parent / "rules" / "polarity.yaml"
ALONE = frozenset({"stock", "free"})
"""What no reply may state without any fact about it."""
_SAME = {"possible": "does", "done": "does"}


@lru_cache(maxsize=1)
def _rules() -> tuple[dict[tuple[str, str], re.Pattern[str]], dict[str, re.Pattern[str]]]:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    states = {name: re.compile("|".join(p)) for name, p in data.pop("states").items()}
    axes = {
        (axis, side): re.compile("|".join(patterns))
        for axis, sides in data.items()
        for side, patterns in sides.items()
    }
    return axes, states


@lru_cache(maxsize=4_096)
def statements(folded: str) -> frozenset[tuple[str, str]]:
    """(axis, yes or no) of a clause; a no in the same words wins over a yes."""
    axes, _ = _rules()
    found = {(axis, side) for (axis, side), pattern in axes.items() if pattern.search(folded)}
    sides = {(axis, s) for axis, s in found if s == "no" or (axis, "no") not in found}
    return frozenset((_SAME.get(axis, axis), side) for axis, side in sides)


@lru_cache(maxsize=4_096)
def states(folded: str) -> frozenset[str]:
    """States of an order that are stated."""
    _, patterns = _rules()
    return frozenset(name for name, pattern in patterns.items() if pattern.search(folded))


def opposite(side: str) -> str:
    """The other side of an axis."""
    return "no" if side == "yes" else "yes"

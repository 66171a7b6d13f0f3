"""Things of one kind, of which a text that names one does not mean another."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

RULES = Path(__file__).parent / "rules" / "groups.yaml"


@lru_cache(maxsize=1)
def groups() -> tuple[frozenset[str], ...]:
    """Things of one kind, as terms of the glossary."""
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return tuple(frozenset(f"@{name}" for name in names) for names in data.values())


@lru_cache(maxsize=1)
def _apart() -> tuple[frozenset[str], ...]:
    """The groups without what is of every season."""
    return tuple(group - {"@all_year"} for group in groups())


def siblings_apart(left: frozenset[str], right: frozenset[str]) -> bool:
    """Both name things of one kind, and none in common: summer and winter."""
    return any(left & group and right & group and not left & right & group for group in _apart())

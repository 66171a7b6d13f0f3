"""Under construction."""

from __future__ import annotations


def analyse(
    text: str, own: frozenset[str], language: str | None
) -> list[tuple[int, int, str, float]]:
    """Nothing yet."""
    return []

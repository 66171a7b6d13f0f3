"""Amounts of money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount found in `raw[begin:finish] == text`. `min` == `max` for one amount, None on the
    open side; `currency` is ISO 4217, or None where none was named."""

    min: Decimal | None
    max: Decimal | None
    currency: str | None
    text: str
    begin: int
    finish: int
    approx: bool = False


def find_money(text: str, language: str) -> list[Money]:
    """Not written yet: finds nothing."""
    return []

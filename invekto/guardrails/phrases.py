"""Rail under construction."""

from __future__ import annotations

from invekto.guardrails.reply import Check


def check(check: Check) -> None:
    """Nothing yet."""

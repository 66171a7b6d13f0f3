"""Screening of what comes in: manipulation, abuse and self-harm in messages and documents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Screening:
    """`kinds` say what was seen: override, role_play, prompt_leak, fake_authority, tool_abuse,
    data_theft, coercion, encoded, hidden, markup, model; and `abuse`, `self_harm`."""

    flagged: bool
    score: float
    kinds: tuple[str, ...] = ()


def screen(text: str, *, source: str = "message") -> Screening:
    """Judge a message, or the content of a file, review or tool result (`source`)."""
    return Screening(False, 0.0)

"""A burst of messages is one thought: "merhaba", "NM-10435", "ne zaman gelir bu"."""

from __future__ import annotations

import re

from invekto.agent.intents.dialogue.reading import Reading

_WORD = re.compile(r"[^\W\d_]{3,}")
_GREETING_WORDS = 2
"""Words of a line that only greets."""


def matter(text: str) -> str:
    """The lines that say what is wanted: without those that only greet or only give a number,
    where any other is left."""
    lines = [line for line in text.splitlines() if line.strip()]
    told = [line for line in lines if not _only_greets(line) and _WORD.search(line)]
    return "\n".join(told) if len(lines) > 1 and told else text


def _only_greets(line: str) -> bool:
    reading = Reading.of(line)
    return len(reading.words) <= _GREETING_WORDS and reading.where("greet") == (
        0,
        len(reading.words),
    )

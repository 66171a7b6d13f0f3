"""Why something goes back: size, color, quality, damaged, wrong_item, changed_mind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from invekto.agent.intents.entities.numbers import Found
from invekto.text.colours import colour_names
from invekto.text.fold import fold

_PATH = Path(__file__).parent / "reasons.yaml"


def find_reasons(text: str) -> Iterator[Found]:
    """Reasons in folded `text`; where two share words the one listed first stands."""
    taken: list[tuple[int, int]] = []
    for reason, pattern in _patterns():
        for match in pattern.finditer(text):
            begin, finish = match.span()
            if not any(begin < end and start < finish for start, end in taken):
                taken.append((begin, finish))
                yield Found("return_reason", begin, finish, reason, 0.9)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    colours = "|".join(
        sorted({fold(str(w)) for ws in colour_names().values() for w in ws}, key=len, reverse=True)
    )
    raw = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return tuple(
        (reason, re.compile(rf"(?<!\w)(?:{pattern.replace('COLOUR', f'(?:{colours})')})(?!\w)"))
        for reason, patterns in raw.items()
        for pattern in patterns
    )

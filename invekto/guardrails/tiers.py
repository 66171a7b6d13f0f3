"""Steps of quantity: which of several prices or rates a count has reached."""

from __future__ import annotations

import re
from collections.abc import Sequence

from invekto.guardrails.table import Point

_COUNT = re.compile(r"n(\d{1,5})|v:(\d{1,5}) piece")


def reached(words: frozenset[str], told: Sequence[Point]) -> list[Point]:
    """The values of the step that the one count among the words has reached, with all that have
    none: 60 pieces are past "from 50", and not yet "from 200"."""
    steps = {n: least for n, p in enumerate(told) if (least := step(p))}
    counts = _counts(words)
    if len(counts) != 1 or len(set(steps.values())) < 2:
        return list(told)
    best = max((least for least in steps.values() if least <= counts[0]), default=0)
    return [p for n, p in enumerate(told) if steps.get(n, best) == best] if best else list(told)


def _counts(words: frozenset[str]) -> list[int]:
    return [int(m.group(1) or m.group(2)) for w in words if (m := _COUNT.fullmatch(w))]


def step(point: Point) -> int:
    """From how many on a value is; nought where the facts do not say."""
    counts = _counts(point.own)
    stepped = len(counts) > 1 or (len(counts) == 1 and "@limit" in point.own)
    return min(counts) if stepped else 0

"""A chunk's lines of stems (see `stemming`) as reranking compares them: sets, made once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

NAME = "?"
KEPT = 1_024
"""Chunks whose lines are kept: those that a process is asked about again and again."""

Stems = frozenset[str]


@dataclass(frozen=True, slots=True)
class Lines:
    """`around` are title and headings, `names` what a chunk is called, `body` its sentences,
    `own` all but what is around, `by_length` all of them, the shortest first, `length` grows with
    the logarithm of the number of stems."""

    around: Stems
    names: tuple[Stems, ...]
    body: tuple[Stems, ...]
    own: Stems
    everything: Stems
    by_length: tuple[str, ...]
    length: float


@lru_cache(maxsize=KEPT)
def lines_of(stems: str) -> Lines:
    """The lines of a chunk's `stems`."""
    title, heading, *rest = [frozenset(map(intern, line.split())) for line in stems.split("\n")]
    around, own = title | heading, frozenset[str]().union(*rest)
    return Lines(
        around,
        tuple(line - {NAME} for line in rest if NAME in line),
        tuple(line for line in rest if NAME not in line) or (frozenset(),),
        own,
        around | own,
        tuple(sorted(around | own, key=len)),
        math.log(1 + stems.count(" ") + stems.count("\n") + 1),
    )

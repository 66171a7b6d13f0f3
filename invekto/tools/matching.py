"""Which of the tenant's own names is meant: exact, then without diacritics, then with typos."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from invekto.text.compounds import is_compound
from invekto.text.normalise import fold

SURE = 84.0
"""Similarity (0–100) from which a typo is taken for the name."""
LEAD = 4.0
"""How much nearer than the next name it has to be."""


@lru_cache(maxsize=100_000)
def folded(text: str) -> str:
    """`fold`, kept for names that are compared again and again."""
    return fold(text)


def closest(query: str, names: Iterable[tuple[str, str]]) -> list[str]:
    """The ids that `query` may mean: one where it is clear, several where it is not, else none.

    Args:
        names: (name, id) pairs; an id may have several names.
    """
    pairs = list(names)
    if any(query == identity for _, identity in pairs):
        return [query]
    wanted = fold(query)
    if not wanted:
        return []
    same = _unique(i for n, i in pairs if folded(n) == wanted)
    if same:
        return same
    inside = _unique(i for n, i in pairs if _contains(folded(n), wanted))
    if len(inside) == 1:
        return inside
    typed = _typos(wanted, _without_other_kinds(wanted, pairs))
    return typed or inside


def _contains(name: str, wanted: str) -> bool:
    return len(wanted) >= 3 and (f" {wanted}" in f" {name}" or f" {name} " in f" {wanted} ")


def _without_other_kinds(wanted: str, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without names that are only the last part of a compound: "ışık dolgusu" is not any
    "dolgu"."""
    words = wanted.split()
    beside = list(itertools.pairwise(words))
    return [
        (name, identity)
        for name, identity in pairs
        if not any(is_compound(before, word, folded(name)) for before, word in beside)
    ]


def _typos(wanted: str, pairs: Sequence[tuple[str, str]]) -> list[str]:
    scored = process.extract(
        wanted, [folded(n) for n, _ in pairs], scorer=fuzz.WRatio, score_cutoff=SURE, limit=8
    )
    best: dict[str, float] = {}
    for _, score, index in scored:
        identity = pairs[index][1]
        best[identity] = max(score, best.get(identity, 0.0))
    if not best:
        return []
    top = max(best.values())
    return [identity for identity, score in best.items() if score > top - LEAD]


def _unique(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))

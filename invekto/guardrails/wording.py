"""Clauses and the words that say what they are about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from invekto.guardrails.claims import Claim, find_claims, words
from invekto.guardrails.flat import flat

STEM = 5
_BREAK = re.compile(
    r"[;\n|•!?؟]+|(?<!\d)[,،](?!\d)|\.(?=\s|$)|(?<=\d)[,.](?=\s)|"
    r"\s(?:ama|fakat|ancak|ve|ise|but|and|while|whereas|و|لكن|بينما)\s|\s[-–—]\s|[()]"
)
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a sentence: its place, its content stems and its claims."""

    start: int
    end: int
    text: str
    stems: frozenset[str]
    claims: tuple[Claim, ...]


@lru_cache(maxsize=1)
def stop_stems() -> frozenset[str]:
    """Words that say nothing of the subject."""
    table = words()
    skip = {flat(str(w)) for w in table["stop_words"]}
    for group in ("months", "weekdays", "currencies", "units"):
        skip |= {flat(str(w)).lstrip("=") for entries in table[group].values() for w in entries}
    return frozenset(w[:STEM] for w in skip)


def stems(folded: str) -> frozenset[str]:
    """Content words cut to five letters; Arabic without its article."""
    found = set()
    for word in _WORD.findall(folded):
        if word.startswith("ال") and len(word) > 4:
            word = word[2:]
        elif word[0] in "وبلف" and len(word) > 5 and word[1:3] == "ال":
            word = word[3:]
        stem = word[:STEM]
        if len(stem) >= 3 and stem not in stop_stems():
            found.add(stem)
    return frozenset(found)


def clauses(raw: str, folded: str, language: str) -> list[Clause]:
    """The text cut at punctuation and conjunctions, claims kept whole."""
    claims = find_claims(raw, folded, language)
    cuts = [
        m.span()
        for m in _BREAK.finditer(folded)
        if not any(c.start < m.end() and m.start() < c.end for c in claims)
    ]
    pieces: list[Clause] = []
    at = 0
    for start, end in [*cuts, (len(folded), len(folded))]:
        if folded[at:start].strip():
            inside = tuple(c for c in claims if at <= c.start < max(start, at + 1))
            pieces.append(Clause(at, start, folded[at:start], stems(folded[at:start]), inside))
        at = end
    return pieces


@lru_cache(maxsize=2_048)
def fact_clauses(fact: str, language: str) -> tuple[Clause, ...]:
    """The clauses of one fact. Kept: the tenant's own facts come with every reply."""
    return tuple(clauses(fact, flat(fact), language))


def overlap(left: frozenset[str], right: frozenset[str]) -> int:
    """Stems in common, one being the beginning of the other counts."""
    same = left & right
    count = len(same)
    for a in left - same:
        if any(a.startswith(b) or b.startswith(a) for b in right - same):
            count += 1
    return count

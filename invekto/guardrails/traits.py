"""A trait of the neighbour: what the facts tell of one of several things and not of the one that a
reply speaks of, the bathtub of another room, the remote control of another model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.ground import Ground
from invekto.guardrails.pairs import of_each, sides_of
from invekto.guardrails.parts import Part, parts
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import negative, not_yet, states_nothing, supposed
from invekto.guardrails.subject import PROCESSES, about, is_key, named, within
from invekto.guardrails.table import rows_in

_UNSURE = re.compile(r"\binstead\b|\byerine\b|\bdisinda\b|\bfarkli|بدل")
"""A comparison or something instead."""

_OF_ANY = frozenset({"@stock", "@included", "@expected", "@price", "@free_slot"})
"""Words of a state, which other readings follow."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One of several things of the facts: what it is called, and all that is said of it."""

    called: frozenset[str]
    words: frozenset[str]


def another_trait(sentence: Sentence, ground: Ground) -> str | None:
    """The part of a sentence that gives one thing what the facts give to another only."""
    things = _things(ground)
    if len(things) < 2:
        return None
    claims = find_claims(sentence.text, sentence.flat, ground.language)
    meant: Thing | None = None
    for part in parts(sentence.flat, 0, len(sentence.flat), claims):
        words = _words(part.text, part.claims)
        found = _meant(words, things)
        meant = found[0] if len(found) == 1 else None if found else meant
        spoken = things if len(things) == 2 and of_each(part.text) else [meant] if meant else []
        if not spoken or _says_nothing(part):
            continue
        for thing in spoken:
            if trait := _foreign(words, thing, things):
                return f"“{part.text.strip()[:80]}”: the facts tell “{trait}” of another"
    return None


def _says_nothing(part: Part) -> bool:
    text = part.text
    return bool(
        negative(text)
        or states_nothing(text)
        or not_yet(text)
        or supposed(text)
        or _UNSURE.search(text)
        or marks("grounding.compares").search(text)
    )


def _foreign(words: frozenset[str], meant: Thing, things: Sequence[Thing]) -> str | None:
    names = frozenset[str]().union(*(t.called for t in things))
    for word in sorted(named(words) - PROCESSES - _OF_ANY):
        if within(word, names) or within(word, meant.words):
            continue
        if any(within(word, t.words) for t in things if t is not meant):
            return word
    return None


def _meant(words: frozenset[str], things: Sequence[Thing]) -> list[Thing]:
    """The things that the words name by what tells them apart."""
    shared = frozenset.intersection(*(t.called for t in things))
    hits = [sum(within(w, t.called - shared) for w in words) for t in things]
    best = max(hits)
    return [t for t, hit in zip(things, hits, strict=True) if best and hit == best]


def _words(text: str, claims: Sequence[Claim]) -> frozenset[str]:
    found = about(text, claims)
    return named(found) | frozenset(t for t in found if t[:1] in "nm" and is_key(t))


def _things(ground: Ground) -> list[Thing]:
    found: dict[frozenset[str], frozenset[str]] = {}
    for fact in ground.told:
        for called, words in _told(fact, ground.language):
            found[called] = found.get(called, frozenset()) | words
    return [
        Thing(called, words)
        for called, words in found.items()
        if any(_parallel(called, other) for other in found)
    ]


def _parallel(called: frozenset[str], other: frozenset[str]) -> bool:
    """Things of one kind: their names share a word and each has one of its own."""
    return bool(called & other and called - other and other - called)


@lru_cache(maxsize=4_096)
def _told(fact: str, language: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    return tuple(_read(fact, language))


def _denies(folded: str) -> bool:
    """Whether a part says that a thing is not there; not where it is sold on its own."""
    return negative(folded) and not sides_of(folded)


def _read(fact: str, language: str) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """What heads each row, and the words of the row but for what it denies."""
    for split, _, _ in rows_in(fact, language):
        head = next((p for p in split if p.heading), None)
        if head is None:
            continue
        called = _words(head.text, head.claims)
        if called:
            told = (p for p in split if p.heading or not _denies(p.text))
            yield called, called.union(*(_words(p.text, p.claims) for p in told))

"""Hours of a diary: one that is taken, told as free; an hour told of another day than its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.meant import claims_of
from invekto.guardrails.parts import Part, end_of, parts
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import negative, supposed
from invekto.guardrails.subject import keys
from invekto.guardrails.table import rows_in

Days = frozenset[str]
BESIDE = 30
"""Characters between a day and its hour."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour of the facts with its day, and whether it is taken."""

    hour: str
    day: Days
    taken: bool


def wrong_slot(sentence: Sentence, ground: Ground) -> str | None:
    """Why an hour that a sentence offers is none of the facts' free ones."""
    told = [slot for fact in ground.told for slot in _slots(fact, ground.language)]
    if len(told) < 2:
        return None
    for part in parts(sentence.flat, 0, len(sentence.flat), claims_of(sentence, ground)):
        for hours in _hours(part):
            found = _taken(hours, part, told) or _on_another_day(hours, part, told)
            if found:
                return f"“{sentence.text[hours[0].start : hours[0].end]}” {found}"
    return None


def _hours(part: Part) -> Iterator[list[Claim]]:
    """Each hour of a part with all it may mean; those of a range left out."""
    timed = [c for c in part.claims if c.kind == "time" and not end_of(c, part)]
    for start in sorted({c.start for c in timed}):
        yield [c for c in timed if c.start == start]


def _taken(hours: list[Claim], part: Part, told: list[Slot]) -> str | None:
    after = part.text[hours[0].end - part.start :]
    if not marks("slots.offered").search(part.text) or marks("slots.instead").match(after):
        return None
    if negative(part.text) or supposed(part.text) or marks("slots.taken").search(part.text):
        return None
    day = _days(part.claims)
    meant = [s for s in told if _at(s, hours) and not (day and s.day and day.isdisjoint(s.day))]
    return "is taken" if meant and all(s.taken for s in meant) else None


def _on_another_day(hours: list[Claim], part: Part, told: list[Slot]) -> str | None:
    day = _days(c for c in part.claims if _leads(c, hours[0], part))
    own = [s for s in told if not day.isdisjoint(s.day)]
    if not own or any(_at(s, hours) for s in own):
        return None
    others = [s for s in told if _at(s, hours)]
    return "is an hour of another day" if others and all(s.day for s in others) else None


def _leads(claim: Claim, hour: Claim, part: Part) -> bool:
    """Whether a day stands right before an hour."""
    if claim.kind not in {"date", "dotted"} or not claim.end <= hour.start < claim.end + BESIDE:
        return False
    between = part.text[claim.end - part.start : hour.start - part.start]
    return bool(marks("slots.between").fullmatch(between))


def _at(slot: Slot, hours: list[Claim]) -> bool:
    return any(slot.hour == claim.value[0] for claim in hours)


def _days(claims: Iterator[Claim] | tuple[Claim, ...]) -> Days:
    return frozenset(k for k in keys(claims) if k[:2] == "dm")


@lru_cache(maxsize=1_024)
def _slots(fact: str, language: str) -> tuple[Slot, ...]:
    """The hours of one fact; none of one that tells from when to when."""
    found: list[Slot] = []
    day: Days = frozenset()
    for split, _, _ in rows_in(fact, language):
        head = any(p.heading and marks("slots.taken").search(p.text) for p in split)
        for part in split:
            day = _days(part.claims) or day
            for hours in _hours(part):
                own = _days(c for c in part.claims if c.start <= hours[0].start) or day
                found += [Slot(c.value[0], own, head or _said_taken(c, part)) for c in hours]
            if any(c.kind == "time" and end_of(c, part) for c in part.claims):
                return ()
    return tuple(found)


def _said_taken(hour: Claim, part: Part) -> bool:
    """By the first word after an hour that says whether it is free."""
    after = hour.end - part.start
    taken = marks("slots.taken").search(part.text, after)
    free = marks("slots.free").search(part.text, after)
    return taken is not None and (free is None or taken.start() < free.start())

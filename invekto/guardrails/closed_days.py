"""Open every day, or every day but some, where the facts close others."""

from __future__ import annotations

from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.ground import Ground
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import negative
from invekto.guardrails.subject import about, named, union

WEEK = frozenset("1234567")
BESIDE = 24
"""Characters between the word for an exception and its day."""


def closed_then(sentence: Sentence, ground: Ground) -> str | None:
    """Why a sentence that speaks of every day is wrong about one of them."""
    if not marks("closed_days.open").search(sentence.flat) or not _once_told(ground):
        return None
    claims = find_claims(sentence.text, sentence.flat, ground.language)
    days = [c for c in claims if c.kind == "weekday"]
    every = next((c for c in days if sum(d.start == c.start for d in days) == len(WEEK)), None)
    if every is None:
        return None
    excepted = _excepted(sentence.flat, [d for d in days if d.start != every.start])
    if excepted is None or (not excepted and negative(sentence.flat)):
        return None
    closed = {day for day in WEEK if _closed(day, ground)}
    timed = any(c.kind == "time" for c in claims)
    held = {day for day in excepted - closed if closed or not timed} & _with_hours(ground)
    if closed - excepted or held:
        return f"“{sentence.text[every.start : every.end]}”: the facts close other days"
    return None


def _excepted(folded: str, days: list[Claim]) -> frozenset[str] | None:
    """The days that a sentence leaves out; None where it leaves out something else."""
    but = marks("closed_days.but").search(folded)
    if but is None:
        return frozenset()
    beside = [d for d in days if d.end > but.start() - BESIDE and d.start < but.end() + BESIDE]
    return frozenset(d.value[0] for d in beside) or None


def _once_told(ground: Ground) -> bool:
    """Whether the facts tell the hours of one place only."""
    told = [p for p in ground.points if p.claim.kind == "time" and _on(p.own)]
    names = {named(p.head) - named(about(p.text)) for p in told}
    return bool(told) and len(names) == 1


def _on(words: frozenset[str]) -> frozenset[str]:
    return frozenset(w[2:] for w in words if w[:2] == "wd")


def _with_hours(ground: Ground) -> frozenset[str]:
    return union(_on(p.own) for p in ground.points if p.claim.kind == "time")


def _closed(day: str, ground: Ground) -> bool:
    told = (p for p in ground.sides if p.claim.value[0] == "True" and "@open" in p.own)
    return day not in _with_hours(ground) and any(day in _on(p.own) for p in told)

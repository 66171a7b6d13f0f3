"""Days and months that a reply names and the facts do not."""

from __future__ import annotations

import re
from dataclasses import replace

from invekto.guardrails.calendar_words import find_months, months_of_years
from invekto.guardrails.claims import Claim, find_weekdays
from invekto.guardrails.days_meant import meant_by_days
from invekto.guardrails.ground import USUAL_YEAR, Ground
from invekto.guardrails.matching import weekdays
from invekto.guardrails.reached import weekdays_reached
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import negative
from invekto.guardrails.wording import Clause
from invekto.guardrails.worked import Told, follows

_EXCEPT = re.compile(
    r"\bexcept\b|\bbut (?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|\bapart from\b|\bharic|\bdisinda|\b(?:ما )?عدا|باستثناء|\bالا "
)

_IF_LIKED = re.compile(
    r"\b(?:derseniz|isterseniz|tercih eder\w*|if you (?:prefer|like|would))\b|اذا فضل"
)
_WEEKEND = frozenset({"6", "7"})
_AR_WEEKEND = re.compile(r"(?:نهايه|عطله) ")
"""It begins with Thursday or Friday where many of those who write Arabic live."""


def wrong_day(sentence: Sentence, pieces: list[Clause], ground: Ground) -> str | None:
    """A month, a day of the week or a relative day that is not one of the facts' days."""
    dates = [claim for claim, _ in ground.by_kind.get("date", ())]
    dates += [_dated(claim) for claim, _ in ground.by_kind.get("dotted", ())]
    named = {claim.value[0] for claim, _ in ground.by_kind.get("weekday", ())}
    dated = {day for claim in dates for day in weekdays(claim)}
    known = named | dated
    known |= weekdays_reached(ground) if known else frozenset()
    if "@same_day" in frozenset[str]().union(*(p.terms for p in pieces)) and _later(
        sentence, ground
    ):
        return "the facts do not say that it is the same day"
    said = sentence.flat
    loose = _EXCEPT.search(said) is not None or _IF_LIKED.search(said) is not None
    if known:
        for piece in (p for p in pieces if not (negative(p.text) or _EXCEPT.search(p.text))):
            days = [c for c in piece.claims if c.kind == "weekday"]
            spans = [(c.start, c.end) for c in days]
            for claim in days:
                arab = "5" in known and _AR_WEEKEND.match(said, claim.start)
                if arab or _leaving(claim, days, known, said):
                    continue
                if not _among(claim, spans, loose, named, dated, known):
                    return f"“{sentence.text[claim.start : claim.end]}” is not a day of the facts"
    if _excepted(sentence.flat) & _open_days(ground):
        return "a day is left out that the facts do not leave out"
    months = find_months(sentence.flat)
    months -= {
        claim.value[0]
        for piece in pieces
        for claim in piece.claims
        if claim.kind == "date"
        and (
            meant_by_days(claim, sentence, ground)
            or follows(claim, Told(sentence.flat, frozenset(), frozenset(), ()), ground)
        )
    }
    if months and ground.months and not months <= ground.months:
        return "a month is named that no fact names"
    return _other_year(sentence, pieces, ground)


def _other_year(sentence: Sentence, pieces: list[Clause], ground: Ground) -> str | None:
    """A month of a year without its day, where the facts have others."""
    dated = [(c.start, c.end) for p in pieces for c in p.claims if c.kind == "date"]
    for month, year, start, end in months_of_years(sentence.flat):
        if any(a < end and start < b for a, b in dated) or not ground.months_of_years:
            continue
        if (month, year) not in ground.months_of_years:
            return f"“{sentence.text[start:end]}” is no month of the facts"
    return None


def _excepted(folded: str) -> set[str]:
    """The days that are left out of all days: `pazar hariç her gün`."""
    if not marks("days_named.all_but").search(folded):
        return set()
    return {
        c.value[0]
        for c in find_weekdays(folded)
        if marks("days_named.but_after").match(folded, c.end)
        or marks("days_named.but_before").search(folded[: c.start])
    }


def _open_days(ground: Ground) -> set[str]:
    """The days of which the facts say nothing but that there are hours."""
    days: dict[bool, set[str]] = {True: set(), False: set()}
    for clause in ground.clauses:
        timed = any(c.kind in {"time", "dotted"} for c in clause.claims)
        days[timed and not negative(clause.text)] |= {
            c.value[0] for c in clause.claims if c.kind == "weekday"
        }
    return days[True] - days[False]


def _among(
    claim: Claim,
    spans: list[tuple[int, int]],
    loose: bool,
    named: frozenset[str] | set[str],
    dated: set[str],
    known: frozenset[str] | set[str],
) -> bool:
    """Whether a day is one of the facts'. A word for several days, like "weekend", is theirs with
    a date on one of them, and "weekdays" where the facts tell what is otherwise at weekends."""
    if spans.count((claim.start, claim.end)) > 1:
        at_end = claim.value[0] in _WEEKEND
        if loose or not named or (bool(dated & _WEEKEND) if at_end else named == _WEEKEND):
            return True
    return claim.value[0] in known or _between(claim, spans)


def _leaving(
    claim: Claim, days: list[Claim], known: frozenset[str] | set[str], folded: str
) -> bool:
    """Whether a day is that on which guests leave who come on one of the facts'."""
    comes = any(c.end <= claim.start and c.value[0] in known for c in days)
    before, after = folded[: claim.start], folded[claim.end :]
    return comes and bool(
        marks("days_named.leaves").match(after) or marks("days_named.leaving").search(before)
    )


def _between(claim: Claim, spans: list[tuple[int, int]]) -> bool:
    """Whether a day lies between two that are told: only those must be the facts'."""
    inside = (s for s in spans if claim.start <= s[0] and s[1] <= claim.end)
    return any(span != (claim.start, claim.end) for span in inside)


def _dated(claim: Claim) -> Claim:
    """The day of the month that a dotted figure is, where it is one."""
    return replace(claim, kind="date", value=(claim.value[1], claim.value[0]), year=USUAL_YEAR)


def _later(sentence: Sentence, ground: Ground) -> bool:
    """The facts tell how long it takes, and nothing of the same day."""
    lasting = any(
        c.value[1] in {"day", "work_day"} or c.value in {("24", "hour"), ("48", "hour")}
        for c, _ in ground.by_kind.get("amount", ())
    )
    return lasting and "@same_day" not in ground.terms and not negative(sentence.flat)

"""The facts a reply may rest on, cut into clauses and indexed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache

from invekto.guardrails.calendar_words import find_months, months_of_years
from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.flat import flat
from invekto.guardrails.gazetteer import PROVINCES
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.table import Point, points, sides
from invekto.guardrails.tongue import tongue
from invekto.guardrails.wording import Clause, akin, fact_clauses, kin, kins

_TODAY = re.compile(r"(?:bugun|simdi|su an|today|now|اليوم|الان)\b[ :=]{0,3}")
_RELATIVE = {
    "bugun": 0, "today": 0, "tonight": 0, "اليوم": 0, "yarin": 1, "tomorrow": 1, "غدا": 1,
    "بكرا": 1, "بكره": 1, "dun": -1, "yesterday": -1, "امس": -1, "day after tomorrow": 2,
    "obur gun": 2, "yarindan sonra": 2, "بعد غد": 2,
}  # fmt: skip
_RELATIVE_WORD = re.compile(
    r"(?<!\w)(?:"
    + "|".join(sorted(_RELATIVE, key=len, reverse=True))
    + r")(?:ki|un|ya|ku|kadar|dan|den)?(?!\w)"
)
USUAL_YEAR = 2026
"""Only differences of days are told from it."""


@dataclass
class Ground:
    """Facts as clauses; `today` where a fact says which day it is."""

    facts: list[str]
    language: str
    meant: dict[Sentence, list[Claim]] = field(default_factory=dict)
    """What sentences of the reply mean by the facts, as far as they are read."""

    @cached_property
    def folded(self) -> list[str]:
        return [_folded(fact) for fact in self.facts]

    @cached_property
    def everything(self) -> list[Clause]:
        return [c for fact in self.facts for c in fact_clauses(fact, self.language)]

    @cached_property
    def clauses(self) -> list[Clause]:
        """Those that tell something, the present day left out."""
        return [c for fact in self.facts for c in _telling(fact, self.language)]

    @cached_property
    def statements(self) -> list[Clause]:
        """The facts cut less finely, so that a yes or no stays with all it is said of."""
        return [
            c
            for fact, folded in zip(self.facts, self.folded, strict=True)
            if not is_asked(folded)
            for c in _telling(fact, self.language, False)
        ]

    @cached_property
    def told(self) -> list[str]:
        """The facts without the customer's own message."""
        return [
            f for f, folded in zip(self.facts, self.folded, strict=True) if not is_asked(folded)
        ]

    @cached_property
    def written(self) -> list[tuple[str, Claim]]:
        """Every figure of the facts with the fact it stands in, folded."""
        return [
            (folded, claim)
            for fact in self.facts
            for folded in [flat(fact)]
            for claim in find_claims(fact, folded, self.language)
        ]

    @cached_property
    def asked(self) -> list[Claim]:
        """Figures of the customer's own message, which is no source of anything else."""
        mine = [f for f, folded in zip(self.facts, self.folded, strict=True) if is_asked(folded)]
        return [c for fact in mine for c in find_claims(fact, flat(fact), self.language)]

    @cached_property
    def points(self) -> list[Point]:
        """Every value and state of the facts with what it is said of, the present day left out."""
        return [
            point
            for fact, folded in zip(self.facts, self.folded, strict=True)
            if not _TODAY.match(folded.strip()) and not is_asked(folded)
            for point in points(fact, self.language)
            if point.claim not in _now(fact, self.language)
        ]

    @cached_property
    def sides(self) -> list[Point]:
        """Every part of the facts as a yes or a no."""
        return [
            point
            for fact, folded in zip(self.facts, self.folded, strict=True)
            if not _TODAY.match(folded.strip()) and not is_asked(folded)
            for point in sides(fact, self.language)
        ]

    @cached_property
    def today(self) -> date | None:
        days = (_day_told(fact, self.language) for fact in self.facts)
        return next((day for day in days if day is not None), None)

    @cached_property
    def counted(self) -> frozenset[str]:
        """The units of which the facts tell how many there are."""
        return frozenset(p.claim.value[1] for p in self.points if p.claim.kind == "amount")

    @cached_property
    def by_kind(self) -> dict[str, list[tuple[Claim, Clause]]]:
        index: dict[str, list[tuple[Claim, Clause]]] = {}
        for clause in self.clauses:
            for claim in clause.claims:
                index.setdefault(claim.kind, []).append((claim, clause))
            if self.today is not None:
                for day in relative_days(clause.text, self.today):
                    index.setdefault("date", []).append((day, clause))
        return index

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset().union(
            *(c.terms for c in self.clauses), *(c.around for c in self.clauses)
        )

    @cached_property
    def figures(self) -> str:
        """Letters and figures of all facts, for finding codes in them."""
        return "|".join(_letters(fact) for fact in self.folded)

    def known(self, term: str) -> bool:
        """Whether any fact has the term."""
        return term in self.terms or any(akin(term, o) for o in self.by_kin.get(kin(term), ()))

    @cached_property
    def by_kin(self) -> dict[str, list[str]]:
        """The terms of all facts by what those akin have in common."""
        index: dict[str, list[str]] = {}
        for term in self.terms:
            index.setdefault(kin(term), []).append(term)
        return index

    def perhaps_about(self, terms: frozenset[str]) -> list[Clause]:
        """The statements that may have a term akin to one of these; no other has."""
        places = {place for key in kins(terms) for place in self._places.get(key, ())}
        return [self.statements[place] for place in sorted(places)]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where terms that are akin stand among the statements."""
        index: dict[str, list[int]] = {}
        for place, clause in enumerate(self.statements):
            for key in kins(clause.terms):
                index.setdefault(key, []).append(place)
        return index

    @cached_property
    def tongues(self) -> frozenset[str]:
        """The languages of the facts."""
        return frozenset(map(tongue, self.folded))

    @cached_property
    def months(self) -> frozenset[str]:
        """Months that the facts name, by number."""
        dates = {claim.value[0] for claim, _ in self.by_kind.get("date", ())}
        dotted = {claim.value[1] for claim, _ in self.by_kind.get("dotted", ())}
        named = [_months(clause.text) for clause in self.statements]
        between = [_months_between(*sorted(map(int, some))) for some in named if len(some) == 2]
        return frozenset(dates | dotted).union(*(_months(f) for f in self.folded), *between)

    @cached_property
    def months_of_years(self) -> frozenset[tuple[str, str]]:
        """Month and year of all days and months that the facts have with their year, and of those
        reached by a length of months of theirs."""
        named = {(month, year) for f in self.folded for month, year, *_ in months_of_years(f)}
        dates = [c for kind in ("date", "dotted") for c, _ in self.by_kind.get(kind, ()) if c.year]
        named |= {(str(d.month), str(d.year)) for c in dates if (d := day_of(c))}
        return frozenset(named | {_later(*one, n) for one in named for n in self._months_long})

    @cached_property
    def _months_long(self) -> set[int]:
        """Lengths of time of the facts in months, where they are whole ones."""
        lasting = (c.value for c, _ in self.by_kind.get("amount", ()) if c.value[1] in _IN_MONTHS)
        return {round(float(n) * _IN_MONTHS[unit]) for n, unit in lasting}

    def elsewhere(self, folded: str) -> frozenset[str] | None:
        """`@other_cities` where the text names a city that the facts do not, and they tell of
        other cities."""
        if "@other_cities" not in self.terms:
            return None
        named = {w for w in re.findall(r"[a-z]{3,16}", folded) if w in PROVINCES}
        if named and not any(city in fact for city in named for fact in self.folded):
            return frozenset({"@other_cities"})
        return None

    def days_apart(self) -> set[str]:
        """Numbers of days between any two days of the facts."""
        days: set[date] = set()
        for clause in self.everything:
            for claim in clause.claims:
                day = day_of(claim)
                days |= {day} if day else set()
        return {str(abs((a - b).days)) for a in days for b in days if a != b}


_IN_MONTHS = {"month": 1, "year": 12}


def _later(month: str, year: str, months: int) -> tuple[str, str]:
    """The month so many months after one."""
    years, number = divmod(int(year) * 12 + int(month) - 1 + months, 12)
    return str(number + 1), str(years)


@lru_cache(maxsize=4_096)
def is_asked(folded: str) -> bool:
    """Whether a fact is the customer's own message."""
    return bool(marks("ground.asked").match(folded))


@lru_cache(maxsize=4_096)
def _folded(fact: str) -> str:
    return flat(fact)


@lru_cache(maxsize=4_096)
def _letters(folded: str) -> str:
    return re.sub(r"[^a-z0-9]", "", folded)


@lru_cache(maxsize=4_096)
def _months(folded: str) -> frozenset[str]:
    return frozenset(find_months(folded))


def _months_between(first: int, last: int) -> frozenset[str]:
    """The months of a season, whichever of the two it begins with."""
    return frozenset(
        str(month) for month in range(1, 13) if first <= month <= last or last - first > 5
    )


@lru_cache(maxsize=4_096)
def _telling(fact: str, language: str, fine: bool = True) -> tuple[Clause, ...]:
    """The clauses of a fact without the present day."""
    return tuple(c for c in fact_clauses(fact, language, fine) if not _tells_today(c))


@lru_cache(maxsize=4_096)
def _day_told(fact: str, language: str) -> date | None:
    """The present day, where the fact says which it is."""
    claims = (c for part in fact_clauses(fact, language) if _tells_today(part) for c in part.claims)
    told = next((c for c in claims if c.kind == "date" and c.year), None)
    return day_of(told) if told else None


@lru_cache(maxsize=4_096)
def _now(fact: str, language: str) -> frozenset[Claim]:
    """The values by which a fact says which day and hour it is."""
    return frozenset(
        c for part in fact_clauses(fact, language) if _tells_today(part) for c in part.claims
    )


def _tells_today(clause: Clause) -> bool:
    match = _TODAY.match(clause.text.strip())
    return match is not None and any(
        c.kind == "date" and c.start - clause.start <= match.end() + 4 for c in clause.claims
    )


def day_of(claim: Claim) -> date | None:
    """The day of a claim; one without a year is taken in the running year."""
    if claim.kind == "date":
        month, day = claim.value
    elif claim.kind == "dotted":
        day, month = claim.value
    else:
        return None
    try:
        return date(claim.year or USUAL_YEAR, int(month), int(day))
    except ValueError:
        return None


def relative_days(folded: str, today: date) -> list[Claim]:
    """`yarın` as the day it means."""
    found = []
    for match in _RELATIVE_WORD.finditer(folded):
        word = max((w for w in _RELATIVE if match.group().startswith(w)), key=len)
        day = today + timedelta(days=_RELATIVE[word])
        found.append(
            Claim("date", (str(day.month), str(day.day)), match.start(), match.end(), day.year)
        )
    return found

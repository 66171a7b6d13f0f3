"""The right value on the wrong thing, told by rows: what the reply says in one breath must stand
in one row of the facts."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.claims import Claim
from invekto.guardrails.courtesy import serves
from invekto.guardrails.ground import Ground
from invekto.guardrails.matching import KINDS, equal
from invekto.guardrails.rows import LIMITS, Row, named
from invekto.guardrails.signs import costs, negative
from invekto.guardrails.wording import SIZED, Clause, akin, kin, kins, terms

GROUPS = Path(__file__).parent / "rules" / "groups.yaml"
BOUND = frozenset({"money", "percent", "time", "date", "dotted", "amount"})
PROCESSES = frozenset(
    f"@{name}"
    for name in (
        "ship", "deliver", "order", "return_", "exchange", "appointment", "pay", "approve",
        "cancel", "open", "store", "clinic", "record", "track", "free_slot", "card", "campaign",
        "discount", "same_day", "doctor", "decision",
    )
)  # fmt: skip
"""What most facts of a business speak of: it tells things apart only where nothing else does."""
SAID_OF_ALL = frozenset({"@expected"})
"""What is said of a delivery, a refund and a visit alike, and tells none of them apart."""
_FORMERLY = re.compile(
    r"\b(?:onceki|eski|previous|former|old|earlier|from|instead|yerine)\b|(?:deki|daki|teki|taki|den|dan|ten|tan)\b|"
    r"iptal|cancel|السابق|القديم|بدل|من "
)


def misbound(piece: Clause, ground: Ground) -> str | None:
    """A value of the clause that the facts have only for another thing than the clause names."""
    for number, claim in enumerate(piece.claims):
        if claim.kind not in BOUND:
            continue
        told = _rows_with(claim, ground)
        if not told:
            continue
        if all(row.old for row in told) and not _FORMERLY.search(piece.text):
            return "is what was before"
        for term in _things(piece, number, ground):
            own = [row for row in ground.rows if _has(row, term) and _comparable(row, claim)]
            if own and not any(_has(row, term) for row in told):
                return f"belongs to something else ({term.lstrip('@')})"
    return None


def settled(piece: Clause, number: int, ground: Ground) -> bool:
    """Whether one row has the clause's value and every thing it is said of."""
    things = _things(piece, number, ground)
    known = [t for t in things if any(_has(row, t) for row in ground.rows)]
    claim = piece.claims[number]
    told = _rows_with(claim, ground)
    if not known or not any(all(_has(row, t) for t in known) for row in told):
        return False
    others = [row for row in ground.rows if row not in told and _comparable(row, claim)]
    rivals = [row for row in others if all(_has(row, t) for t in known)]
    said = piece.terms - {f"n{c.value[0]}" for c in piece.claims}
    return _nearest(said, told) > _nearest(said, rivals)


def _nearest(said: frozenset[str], rows: list[Row]) -> int:
    return max((sum(_has(row, term) for term in said) for row in rows), default=-1)


def settled_as(piece: Clause, denies: bool, ground: Ground) -> bool:
    """Whether every value of the clause is settled by rows that deny as it does."""
    bound = [n for n, claim in enumerate(piece.claims) if claim.kind in BOUND]
    return bool(bound) and all(
        settled(piece, n, ground)
        and any(negative(row.text) == denies for row in _rows_with(piece.claims[n], ground))
        for n in bound
    )


def siblings_apart(piece: Clause, clause: Clause) -> bool:
    """Both name things of one kind, and none in common: summer and winter."""
    return any(
        clause.terms & group and not piece.terms & clause.terms & group
        for group in _kinds_apart()
        if piece.terms & group
    )


@lru_cache(maxsize=1)
def _kinds_apart() -> tuple[frozenset[str], ...]:
    """The groups without what is of every season."""
    return tuple(group - {"@all_year"} for group in groups())


@lru_cache(maxsize=1)
def groups() -> tuple[frozenset[str], ...]:
    """Things of one kind, as terms."""
    data = yaml.safe_load(GROUPS.read_text(encoding="utf-8"))
    return tuple(frozenset(f"@{name}" for name in names) for names in data.values())


def _rows_with(claim: Claim, ground: Ground) -> list[Row]:
    """The rows that have the value, those that write it in the same form before the others."""
    exact = [r for r in ground.rows if any(_same(claim, c) for c in r.claims)]
    if exact:
        return exact
    kinds = KINDS[claim.kind]
    return [r for r in ground.rows if any(c.kind in kinds and equal(claim, c) for c in r.claims)]


def _same(claim: Claim, other: Claim) -> bool:
    return claim.kind == other.kind and claim.value == other.value


def _comparable(row: Row, claim: Claim) -> bool:
    """Whether the row has a value that could have been meant instead."""
    if claim.kind == "money" and costs(row.text) == "free":
        return True
    return any(
        c.kind == claim.kind and (c.kind != "amount" or c.value[1] == claim.value[1])
        for c in row.claims
    )


def _has(row: Row, term: str) -> bool:
    if term in row.terms:
        return True
    return kin(term) in kins(row.terms) and any(akin(term, other) for other in row.terms)


def _things(piece: Clause, number: int, ground: Ground) -> list[str]:
    """What a value is said of: the words before it since the last value of its kind, and those
    after the last one."""
    claim = piece.claims[number]
    same = [c for c in piece.claims if c.kind == claim.kind and c.start != claim.start]
    start = max((c.end for c in same if c.end <= claim.start), default=piece.start)
    last = not any(c.start > claim.start for c in same)
    text = piece.text[start - piece.start : None if last else claim.end - piece.start]
    found = terms(text)
    found |= {t for t in piece.terms if t.startswith("wd")} if claim.kind == "time" else set()
    things = {t for t in named(found) | _days(found) if not serves(t)} - LIMITS - SAID_OF_ALL
    if claim.kind == "money":
        things |= {
            f"n{c.value[0]}"
            for c in piece.claims
            if c.kind == "amount" and c.value[1] in SIZED and start <= c.start < claim.start
        }
    telling = things - PROCESSES
    return sorted(telling if telling or (same and claim.kind in {"date", "time"}) else things)


def _days(found: frozenset[str]) -> frozenset[str]:
    return frozenset(t for t in found if t.startswith("wd"))

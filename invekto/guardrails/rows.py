"""The facts as rows: what stands together in a list, a record or a sentence, each with its
values and all the words it is about. Two values that never share a row belong to different things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from invekto.guardrails.claims import Claim
from invekto.guardrails.flat import flat
from invekto.guardrails.records_read import records
from invekto.guardrails.wording import Clause, clauses, spread, terms

VALUED = frozenset({"money", "percent", "amount", "date", "time", "dotted"})
_ROW = re.compile(r";|\n|→|->|=>|\.(?=\s|$)")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:dr|dt|prof|doc|uzm|op|av|no|tel|mah|cad|sok|sk|mr|mrs|ms|st|\d{1,2}|د|ا)$"
)
_FORMER = re.compile(r"\b(?:onceki|eski|previous|former)\b|السابق")
_HEADING = re.compile(r"\s*([^\W\d_][^:;=.\n]{1,40}):\s")
_FIELDS = re.compile(r"(?:^|;)\s*([\w ]{2,24})[=:]")
_PRICED = re.compile(r"\d ?(?:tl|try|lira|eur|euro|usd|₺|€|\$)(?!\w)")
_ARROWS = frozenset({"→", "->", "=>"})
LIMITS = frozenset(
    [
        "uzeri",
        "ustu",
        "ustun",
        "alti",
        "altin",
        "kadar",
        "above",
        "over",
        "below",
        "under",
        "فوق",
        "اقل",
    ]
)
"""Words of a limit, which name no thing."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the facts. `terms` are its own and those it takes over from the row before it and
    from the head of its list; `old` says that another row of the same fact has replaced it."""

    text: str
    terms: frozenset[str]
    claims: tuple[Claim, ...]
    old: bool = False


@lru_cache(maxsize=2_048)
def rows_of(fact: str, language: str) -> tuple[Row, ...]:
    """The rows of one fact."""
    found: list[Row] = []
    for text in records(fact):
        record = _one_record(text)
        pieces = [("", text)] if record else _split(spread(text))
        moved = len(pieces) == 2 and pieces[1][0] in _ARROWS
        head = frozenset[str]()
        for number, (cut, piece) in enumerate(pieces):
            head = _head(flat(piece)) or (head if cut == ";" or cut in _ARROWS else frozenset())
            parts = clauses(piece, flat(piece), language)
            old = moved and number == 0
            found += [_one(parts, head, old=old)] if record else _listed(parts, head, old=old)
    return tuple(found)


def _one_record(fact: str) -> bool:
    """`product=Vase; price=690; stock=3`: different fields of one thing. `İmplant: 18.000 TL;
    Dolgu: 2.000 TL` is a list of two."""
    folded = flat(fact)
    names = {name.strip() for name in _FIELDS.findall(folded)}
    listed = ": " in folded and len(_PRICED.findall(folded)) > 1
    return "\n" not in fact and len(names) >= 2 and not listed


def one_row(fact: str, language: str) -> Row | None:
    """The whole fact as one row, where none of its values has another of its kind beside it: no
    two clock times, and no two prices."""
    rows = rows_of(fact, language)
    claims = tuple(c for row in rows for c in row.claims)
    values = {kind: {c.value for c in claims if c.kind == kind} for kind in ("time", "money")}
    if any(len(found) > 1 for found in values.values()):
        return None
    text = " ".join(row.text for row in rows)
    return Row(text, frozenset(t for row in rows for t in row.terms), claims)


def _handed(head: frozenset[str], part: Clause) -> frozenset[str]:
    """What a part takes over from the one before it; its own day stands for itself."""
    if not any(t.startswith(("wd", "dm")) for t in part.terms):
        return head
    return frozenset(t for t in head if not t.startswith(("wd", "dm")))


def _head(folded: str) -> frozenset[str]:
    """What stands before a colon is what all the rest of a fact is about."""
    match = _HEADING.match(folded)
    return terms(match.group(1)) if match else frozenset()


def _one(parts: list[Clause], heading: frozenset[str], *, old: bool) -> Row:
    words = frozenset(t for part in parts for t in part.terms) | heading
    text = " ".join(part.text for part in parts)
    claims = tuple(c for part in parts for c in part.claims)
    return Row(text, words, claims, old or bool(_FORMER.search(text)))


def _listed(parts: list[Clause], heading: frozenset[str], *, old: bool) -> list[Row]:
    """One row, or one for each part where several parts have values of one kind."""
    kinds = [kind for part in parts for kind in {c.kind for c in part.claims} & VALUED]
    several = len(parts) > 1 and any(kinds.count(kind) > 1 for kind in kinds)
    if not several:
        return [_one(parts, heading, old=old)]
    rows: list[Row] = []
    head: frozenset[str] = frozenset()
    for part in parts:
        own = named(part.terms) - LIMITS
        if own and part.claims and not part.marks & {"@over", "@under"}:
            head = part.terms
            rows.append(Row(part.text, part.terms | heading, part.claims, old))
        else:
            rows.append(
                Row(part.text, part.terms | _handed(head, part) | heading, part.claims, old)
            )
    return rows


def named(terms: Iterable[str]) -> frozenset[str]:
    """Terms that name a thing: no figures, no qualifiers, nothing that any price has."""
    return frozenset(
        t for t in terms if not re.fullmatch(r"n[\d.]+|(?:wd|dm)[\d-]+", t) and t not in _ANYTHING
    )


_ANYTHING = frozenset(
    [
        "@price",
        "@over",
        "@under",
        "@only",
        "@from",
        "@session",
        "@package",
        "@included",
        "tek",
        "dahil",
    ]
)


def _split(text: str) -> list[tuple[str, str]]:
    """Cut at what ends a row, each piece with what stood before it; an abbreviation's full stop
    ends none."""
    folded = flat(text)
    pieces: list[tuple[str, str]] = []
    start, cut = 0, ""
    for match in _ROW.finditer(folded):
        if match.group() == "." and _ABBREVIATED.search(folded[start : match.start()]):
            continue
        pieces.append((cut, text[start : match.start()]))
        start, cut = match.end(), match.group()
    pieces.append((cut, text[start:]))
    return [(cut, piece) for cut, piece in pieces if piece.strip()]

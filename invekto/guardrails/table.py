"""The facts as points: each value or state with what it is said of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.flat import flat
from invekto.guardrails.parts import VALUES, Part, cut, parts, pieces_of, roles_of
from invekto.guardrails.records_read import records
from invekto.guardrails.signs import negative
from invekto.guardrails.subject import (
    DAYS,
    PROCESSES,
    about,
    alike,
    holds_words,
    is_key,
    keys,
    named,
    union,
    worded,
)
from invekto.guardrails.wording import SIZED

_ROW = re.compile(
    r"[;\n|؛]|→|->|=>|(?<!\bdr)(?<!\bdt)(?<!\bno)(?<!\bop)(?<!\bprof)(?<!\buzm)(?<!\bcad)(?<!\bmah)"
    r"(?<!\bsok)(?<!\bmr)(?<!\bms)(?<!\d)[.!?؟](?=\s|$)|(?<=\d)\.(?=\s|$)"
)
_STOCKED = re.compile(r"\b(?:stok|stock|adet|مخزون)\w{0,6}")
_ARROW = re.compile(r"\s{0,3}(?:→|->|=>)(?!\s{0,3}\d{1,2}[:.]\d\d(?![.\d]))")
"""What stands before it was so formerly."""
_CLOCK_BEFORE = re.compile(r"\d[:.]\d\d$")
_FIELDS = re.compile(r"(?:^|;)\s*[\w ]{2,24}[=:]")
_THING = re.compile(
    r"\s*(?:product|urun|item|order|siparis|oda|room|service|hizmet|name|ad|model|المنتج|الطلب)\w{0,3}\s?:"
)
_CARRIER = re.compile(r"\s*(?:courier|carrier|kargo\w{0,8}|شركه الشحن)\s?[=:]")
"""Who carries a thing does not name it."""
_TITLED = re.compile(r"\s*(?:name|title|item|product|urun|ad|adi|model|islem|hizmet|treatment)\s?=")
"""The field that says what a record is of."""
_QUESTION = re.compile(r"\sm[iu]\s*$")
_OF_CUSTOMER = re.compile(
    r"\s*(?:(?:teslimat )?adres\w{0,4}|sepet|talep|istek|butce|mesaj|soru|address|basket|cart|request|budget|message|question|العنوان|الميزانيه|سوال)\s?:"
)
"""Heads of what the customer has or asks for, which is neither a yes nor a no."""
_PRICED = re.compile(r"\d ?(?:tl|try|lira|eur|euro|usd|₺|€|\$)(?!\w)")


@dataclass(frozen=True, slots=True)
class Point:
    """A value and what it is said of: `own` words of its part, `head` those of its row or its
    list, `beside` those that another value of the kind has in the row, `name` what the row is
    about, `roles` what the value is said to be."""

    claim: Claim
    own: frozenset[str]
    head: frozenset[str]
    beside: frozenset[str]
    name: frozenset[str]
    roles: frozenset[str]
    text: str


@lru_cache(maxsize=4_096)
def points(fact: str, language: str) -> tuple[Point, ...]:
    """All values and states of one fact."""
    rows = rows_in(fact, language)
    none = frozenset[str]()
    first = rows[0][1] - {"@was"} if rows else none
    title = bool(rows) and all(p.heading for p in rows[0][0])
    found = [
        p
        for split, heading, name in rows
        for p in _of_row(split, heading, none if not title and first & heading else first, name)
    ]
    return tuple(_of_both(p, found) for p in found)


_OF_BOTH = re.compile(
    r"\bikisi(?:ni)? (?:birlikte|bir arada|beraber|birden)|\bboth\b|\btogether\b|الاثن[اي]ن|معا\b"
)


def _of_both(point: Point, told: Sequence[Point]) -> Point:
    """`Masa 400 TL, sandalye 150 TL, ikisi birlikte 500 TL`: the last is of the table and the chair."""
    if point.claim.kind != "money" or not _OF_BOTH.search(point.text):
        return point
    before = (p.name for p in told if p is not point and alike(p.claim, point.claim))
    return replace(point, name=point.name.union(*before))


Row = tuple[list[Part], frozenset[str], frozenset[str]]
"""A row's parts, what it takes over from its list, and what tells it from the others."""


@lru_cache(maxsize=4_096)
def rows_in(fact: str, language: str) -> tuple[Row, ...]:
    """All rows of one fact."""
    return tuple(row for line in records(fact) for row in _rows_of(line, language))


def _rows_of(line: str, language: str) -> Iterator[Row]:
    folded = flat(line)
    claims = find_claims(line, folded, language)
    record = _is_record(folded)
    rows = [(0, len(folded))] if record else _rows(line, folded, claims)
    before, first_heading, end_before = frozenset[str](), False, 0
    formerly = frozenset[str]()
    for start, end in rows:
        split = parts(folded, start, end, claims, record=record)
        heading = union(about(p.text, p.claims) for p in split if p.heading)
        if named(heading):
            before = heading | _thing(split)
        elif not named(union(worded(p.text) for p in split)) or (
            first_heading and ";" in folded[end_before:start]
        ):
            kinds = {t[:2] for t in heading if is_key(t)}
            heading |= frozenset(t for t in before if not is_key(t) or t[:2] not in kinds)
        if not before and split:
            before = _lead(split[0])
        first_heading = first_heading or bool(named(heading))
        end_before = end
        heading |= formerly
        formerly = frozenset()
        if _ARROW.match(folded, end):
            formerly = named(heading | union(worded(p.text) for p in split))
            heading |= {"@was"}
        yield split, heading, _name(split, heading, record=record)


def _is_record(folded: str) -> bool:
    """`product=Vase; price=690` and `product: Vase; stock: 3`: fields of one thing. `İmplant: 18.000
    TL; Dolgu: 2.000 TL` is a list of two."""
    if "\n" in folded or len({name.strip() for name in _FIELDS.findall(folded)}) < 2:
        return False
    return "=" in folded or (bool(_THING.match(folded)) and len(_PRICED.findall(folded)) < 2)


def _thing(split: Sequence[Part]) -> frozenset[str]:
    """What `Product: Vase, set of two` is about, which the rows after it go on about."""
    if len(split) < 2 or not _THING.fullmatch(split[0].text.rstrip()):
        return frozenset()
    words = about(split[1].text, split[1].claims)
    further = union(about(p.text, p.claims) for p in split[2:])
    return named(words) | _told_apart(words | further)


def _lead(part: Part) -> frozenset[str]:
    """The words of a row's first part, which the next row may go on about."""
    return named(worded(part.text))


def _name(split: Sequence[Part], heading: frozenset[str], *, record: bool) -> frozenset[str]:
    """What tells a row from the others: its heading, with its first part where the heading is a
    plain word ("Product:"); a record's first field."""
    plain = not any(is_key(t) for t in heading) and len(named(heading)) <= 1
    found = heading
    if record or plain:
        own = (p for p in split if not p.heading and not _CARRIER.match(p.text))
        first = next(own, split[0])
        if not any(c.kind in VALUES and not _names(c) and c.kind != "number" for c in first.claims):
            found = heading | about(first.text, first.claims)
    if record:
        titled = [p for p in split if _TITLED.match(p.text)]
        found |= union(about(p.text, p.claims) for p in titled)
    found |= keys(c for p in split[:1] for c in p.claims if c.kind == "code")
    return named(found) | frozenset(t for t in _told_apart(found) if t[:2] not in DAYS)


def _rows(line: str, folded: str, claims: Sequence[Claim]) -> list[tuple[int, int]]:
    """A full stop after a figure ends a row only before a capital."""
    return cut(folded, (0, len(folded)), claims, _ROW, lambda m: _stops(m, line))


def _stops(match: re.Match[str], line: str) -> bool:
    if match.group() != "." or not line[: match.start()][-1:].isdecimal():
        return True
    after = line[match.end() :].lstrip()
    return after[:1].isupper() or bool(_CLOCK_BEFORE.search(line[: match.start()]))


def _of_row(
    split: Sequence[Part], heading: frozenset[str], first: frozenset[str], name: frozenset[str]
) -> Iterator[Point]:
    """Each value with the words of its own part, and with those of the row that no other value
    of the kind has for itself."""
    pieces = [(claim, spans, part) for part in split for claim, spans in pieces_of(part)]
    told = [
        (
            claim,
            part.words(spans, claim),
            part,
            " ".join(part.text[a - part.start : b - part.start] for a, b in spans),
        )
        for claim, spans, part in pieces
    ]
    for claim, own, part, text in told:
        if claim.kind == "number" and _STOCKED.search(text) and not _heads(claim, part):
            claim = replace(claim, kind="amount", value=(claim.value[0], "piece"))
        if claim.kind in {"number", "code"} and (claim.kind == "number" or part in split[:1]):
            continue
        others = [w for c, w, _, _ in told if c is not claim and alike(claim, c)]
        taken = union(others)
        beside = union(p.words([(p.start, p.end)], claim) for p in split if p is not part)
        head = heading | (beside - taken) | first
        apart = named(own) | _told_apart(own) if others else frozenset[str]()
        if others and (not holds_words(own) or _of_the_one_before(own)):
            taken_over = _inherited(claim, told)
            if _dated(claim, own):
                taken_over = frozenset(t for t in taken_over if t[:2] not in DAYS)
            head |= taken_over
            apart |= named(taken_over) | _told_apart(taken_over)
        own_name = name | apart or _lead(split[0])
        yield Point(
            claim,
            own,
            head - own,
            taken,
            own_name - PROCESSES,
            roles_of(claim, text, part),
            text,
        )


def _heads(claim: Claim, part: Part) -> bool:
    """Whether a number is a name: of `42: 3 adet` the size."""
    return part.text[claim.end - part.start :].lstrip().startswith(":")


def _told_apart(own: frozenset[str]) -> frozenset[str]:
    """The days, sizes and numbers among the words of a value."""
    return frozenset(t for t in own if t[:2] in DAYS or (t[:1] in "nmc" and is_key(t)))


def _of_the_one_before(own: frozenset[str]) -> bool:
    """`siyah 4.200 TL (indirimli 3.360 TL)`: what a value is, and of nothing else."""
    return bool(named(own)) and named(own) <= PROCESSES and not _told_apart(own)


def _names(claim: Claim) -> bool:
    """A size or a number that tells which thing a row is about."""
    return claim.kind == "code" or (claim.kind == "amount" and claim.value[1] in SIZED)


Told = tuple[Claim, frozenset[str], Part, str]
"""A value, its own words, its part and their text."""


def _dated(claim: Claim, words: frozenset[str]) -> bool:
    return claim.kind == "time" and any(t[:2] in DAYS for t in words)


def _inherited(claim: Claim, told: Sequence[Told]) -> frozenset[str]:
    """`Lazer tek seans 3.200 TL, 8 seans 19.900 TL`: the second is about laser too; `3 Aralık 10.00,
    14.30`: both are of that day."""
    before = frozenset[str]()
    for other, words, _, _ in told:
        if other is claim:
            break
        if alike(claim, other) and (named(words) - PROCESSES or _dated(claim, words)):
            before = words
    return before


@lru_cache(maxsize=4_096)
def sides(fact: str, language: str) -> tuple[Point, ...]:
    """Every part of one fact as a yes or a no."""
    return tuple(_sides(fact, language))


def _sides(fact: str, language: str) -> Iterator[Point]:
    for split, heading, name in rows_in(fact, language):
        title = " ".join(p.text for p in split if p.heading)
        if _OF_CUSTOMER.match(title):
            continue
        for part in split:
            if part.heading or _QUESTION.search(part.text):
                continue
            text = f"{title} {part.text}".strip()
            claim = Claim("side", (str(negative(text)),), part.start, part.end)
            own = part.words([(part.start, part.end)], claim)
            yield Point(claim, own, heading - own, frozenset(), name, frozenset(), text)

"""Prices of the facts as cells: what each is of, for how many of what, and from how many on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.flat import flat
from invekto.guardrails.offers import nth_of, offers
from invekto.guardrails.parts import Part
from invekto.guardrails.quantities import Step, counts, once, per, sets, step_of
from invekto.guardrails.readings import marks
from invekto.guardrails.subject import about, named, within
from invekto.guardrails.table import rows_in

LEAST = 20.0
"""A smaller figure without a currency is no price."""
_CLOSES = re.compile(r"\s*(?:$|[,;.()|+=/])")
_SIZE = re.compile(r"[x×*:]\s?$|\d\s?$")
_TOGETHER = {
    2: re.compile(r"\b(?:ikisi|both|the two)\b|كلاهما|الاثن"),
    3: re.compile(r"\b(?:ucu|all three)\b|الثلاثه معا"),
}
_LIMIT_BEFORE = re.compile(r"(?:\bover|\babove|\bunder|\bfrom|en az|minimum|asgari|فوق|اكثر من) $")
_LIMIT_AFTER = re.compile(
    r"'?\w{0,3} (?:(?:ve|and|or) )?(?:uzeri|ustu|alti\b|over|above|more)|'?y?[ae]? kadar|'?[dt][ae]n (?:basla|itibaren)"
)
_KEY = re.compile(r"n\d|[mc]:(?!m2)|wd\d")
_JOINED = re.compile(r"\w ?\+ ?\w|\w = ?$")
"""Several things under one price."""
_NOUN = re.compile(r" [^\W\d_]{3}")
FEW = 12
"""Things that one price may be for."""
_OFFERS = frozenset({"@discount", "@campaign", "@price"})
"""Words of measures and of prices as such, which name no thing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A price, or a percentage, of the facts. `strong` words are its own, `weak` ones those of its
    row or list; `per` the units of which it is for one, `packs` how many of a unit it is for,
    `both` how many of the things before it, `joined` the words of the things it is for together;
    `nth` where it is of the how manieth one; `around` what its fact counts;
    `aside` what else its row speaks of."""

    value: float
    currency: str
    strong: frozenset[str]
    weak: frozenset[str]
    per: frozenset[str]
    packs: tuple[tuple[str, int], ...]
    step: Step | None
    once: bool
    limit: bool
    both: int
    nth: int
    around: frozenset[int]
    aside: frozenset[str]
    joined: frozenset[str]
    text: str

    def pack(self, unit: str) -> int:
        """How many of a unit the price is for; 0 where it does not say."""
        return next((n for u, n in self.packs if u == unit), 0)


@lru_cache(maxsize=2_048)
def cells(fact: str, language: str) -> tuple[Cell, ...]:
    """The prices and percentages of one fact."""
    folded = flat(fact)
    around = frozenset(c.number for c in counts(folded, find_claims(fact, folded, language)))
    found = [replace(cell, around=around) for cell in _cells(fact, language)]
    if not any(cell.nth and cell.currency == "%" for cell in found):
        found += [_offer(n, rate, folded) for n, rate in offers(folded)]
    return tuple(found)


def _offer(nth: int, rate: float, text: str) -> Cell:
    """An offer without a rate of its own as one."""
    none = frozenset[str]()
    numbers = frozenset[int]()
    return Cell(
        rate, "%", none, none, none, (), None, False, False, 0, nth, numbers, none, none, text
    )


def _cells(fact: str, language: str) -> Iterator[Cell]:
    first = frozenset[str]()
    for split, heading, name in rows_in(fact.replace(" | ", ", "), language):
        title = " ".join(p.text for p in split if p.heading)
        above, aside = frozenset[str](), frozenset().union(*map(_silent, split))
        for place, part in enumerate(split):
            after = split[place + 1] if place + 1 < len(split) else None
            values = [c for c in part.claims if is_price(c, part)]
            for number, claim in enumerate(values):
                begin = values[number - 1].end if number else part.start
                end = claim.end if number + 1 < len(values) else part.end
                label, tail = part.cut(begin, claim.start), part.cut(claim.end, end)
                if end == part.end and after is not None and not after.claims:
                    tail += after.text
                inside = _moved(part.claims, begin, end, claim)
                own = words_of(f"{label} {tail}", inside)
                row = _told(heading) | _told(name)
                cell = _cell(claim, title, label, tail, own or row, row | above | first, inside)
                cell = replace(cell, aside=aside)
                yield replace(cell, strong=frozenset()) if cell.both or cell.joined else cell
                if not number:
                    above |= own
        first = first or above | _told(heading)


def _silent(part: Part) -> frozenset[str]:
    """The words of a part without a price, which go with those of its row."""
    priced = part.heading or any(is_price(c, part) for c in part.claims)
    return frozenset() if priced else words_of(part.text, ())


def is_price(claim: Claim, part: Part) -> bool:
    """An amount of money, a percentage, or a bare figure that closes its part."""
    if claim.kind in {"money", "percent"}:
        return True
    if (
        claim.kind != "number"
        or not claim.value[0].replace(".", "").isdecimal()
        or float(claim.value[0]) < LEAST
    ):
        return False
    before, after = part.cut(part.start, claim.start), part.cut(claim.end, part.end)
    return bool(_CLOSES.match(after) and re.search(r"\w", before) and not _SIZE.search(before))


def has(words: frozenset[str], word: str) -> bool:
    """Whether a word is among others; one of three letters with any ending."""
    if within(word, words):
        return True
    return any(len(w) == 3 and word.startswith(w) and _ENDING.fullmatch(word[3:]) for w in words)


_ENDING = re.compile(r"(?:[ysn]?[iuea]n?|[ld][ea]n?|l[iu])")


def words_of(folded: str, inside: Sequence[Claim]) -> frozenset[str]:
    """What a text names, with the figures that tell things apart."""
    return _told(about(folded, (c for c in inside if c.kind not in {"money", "percent"})))


def _told(found: frozenset[str]) -> frozenset[str]:
    words = (t for t in named(found) - _OFFERS if not marks("cells.plain").match(t))
    return frozenset(words) | frozenset(t for t in found if _KEY.match(t))


def _moved(claims: Sequence[Claim], begin: int, end: int, without: Claim) -> list[Claim]:
    """The claims between two places, counted from the first of these."""
    inside = [c for c in claims if begin <= c.start < end and c.start != without.start]
    return [replace(c, start=c.start - begin, end=c.end - begin) for c in inside]


def _cell(
    claim: Claim,
    title: str,
    label: str,
    tail: str,
    strong: frozenset[str],
    weak: frozenset[str],
    inside: Sequence[Claim],
) -> Cell:
    told = f"{label} {tail}"
    step = step_of(f"{title} {told}") if claim.kind == "percent" else step_of(told)
    packs = [] if step or _JOINED.search(label) else _packs(label, inside)
    currency = claim.value[1] if claim.kind == "money" else "%" if claim.kind == "percent" else ""
    return Cell(
        float(claim.value[0]),
        currency,
        strong,
        weak - strong,
        per(f"{title} {label}", tail) - {u for u, _ in packs},
        tuple(packs),
        step,
        once(told),
        bool(_LIMIT_BEFORE.search(label) or _LIMIT_AFTER.match(tail)),
        next((n for n, pattern in _TOGETHER.items() if pattern.search(label)), 0),
        nth_of(label) or nth_of(tail) if claim.kind == "percent" else nth_of(label),
        frozenset(),
        frozenset(),
        strong if _JOINED.search(label) else frozenset(),
        told.strip(),
    )


def _packs(label: str, inside: Sequence[Claim]) -> list[tuple[str, int]]:
    """How many of a unit, or of the thing itself, a price is for."""
    before = [c for c in inside if c.end <= len(label)]
    found = [
        (c.unit or "piece", c.number)
        for c in counts(label, before)
        if c.unit or (c.number <= FEW and _NOUN.match(label, c.end))
    ]
    found += [("piece", n) for n in sorted(sets(label))]
    return [(unit, n) for unit, n in found if n > 1]

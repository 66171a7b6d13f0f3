"""What a text asks for or prices: the things it names, each with its price and how many of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from invekto.guardrails.cells import Cell, has, words_of
from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.flat import flat
from invekto.guardrails.quantities import Count, counts, sets
from invekto.guardrails.subject import is_key

_BETWEEN = re.compile(
    r"\s(?:ve|ile|and|with|without|plus|arti|or|veya|ya da|مع|او)\s|[,&;:]|(?<!\d)\+(?!\d)|\s(?=و[^\W\d_]{3})|"
    r"(?<=\w\w[yn]la)\s|(?<=\w\w[yn]le)\s|(?<=\w\w[^\W\d_]la)\s|(?<=\w\w[^\W\d_]le)\s"
)
"""What stands between two things: conjunctions, commas, and the ending that says `with`."""
_WEAK, _PLAIN, _LEAST = 0.6, 0.4, 0.2
"""Weights of words of the row and of words of any price; the least that names a thing."""
_OF_ANY = frozenset({"@room", "@hotel", "@session", "@package", "@order", "@item", "@discount"})
_NEAR = 0.05
_BY_AGE = re.compile(r"\d yas\b|\bages? \d|\b(?:child|children|kids|cocuk) \d|طفل")
_THINGS = frozenset({"car", "tent", "child"})
"""Units that are things with a price."""
MANY = 200
"""The highest count of a thing without a unit."""
MOST = 6
"""Things of one text."""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that is named: the cells that may be meant, and how many of it, 0 where
    unsaid; `sure` where the count stands with nothing else."""

    cells: tuple[Cell, ...]
    number: int
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What a text names and counts."""

    items: tuple[Item, ...]
    counted: tuple[Count, ...]

    def of(self, unit: str) -> frozenset[int]:
        """How many of a unit are counted; of a week seven nights."""
        found = {c.number for c in self.counted if c.unit == unit}
        if unit in {"night", "day"} and not found:
            found = {7 * c.number for c in self.counted if c.unit == "week"}
        return frozenset(found)


def read_order(text: str, language: str, known: Sequence[Cell]) -> Order:
    """The things of a text that cells of the facts are of, and what it counts."""
    folded = flat(text)
    claims = [_corrected(c, text) for c in find_claims(text, folded, language)]
    counted = tuple(counts(folded, claims, language))
    prices = [c for c in known if c.currency != "%" and not c.limit]
    ages = [n for n in counted if n.unit == "age"]
    prices = [c for c in prices if not (ages and _BY_AGE.search(c.text)) or _of_age(c, ages)]
    found: dict[tuple[Cell, ...], Item] = {}
    before: list[Count] = []
    for start, end in _pieces(folded, claims):
        inside = [c for c in claims if start <= c.start < end]
        mine = [*before, *(c for c in counted if start <= c.start < end)]
        items = list(_items(folded[start:end], inside, mine, prices))
        before = [] if items else mine
        if len(items) == 1:
            items = [replace(items[0], sure=items[0].number > 1)]
        for item in items:
            found.setdefault(item.cells, item)
    if not found:
        packed = [c for c in prices if any(c.pack(n.unit) == n.number for n in counted if n.unit)]
        found = {tuple(packed): Item(tuple(packed), 0)} if packed else {}
    for cell in prices:
        units = cell.per & {n.unit for n in counted}
        if units & _THINGS or (units and not cell.strong) or _of_age(cell, ages):
            found.setdefault((cell,), Item((cell,), 0))
    items = _merged(list(found.values())[:MOST], folded, prices)
    return Order(tuple(items), counted)


def _of_age(cell: Cell, ages: Sequence[Count]) -> bool:
    """Whether a price is that of somebody of an age."""
    step = cell.step if _BY_AGE.search(cell.text) else None
    return step is not None and any(step.holds(age.number) for age in ages)


def _corrected(claim: Claim, text: str) -> Claim:
    """`ön altı dişiniz`: the six in front, not sixteen."""
    if (
        claim.kind not in {"amount", "number"}
        or text[claim.start : claim.start + 2].lower() != "ön"
    ):
        return claim
    number = int(claim.value[0]) - 10 if claim.value[0].isdecimal() else 0
    return replace(claim, value=(str(max(number, 1)), *claim.value[1:]))


def _pieces(folded: str, claims: Sequence[Claim]) -> list[tuple[int, int]]:
    """The text cut between things, claims kept whole."""
    places, at = [], 0
    for match in _BETWEEN.finditer(folded):
        if not any(c.start < match.end() and match.start() < c.end for c in claims):
            places.append((at, match.start()))
            at = match.end()
    places.append((at, len(folded)))
    return [(a, b) for a, b in places if folded[a:b].strip()]


def _items(
    text: str, inside: Sequence[Claim], mine: Sequence[Count], prices: Sequence[Cell]
) -> Iterator[Item]:
    """The things of a piece: the cells that fit it best, then those that fit what words are left."""
    words = words_of(text, inside) | {f"n{n}" for n in sets(text)}
    left = {w: f for w in words if (f := _tells(w, prices))}
    number = next((c.number for c in mine if not c.unit and c.number <= MANY), 0)
    taken: list[Cell] = []
    while left and len(taken) < MOST:
        fit = _fitting(left, words, mine, [c for c in prices if c not in taken], bool(taken))
        if not fit:
            break
        yield Item(tuple(fit), number)
        taken += fit
        left = {w: f for w, f in left.items() if not any(_has(c, w) for c in fit)}
    for cell in prices:
        own = cell not in taken and cell.strong and all(has(words, w) for w in cell.strong)
        if taken and own and not any(has(t.strong, w) for t in taken for w in cell.strong):
            yield Item((cell,), number)


def _fitting(
    left: Mapping[str, float],
    words: frozenset[str],
    mine: Sequence[Count],
    prices: Sequence[Cell],
    further: bool,
) -> list[Cell]:
    """The cells that fit words best, of several those that fit the counts and the figures best."""
    scores = {c: sum(_has(c, w) * f for w, f in left.items()) for c in prices}
    best = max(scores.values(), default=0.0)
    if best < (1.0 if further else _LEAST):
        return []
    fit = [c for c in prices if scores[c] > best - _NEAR]
    told = {w for w in left if _has(fit[0], w)}
    fit = [c for c in fit if any(_has(c, w) for w in told)]
    for rank in (lambda c: _counted(c, mine), _unmet(words)):
        least = min(map(rank, fit))
        fit = [c for c in fit if rank(c) == least]
    return fit


def _counted(cell: Cell, mine: Sequence[Count]) -> int:
    """How ill a cell fits what is counted: -1 where it is for as many, 1 where it is for others."""
    found = [-1 if p == c.number else 1 for c in mine if c.unit and (p := cell.pack(c.unit))]
    if cell.step:
        found += [-1 if cell.step.holds(c.number) else 1 for c in mine if c.number > 1]
    return min(found, default=0)


def _unmet(words: frozenset[str]) -> Callable[[Cell], int]:
    """How many figures and sizes of a cell the words do not have."""
    return lambda cell: sum(w[:1] in "nm" and is_key(w) and w not in words for w in cell.strong)


def _tells(word: str, prices: Sequence[Cell]) -> float:
    """How well a word tells prices apart: one that all have does not."""
    some = [c for c in prices if _has(c, word)]
    strong = sum(has(c.strong, word) for c in some)
    if not some or (len(prices) > 1 and strong == len(prices)):
        return 0.0
    if len(prices) > 1 and len(some) == len(prices) and not strong:
        return 0.0
    return _PLAIN if word in _OF_ANY else 1.0


def _has(cell: Cell, word: str) -> float:
    if has(cell.strong, word):
        return 1.0
    return _WEAK if has(cell.weak, word) else 0.0


def _merged(items: list[Item], folded: str, prices: Sequence[Cell]) -> list[Item]:
    """Things that have one price together, as one."""
    for place, cell in enumerate(prices):
        members = _members(cell, place, prices)
        if len(members) < 2:
            continue
        meant = [i for i in items if cell not in i.cells and set(i.cells) & set(members)]
        if len(meant) == len(members) or (len(items) == 1 and items[0].cells == (cell,)):
            return [i for i in items if i not in meant and cell not in i.cells] + [Item((cell,), 0)]
    return items


def _members(cell: Cell, place: int, prices: Sequence[Cell]) -> list[Cell]:
    """The cells whose things a price is for together."""
    if cell.both:
        return list(prices[max(0, place - cell.both) : place])
    if not cell.joined:
        return []
    return [c for c in prices if c.strong & cell.joined and c is not cell]

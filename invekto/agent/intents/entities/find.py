"""All entities of a message, with exact spans on the raw text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache

from invekto.agent.intents.entities import named, numbers, reasons, sizes
from invekto.agent.intents.entities.numbers import Found
from invekto.agent.intents.entities.phrases import Token, ends_well
from invekto.agent.intents.entities.table import table, tokens
from invekto.agent.intents.words import NameMatch, TenantWords
from invekto.contracts.understanding import Entity
from invekto.text.fold import Folded, fold
from invekto.text.money import find_money
from invekto.text.times import TimeMention, find_times

MAX_LOOKED_AT = 4000
"""Characters of a message in which entities are looked for."""
_SHOP_KINDS = frozenset(("size", "colour", "return_reason"))
_EMPTY = TenantWords()


def find_entities(
    text: str,
    language: str,
    now: datetime,
    words: TenantWords | None = None,
    *,
    shop: bool = True,
) -> tuple[Entity, ...]:
    """Entities in order of mention.

    Args:
        now: when the message was written, with its timezone; dates are seen from there.
        words: the tenant's products, treatments and people.
        shop: whether sizes, colours and return reasons can be meant.
    """
    looked_at = text[:MAX_LOOKED_AT]
    folded = Folded.of(looked_at)
    names = (words or _EMPTY).find(looked_at)
    found = [_named(match, looked_at) for match in names]
    spans = [_folded_span(folded, match) for match in names]
    for hit in _without_overlaps(_hits(looked_at, folded, language, spans, shop=shop)):
        start, end = folded.raw_span(hit.begin, hit.finish)
        if hit.kind in _SHOP_KINDS and hit.kind != "return_reason" and _inside(start, end, names):
            continue
        found.append(Entity(hit.kind, looked_at[start:end], start, end, hit.value, hit.confidence))
    numbers_taken = [
        (e.start, e.end) for e in found if e.kind in ("order_number", "tracking_number", "phone")
    ]
    found += _times(looked_at, language, now, numbers_taken)
    found += _money(looked_at, language, numbers_taken)
    return tuple(sorted(found, key=lambda e: (e.start, e.end)))


def _hits(
    text: str, folded: Folded, language: str, names: list[tuple[int, int]], *, shop: bool
) -> Iterator[Found]:
    parts = tokens(folded.text)
    typed = [text[slice(*folded.raw_span(begin, finish))] for _, begin, finish in parts]
    yield from numbers.find_numbers(folded.text)
    if shop:
        yield from reasons.find_reasons(folded.text)
        wearable = bool(names) or _names_wearable(parts)
        yield from sizes.find_sizes(folded.text, parts, language, wearable=wearable)
        yield from named.find_colours(parts)
    yield from sizes.find_quantities(folded.text, parts, language, names)
    yield from named.find_couriers(folded.text, parts)
    yield from named.find_cities(typed, parts)


def _names_wearable(parts: list[Token]) -> bool:
    stems = _wearables()
    return any(ends_well(word, s) for word, _, _ in parts for s in stems.get(word[:3], ()))


@cache
def _wearables() -> dict[str, list[str]]:
    by_head: dict[str, list[str]] = {}
    for word in table("sizes")["wearables"]:
        by_head.setdefault(fold(word)[:3], []).append(fold(word))
    return by_head


def _without_overlaps(hits: Iterable[Found]) -> list[Found]:
    """Earlier finders win where two finds share characters; a reason may hold a colour."""
    kept: list[Found] = []
    for hit in hits:
        if not any(_clash(hit, other) for other in kept):
            kept.append(hit)
    return kept


def _clash(one: Found, other: Found) -> bool:
    if not (one.begin < other.finish and other.begin < one.finish):
        return False
    return "return_reason" not in (one.kind, other.kind) or one.kind == other.kind


def _named(match: NameMatch, text: str) -> Entity:
    return Entity(
        match.kind,
        text[match.start : match.end],
        match.start,
        match.end,
        match.id,
        match.confidence,
    )


def _folded_span(folded: Folded, match: NameMatch) -> tuple[int, int]:
    inside = [
        at
        for at, begin in enumerate(folded.begins)
        if match.start <= begin and folded.ends[at] <= match.end
    ]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def _inside(start: int, end: int, names: list[NameMatch]) -> bool:
    return any(start < name.end and name.start < end for name in names)


def _times(
    text: str, language: str, now: datetime, taken: list[tuple[int, int]]
) -> Iterator[Entity]:
    for mention in find_times(text, language, now):
        if any(mention.begin < end and start < mention.finish for start, end in taken):
            continue
        kind = "time" if mention.grain in ("time", "part") else "date"
        yield Entity(
            kind,
            mention.text,
            mention.begin,
            mention.finish,
            time_value(mention),
            0.8 if mention.conflict or mention.approx else 0.95,
        )


def time_value(mention: TimeMention) -> str:
    """ISO 8601: a point, `start/end`, or an interval open at one side (`start/..`)."""
    start, end = _iso(mention.start), _iso(mention.end)
    return start if start == end else f"{start}/{end}"


def _iso(side: date | datetime | None) -> str:
    if side is None:
        return ".."
    if isinstance(side, datetime):
        return side.replace(tzinfo=None).isoformat(timespec="minutes")
    return side.isoformat()


def _money(text: str, language: str, taken: list[tuple[int, int]]) -> Iterator[Entity]:
    for amount in find_money(text, language):
        if any(amount.begin < end and start < amount.finish for start, end in taken):
            continue
        value = {
            "min": None if amount.min is None else str(amount.min),
            "max": None if amount.max is None else str(amount.max),
            "currency": amount.currency,
        }
        yield Entity("money", amount.text, amount.begin, amount.finish, value, 0.95)

"""Changing what was priced a moment ago: "2 olsun 3 değil", "kupayı çıkar", "hepsi ne tutar"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from invekto.agent.intents.dialogue.options import picks
from invekto.agent.intents.dialogue.reading import Reading
from invekto.agent.intents.entities.baskets import counted
from invekto.contracts.understanding import Entity
from invekto.text.fold import fold

LONGEST = 8
"""Words; a longer message says anew what it wants."""
LEAST_STEM = 3
"""Letters from which a word of a message may be one of a name."""


@dataclass(frozen=True, slots=True)
class Good:
    """A thing that was priced or looked up, by its id, and its names in all languages."""

    id: str
    names: tuple[str, ...]
    quantity: int = 1
    size: str | None = None
    colour: str | None = None
    shown: bool = False
    """One of those that were suggested, to choose from."""


def amended(
    goods: Sequence[Good], text: str, language: str, entities: Sequence[Entity] = ()
) -> tuple[Good, ...] | None:
    """The goods as a short message wants them; None where it says nothing about them.

    Args:
        goods: what was spoken of a moment ago.
        entities: what was found in the text: digits of sizes, dates and money count no pieces.
    """
    reading = Reading.of(text)
    if not goods or len(reading.words) > LONGEST:
        return None
    if any(good.shown for good in goods):
        return _chosen(goods, reading, entities)
    meant = [good for good in goods if _is_named(good, reading)]
    if reading.has("change_less") and meant:
        rest = tuple(good for good in goods if good not in meant)
        return rest or None
    numbers = counted(text, language, entities)
    if reading.has("change_more"):
        return _with_more(goods, meant, numbers)
    if numbers and reading.has("change_to"):
        return _counted_anew(goods, meant, numbers, reading)
    wished = _as_wished(goods[0], entities)
    other = reading.has("change_to") and wished != goods[0]
    if len(goods) == 1 and (other or reading.has("buy")):
        return (wished,)
    if reading.has("all_of_it") and reading.has("question") and not numbers:
        return tuple(goods)
    return None


def asks_cheaper(text: str) -> bool:
    """Whether a short message asks for another thing of the kind that costs less."""
    reading = Reading.of(text)
    return len(reading.words) <= LONGEST and reading.has("cheaper_one")


def _chosen(
    goods: Sequence[Good], reading: Reading, entities: Sequence[Entity]
) -> tuple[Good, ...] | None:
    """Of goods that were suggested, those that are wanted: "ilkini alalım XL", "ikisi de olsun"."""
    buys = reading.has("buy")
    if not (buys or reading.has("change_to")) or (reading.has("question") and not buys):
        return None
    names = tuple(" ".join(good.names) for good in goods)
    places = picks(reading, names) if len(goods) > 1 else [0]
    wanted = tuple(replace(_as_wished(goods[at], entities), shown=False) for at in places)
    told = buys or len(goods) > 1 or (wanted[0].size, wanted[0].colour) != (None, None)
    return wanted if wanted and told else None


def _is_named(good: Good, reading: Reading) -> bool:
    stems = [w for name in good.names for w in fold(name).split() if len(w) >= LEAST_STEM]
    return any(word.startswith(stem) for word in reading.words for stem in stems)


def _as_wished(good: Good, entities: Sequence[Entity]) -> Good:
    """With the size and colour that are named beside the wish to buy it."""
    named = {e.kind: str(e.value) for e in entities}
    return replace(good, size=named.get("size", good.size), colour=named.get("colour", good.colour))


def _with_more(
    goods: Sequence[Good], meant: Sequence[Good], numbers: Sequence[int]
) -> tuple[Good, ...] | None:
    """One more, or as many more as said, of the thing named or of the only one."""
    target = _one(meant) or _one(goods)
    if target is None or len(numbers) > 1:
        return None
    return _put(goods, target, target.quantity + (numbers[0] if numbers else 1))


def _counted_anew(
    goods: Sequence[Good], meant: Sequence[Good], numbers: Sequence[int], reading: Reading
) -> tuple[Good, ...] | None:
    """A new number of the thing named, of the one that had the number denied beside it ("3
    değil"), or of the only one."""
    denied = numbers[-1] if reading.has("negation") and len(numbers) == 2 else None
    had = [good for good in goods if good.quantity == denied]
    target = _one(meant) or _one(had) or _one(goods)
    wanted = [number for number in numbers if number != denied]
    if target is None or len(wanted) != 1:
        return None
    return _put(goods, target, wanted[0])


def _put(goods: Sequence[Good], target: Good, quantity: int) -> tuple[Good, ...]:
    return tuple(replace(good, quantity=quantity) if good is target else good for good in goods)


def _one(goods: Sequence[Good]) -> Good | None:
    return goods[0] if len(goods) == 1 else None

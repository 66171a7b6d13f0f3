"""Several things and how many of each: "3 siyah tişört, 2 kupa toplam ne kadar"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from invekto.contracts.understanding import Entity
from invekto.text.fold import Folded, fold
from invekto.text.numbers import find_numbers

OTHERWISE = frozenset(
    ("order_number", "tracking_number", "phone", "email", "money", "date", "time", "size")
)
"""Kinds of entities whose digits count no goods."""
NAMED = ("product", "treatment")
"""Kinds of things of the tenant's that are priced."""
ONE = "bir"
"""Turkish "one": after a name it begins the next thing."""
MOST = 10_000
"""Of one thing; and things in one message: `MOST_THINGS`."""
MOST_THINGS = 20
UNSURE = 0.6
"""Confidence in a list without a single number: its things may belong to several requests."""
_WORD = re.compile(r"[^\W_]+")
_STOP = re.compile(r"[.?!؟;،,\n]")
_KIND_OF = re.compile(r"\d+(?:l[iu]k?)\w*")
"""A number that makes an adjective: "20lik", "3lü"."""
_GLUED = re.compile(r"['’/:*\-]")


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    begin: int
    finish: int


@dataclass(frozen=True, slots=True)
class _Count:
    """How many, and where the number (with a counting word) stands in the text."""

    value: int
    begin: int
    finish: int


def find_basket(text: str, language: str, entities: Sequence[Entity]) -> Entity | None:
    """All things of a message with their number, as one entity whose value is
    [{"name", "quantity"}] in order of mention; None where one piece of one thing is spoken of.

    Args:
        entities: what was found in the text already: numbers within orders, dates and money count
            no goods, and products named without a number count once.
    """
    words = _words(text)
    counts = _counts(text, language, words, entities)
    found: list[tuple[int, int, dict[str, Any]]] = []
    for at, count in enumerate(counts):
        following = counts[at + 1].begin if at + 1 < len(counts) else len(text)
        before = counts[at - 1].finish if at else 0
        found += _thing(text, words, count, before, following)
    numbered = bool(found)
    found += _unnumbered(found, entities)
    if not numbered and len({thing["name"] for _, _, thing in found}) < 2:
        return None
    found.sort(key=lambda part: part[0])
    value = [thing for _, _, thing in found[:MOST_THINGS]]
    if sum(thing["quantity"] for thing in value) < 2:
        return None
    begin, end = min(f[0] for f in found), max(f[1] for f in found)
    return Entity("basket", text[begin:end], begin, end, value, 0.85 if numbered else UNSURE)


def counted(text: str, language: str, entities: Sequence[Entity]) -> list[int]:
    """The numbers of a message that count goods, in order of mention."""
    return [count.value for count in _counts(text, language, _words(text), entities)]


def _words(text: str) -> list[_Word]:
    folded = Folded.of(text)
    return [
        _Word(match.group(), *folded.raw_span(*match.span()))
        for match in _WORD.finditer(folded.text)
    ]


def _counts(
    text: str, language: str, words: Sequence[_Word], entities: Sequence[Entity]
) -> list[_Count]:
    taken = [(e.start, e.end) for e in entities if e.kind in OTHERWISE]
    taken += [(e.start, e.end) for e in entities if e.kind == "product" and _holds_number(e)]
    found = []
    for number in find_numbers(text, language):
        if number.kind not in ("number", "quantity") or number.max is not None:
            continue
        if number.value != int(number.value) or not 1 <= number.value <= MOST:
            continue
        if any(number.begin < end and start < number.finish for start, end in taken):
            continue
        finish = _after_counter(words, number.finish)
        if _counts_goods(text, words, number.begin, finish):
            found.append(_Count(int(number.value), number.begin, finish))
    found += [
        _Count(_table()["duals"][dual], word.begin, word.begin)
        for word in words
        if (dual := word.text.removeprefix("و")) in _table()["duals"]
    ]
    return sorted(found, key=lambda count: count.begin)


def _holds_number(entity: Entity) -> bool:
    """ "yemek takımı 24 parça": the number is part of the name, unless it leads."""
    return any(char.isdigit() for char in entity.text.lstrip("0123456789 "))


def _after_counter(words: Sequence[_Word], finish: int) -> int:
    following = next((word for word in words if word.begin >= finish), None)
    if following is None or following.begin - finish > 1:
        return finish
    return following.finish if following.text in _table()["counters"] else finish


def _counts_goods(text: str, words: Sequence[_Word], begin: int, finish: int) -> bool:
    if _GLUED.match(text, finish) or (begin and _GLUED.match(text, begin - 1)):
        return False
    following = next((word for word in words if word.begin >= finish), None)
    around = [w for w in words if w.begin < finish and begin < w.finish]
    if any(w.begin < begin or finish < w.finish for w in around):
        return False  # "3lü", "160x220"
    if any(w.text in _table()["not_goods"] or _KIND_OF.fullmatch(w.text) for w in around):
        return False  # "24 parça", "20lik diş"
    return following is None or following.text not in _table()["not_goods"]


def _thing(
    text: str, words: Sequence[_Word], count: _Count, before: int, following: int
) -> list[tuple[int, int, dict[str, Any]]]:
    """What a number counts: the words after it, or those before it where none follow; and what a
    joining word adds without a number of its own."""
    named, rest = _named(text, words, count.finish, following)
    if not named:
        named = _named_before(text, words, before, count.begin)
        rest = []
    if not named:
        return []
    found = [_part(text, named, count.value, count.begin)]
    joined, _ = _named(text, rest, rest[0].begin, following) if rest else ([], [])
    if joined:
        found.append(_part(text, joined, 1, joined[0].begin))
    return found


def _part(
    text: str, named: Sequence[_Word], quantity: int, begin: int
) -> tuple[int, int, dict[str, Any]]:
    finish = named[-1].finish
    name = text[named[0].begin : finish]
    return min(begin, named[0].begin), finish, {"name": name[:160], "quantity": quantity}


def _named(
    text: str, words: Sequence[_Word], begin: int, end: int
) -> tuple[list[_Word], list[_Word]]:
    """The words of one name, and those after a joining word."""
    here = [word for word in words if begin <= word.begin and word.finish <= end]
    table, named = _table(), list[_Word]()
    for at, word in enumerate(here):
        last = named[-1].finish if named else begin
        if word.text in table["ends"] or _STOP.search(text, last, word.begin):
            return named, []
        if word.text in table["joins"] or (named and word.text == ONE):
            return named, here[at + 1 :] if named else []
        if named or word.text not in table["ones"]:
            named.append(word)
    return named, []


def _named_before(text: str, words: Sequence[_Word], begin: int, end: int) -> list[_Word]:
    """The words right before a number: "keten elbise 2 adet"."""
    here = [word for word in words if begin <= word.begin and word.finish <= end]
    stops = {*_table()["ends"], *_table()["joins"]}
    kept: list[_Word] = []
    for word in reversed(here):
        right = kept[0].begin if kept else end
        if word.text in stops or _STOP.search(text, word.finish, right):
            break
        kept.insert(0, word)
    return kept


def _unnumbered(
    found: Iterable[tuple[int, int, dict[str, Any]]], entities: Sequence[Entity]
) -> list[tuple[int, int, dict[str, Any]]]:
    """What is named without a number, each thing once."""
    spans = [(begin, end) for begin, end, _ in found]
    return [
        (entity.start, entity.end, {"name": str(entity.value), "quantity": 1})
        for entity in entities
        if entity.kind in NAMED
        and not any(entity.start < end and begin < entity.end for begin, end in spans)
    ]


@cache
def _table() -> dict[str, Any]:
    raw = yaml.safe_load(
        (resources.files("invekto.agent.intents.entities") / "baskets.yaml").read_text("utf-8")
    )
    lists = {name: frozenset(fold(" ".join(raw[name])).split())
             for name in ("ends", "joins", "not_goods", "ones")}  # fmt: skip
    duals = {fold(word): number for word, number in raw["duals"].items()}
    return {**lists, "counters": frozenset(fold(raw["counters"]).split()), "duals": duals}

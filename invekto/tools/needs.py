"""What a customer needs where no product is named: a gift, and for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from invekto.text.normalise import fold

PLAIN, GIFT, LIKED = 50.0, 30.0, 15.0
"""Points of 100: of anything, for being a gift, for being what such people like."""


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed; `rest` are the words that may say more of it."""

    gift: bool
    people: tuple[str, ...]
    rest: str

    def points(self, words: Collection[str]) -> float | None:
        """How well a product of these folded words serves the need; None: not for them."""
        if not self.people and not _table()["gift"]["not"].isdisjoint(words):
            return None
        points = PLAIN
        if self.gift and not _table()["gift"]["likes"].isdisjoint(words):
            points += GIFT
        for name in self.people:
            group = _table()["people"][name]
            if not group["not"].isdisjoint(words):
                return None
            if group["only"] and group["only"].isdisjoint(words):
                return None
            points += 0.0 if group["likes"].isdisjoint(words) else LIKED
        return points

    def reasons(self, words: Collection[str]) -> list[str]:
        """Why a product serves it: gift, or the people it is for."""
        said = ["gift"] if self.gift and not _table()["gift"]["likes"].isdisjoint(words) else []
        liked = [n for n in self.people if not _table()["people"][n]["likes"].isdisjoint(words)]
        return said + liked


OTHERS = (
    "baska", "diger", "farkli", "other", "else", "another", "more", "غير", "ثاني", "تاني", "اخر",
)  # fmt: skip
"""Beginnings of words that ask for something else than what was shown."""


def wants_others(text: str) -> bool:
    """Whether something else than what was shown is asked for: "başka ne var"."""
    return any(word.startswith(OTHERS) for word in fold(text).split())


def wants_cheaper(text: str) -> bool:
    """Whether the price comes first: "en ucuzu hangisi", "anything cheaper?"."""
    return bool(_spans(fold(text).split(), _table()["cheaper"]))


def goes_beside(text: str) -> bool:
    """Whether something is wanted to go with a thing: "yanına ne yakışır"."""
    return bool(_spans(fold(text).split(), _table()["beside"]))


def need_in(text: str) -> Need:
    """The need in a customer's words, of any of the languages."""
    words = fold(text).split()
    gift = _spans(words, _table()["gift"]["cues"])
    people = {name: _spans(words, group["cues"]) for name, group in _table()["people"].items()}
    people = _grown(words, people)
    cheaper = _spans(words, _table()["cheaper"])
    told = {at for spans in (gift, cheaper, *people.values()) for begin, end in spans
            for at in range(begin, end)}  # fmt: skip
    noise = _table()["noise"]
    kept = (w.strip(".,!?'") for at, w in enumerate(words) if at not in told)
    rest = " ".join(w for w in kept if len(w) > 2 and w not in noise and not w[0].isdigit())
    return Need(bool(gift), tuple(name for name, found in people.items() if found), rest)


def _grown(
    words: Sequence[str], people: dict[str, list[tuple[int, int]]]
) -> dict[str, list[tuple[int, int]]]:
    """A daughter who graduates needs what women wear."""
    grown = _table()["grown"]
    if not people["child"] or not _spans(words, grown["cues"]):
        return people
    as_adults = {name: [*people[name], *_spans(words, grown[name])] for name in ("woman", "man")}
    return {**people, **as_adults, "child": []}


def _spans(words: Sequence[str], cues: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    return list(_found(words, cues))


def _found(words: Sequence[str], cues: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    for at in range(len(words)):
        for cue in cues:
            here = words[at : at + len(cue)]
            if len(here) == len(cue) and all(map(_is, here, cue)):
                yield at, at + len(cue)


def _is(word: str, cue: str) -> bool:
    word = word.strip(".,!?'")
    return word.startswith(cue[:-1]) if cue.endswith("*") else word == cue


@cache
def _table() -> dict[str, Any]:
    text = (resources.files("invekto.tools") / "words" / "needs.yaml").read_text("utf-8")
    raw = yaml.safe_load(text)
    return {
        "gift": _group(raw["gift"]),
        "beside": _cues(raw["beside"]),
        "cheaper": _cues(raw["cheaper"]),
        "grown": {name: _cues(raw["grown"][name]) for name in ("cues", "woman", "man")},
        "noise": frozenset(fold(" ".join(raw["noise"])).split()),
        "people": {name: _group(group) for name, group in raw["people"].items()},
    }


def _group(raw: dict[str, list[str]]) -> dict[str, Any]:
    sets = {name: frozenset(fold(str(w)) for w in raw.get(name, ()))
            for name in ("likes", "not", "only")}  # fmt: skip
    return {"cues": _cues(raw["cues"]), **sets}


def _cues(phrases: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(fold(str(phrase)).split()) for phrase in phrases]

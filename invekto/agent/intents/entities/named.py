"""Colours, cities and couriers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from invekto.agent.intents.entities.numbers import Found
from invekto.agent.intents.entities.phrases import Phrases, Token, phrases
from invekto.agent.intents.entities.table import table
from invekto.text.colours import colour_names
from invekto.text.fold import fold

_ARTICLES = ("el", "al")
_PLACE_ENDINGS = (
    "a",
    "e",
    "ya",
    "ye",
    "da",
    "de",
    "ta",
    "te",
    "dan",
    "den",
    "tan",
    "ten",
    "dayim",
    "deyim",
    "li",
    "lu",
    "na",
    "ne",
)
_NOT_SURAT = ("surati", "suratin", "suratini", "suratina", "suratsiz", "suratlar")
_DOMESTIC = ("gonder", "teslim", "kargo ucret", "sevk", "siparis", "alisveris")


def find_colours(tokens: list[Token]) -> Iterator[Found]:
    """Colours; an Arabic article in Latin letters before one belongs to it."""
    for value, first, last, _ in _colours().find(tokens):
        begin = first - 1 if first and tokens[first - 1][0] in _ARTICLES else first
        yield Found("colour", tokens[begin][1], tokens[last][2], value, 0.95)


def find_couriers(text: str, tokens: list[Token]) -> Iterator[Found]:
    """Courier firms, not the look-alikes (a sour face, shipping within the country)."""
    for value, first, last, cut in phrases("couriers").find(tokens):
        word = tokens[first][0]
        alone = first == last
        if value == "surat" and alone and word in _NOT_SURAT:
            continue
        rest = text[tokens[last][2] :].lstrip()
        if value == "yurtici" and alone and rest.startswith(_DOMESTIC):
            continue
        if (
            value == "aras"
            and alone
            and word not in ("aras",)
            and not word.startswith(("aras'", "arasl", "arast", "arasd"))
        ):
            continue
        yield Found("courier", tokens[first][1] + cut, tokens[last][2], value, 0.95)


def find_cities(raw: list[str], tokens: list[Token]) -> Iterator[Found]:
    """Turkish provinces. Names that are also words need a capital, a place's ending or a word of
    place beside them.

    Args:
        raw: the words as typed, one a token.
    """
    beside = words_of_beside()
    for value, first, last, cut in _cities().find(tokens):
        after = tokens[last + 1][0] if last + 1 < len(tokens) else ""
        if value in table("cities")["doubtful"] and not _is_place(
            value, tokens[first][0], raw[first], after
        ):
            continue
        end = last + 1 if after in beside else last
        if first == last and value == "Ağrı" and end == last:
            continue
        yield Found("city", tokens[first][1] + cut, tokens[end][2], value, 0.95)


def _is_place(value: str, word: str, typed: str, after: str) -> bool:
    if after in words_of_beside():
        return True
    ending = word[len(fold(value)) :].lstrip("'")
    return ending in _PLACE_ENDINGS and (typed[:1].isupper() or len(value) > 3)


@cache
def words_of_beside() -> frozenset[str]:
    """Words that make the name before them a place."""
    return frozenset(fold(word) for word in table("cities")["beside"])


@cache
def _colours() -> Phrases:
    names = colour_names()
    return Phrases((colour, str(name)) for colour, written in names.items() for name in written)


@cache
def _cities() -> Phrases:
    cities = table("cities")
    return Phrases(
        [(name, name) for name in (*cities["plain"], *cities["doubtful"])]
        + [(name, short) for name, shorts in cities["short"].items() for short in shorts]
    )

"""Finding listed phrases in folded text, whatever endings their last word carries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from invekto.agent.intents.entities.table import table
from invekto.text.fold import fold

_ENDING = re.compile(
    r"'?(?:l[ae]r)?(?:i|u|si|su)?(?:m|n|miz|muz|niz|nuz)?(?:i|u|yi|yu|ni|nu|a|e|ya|ye|na|ne|d[ae]|t[ae]|nd[ae]"
    r"|d[ae]n|t[ae]n|nd[ae]n|in|un|nin|nun|yla|yle|la|le|lu|li|l|ca|ce)?(?:ki|kini|kinden)?"
    r"(?:yim|yum|im|um|yiz|yuz|siniz|sunuz|dir|dur|tir|tur)?"
)
_ARABIC_BEFORE = ("وال", "بال", "لل", "ال", "و", "ب", "ل")
Token = tuple[str, int, int]


class Phrases:
    """Listed phrases by their first word."""

    def __init__(self, values: Iterable[tuple[str, str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for value, phrase in values:
            parts = tuple(fold(phrase).split())
            self._by_first[parts[0][:2]].append((parts, value))
        for group in self._by_first.values():
            group.sort(key=lambda item: (-len(item[0]), -sum(map(len, item[0]))))

    def find(self, tokens: list[Token]) -> Iterator[tuple[str, int, int, int]]:
        """(value, first token, last token, letters cut off before), longest first, no overlaps."""
        at = 0
        while at < len(tokens):
            hit = self._at(tokens, at)
            if hit is None:
                at += 1
                continue
            value, size, cut = hit
            yield value, at, at + size - 1, cut
            at += size

    def _at(self, tokens: list[Token], at: int) -> tuple[str, int, int] | None:
        word = tokens[at][0]
        for cut in _cuts(word):
            head = word[cut:]
            for parts, value in self._by_first.get(head[:2], ()):
                if len(parts) <= len(tokens) - at and _fits(
                    parts, [head, *(t[0] for t in tokens[at + 1 : at + len(parts)])]
                ):
                    return value, len(parts), cut
        return None


def _cuts(word: str) -> Iterator[int]:
    yield 0
    if "\u0600" <= word[0] <= "\u06ff":
        for prefix in _ARABIC_BEFORE:
            if word.startswith(prefix) and len(word) - len(prefix) >= 3:
                yield len(prefix)


def _fits(parts: tuple[str, ...], words: list[str]) -> bool:
    if any(word != part for part, word in zip(parts[:-1], words[:-1], strict=True)):
        return False
    return ends_well(words[-1], parts[-1])


def ends_well(word: str, stem: str) -> bool:
    """Whether `word` is `stem` with nothing or a Turkish ending after it."""
    if word == stem:
        return True
    rest = word[len(stem) :]
    return word.startswith(stem) and rest != "" and _ENDING.fullmatch(rest) is not None


@cache
def phrases(name: str) -> Phrases:
    """The phrases of a part of the tables that maps values to them."""
    return Phrases((value, str(word)) for value, words in table(name).items() for word in words)

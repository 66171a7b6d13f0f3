"""Cheap lemmas for search and intents: one folded form for the inflections of a word."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from invekto.text.dictionary import dictionaries, dictionary_lemma
from invekto.text.fold import fold
from invekto.text.normalise import lower

CACHE = 32_768
MIN_STEM = 3
_LONGEST = 40
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TURKISH = re.compile("[ğşıçöü]")

_SPELLINGS = {"c": "cç", "g": "gğ", "i": "iı", "o": "oö", "s": "sş", "u": "uü"}
MAX_SPELLINGS = 1024
"""Words with more ways to put the diacritics back are left to the stemmer."""


@lru_cache(maxsize=CACHE)
def lemma(word: str, language: str) -> str:
    """The folded lemma or stem of one word: siparişlerimi → siparis, والتوصيل → توصيل. Words
    typed without diacritics meet the others: siparisim → siparis."""
    plain = fold(word)
    if len(plain) > _LONGEST or not plain.isalpha():
        return plain
    if language == "ar" and not plain.isascii():
        return _arabic(plain)
    if language == "tr":
        return _turkish(lower(word, "tr"), plain)
    return fold(dictionary_lemma(plain, "en"))


def lemmas(text: str, language: str) -> list[str]:
    """The lemmas of the words of a text, numbers as they are."""
    return [lemma(word.replace("’", "'").split("'")[0], language) for word in _WORD.findall(text)]


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    import snowballstemmer

    stem: Callable[[str], str] = snowballstemmer.stemmer(language).stemWord
    return stem


def _turkish(word: str, plain: str) -> str:
    """The dictionary's lemma, for words typed without diacritics that of the spellings it knows,
    and Snowball's stem for words it does not know."""
    found = lower(dictionary_lemma(word, "tr"), "tr")
    if found != word:
        return fold(found)
    if _TURKISH.search(word):
        return plain
    known = Counter(filter(None, map(_known, _spellings(plain))))
    if known:
        return min(known, key=lambda stem: (-known[stem], len(stem), stem))
    return fold(_stemmer("turkish")(plain))


def _known(spelling: str) -> str | None:
    found = dictionaries().get_dictionary("tr").get(spelling)
    return fold(lower(str(found), "tr")) if found else None


def _spellings(plain: str) -> Iterator[str]:
    """All ways to put diacritics on a folded word, none if they are too many."""
    choices = [_SPELLINGS.get(char, char) for char in plain]
    if math.prod(map(len, choices)) <= MAX_SPELLINGS:
        yield from map("".join, itertools.product(*choices))


def _arabic(plain: str) -> str:
    """Snowball's light stem, after the conjunction and prepositions it leaves on."""
    for prefix in ("وال", "بال", "فال", "كال", "لل", "ال"):
        if plain.startswith(prefix) and len(plain) - len(prefix) >= MIN_STEM:
            plain = plain[len(prefix) :]
            break
    stem = fold(_stemmer("arabic")(plain))
    return stem if len(stem) > 1 else plain

"""Words, stems and character n-grams of a text, as the built-in embedding counts them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from invekto.text.dictionary import dictionary_lemma
from invekto.text.normalise import fold

SPACE = 1 << 24
"""Terms are hashed into this many dimensions."""
PREFIX = 5
"""Letters kept of a Latin word as its crude stem: truncation does as well as stemming for
Turkish (Can et al., "Information retrieval on Turkish texts", JASIST 2008)."""
KEPT, KEPT_LENGTH = 1_024, 200
"""Texts of so many characters are read once by all that look at a question."""
LEAST_ROOT = 3
"""Letters from where on an Arabic word without its weak letters still says enough."""

_MARKS = dict.fromkeys((*range(1611, 1632), 1600, 1648, *range(8203, 8208), 65279))
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_PROCLITIC = re.compile("^(?:وال|فال|بال|كال|لل|ال|و|ف|ب|ل|ك)(?=..)")
_ENDING = re.compile("(?:هما|هم|ها|ات|ون|ين|ان|يه|وا|تي|ه|ي|ا|ت)$")
_WEAK = re.compile("[اويئؤء]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")


@dataclass(frozen=True, slots=True)
class Term:
    """One word: `lemma` its dictionary form, `stem` a cruder one that forgives missing
    diacritics, `words` and `grams` its hashed dimensions."""

    folded: str
    lemma: str
    stem: str
    words: tuple[int, ...]
    grams: tuple[int, ...]


def terms(text: str, language: str) -> tuple[Term, ...]:
    """The terms of a text in order."""
    return _kept(text, language) if len(text) <= KEPT_LENGTH else _read(text, language)


@lru_cache(maxsize=KEPT)
def _kept(text: str, language: str) -> tuple[Term, ...]:
    return _read(text, language)


def _read(text: str, language: str) -> tuple[Term, ...]:
    raw = _WORD.findall(text.translate(_MARKS))
    return tuple(found for word in raw if (found := term(word, language)) is not None)


@lru_cache(maxsize=200_000)
def term(word: str, language: str) -> Term | None:
    """One raw word analysed; None where nothing is left after folding. What follows an
    apostrophe is a suffix (Ayşe'nin, Panthers's) and is dropped."""
    bare = re.split("['’]", word)[0]
    folded = fold(bare) or fold(word)
    if not folded:
        return None
    lemma = _lemma(bare, folded, language)
    stem = _stem(folded, lemma)
    words = {_dimension("w", folded), _dimension("s", stem), _dimension("l", lemma)}
    if _ARABIC.search(folded):
        words.add(_dimension("a", _light(folded)))
    return Term(
        folded, lemma, stem, tuple(sorted(words)), tuple(_dimension("g", g) for g in grams(folded))
    )


def _lemma(bare: str, folded: str, language: str) -> str:
    if folded.isdigit():
        return folded
    if _ARABIC.search(folded):
        return str(_arabic().stemWord(folded))
    if language == "en":
        return str(_english().stemWord(folded))
    return fold(dictionary_lemma(bare, "tr")) or folded


def _stem(folded: str, lemma: str) -> str:
    if _ARABIC.search(folded):
        root = _WEAK.sub("", _light(folded))
        return root if len(root) >= LEAST_ROOT else _light(folded)
    return lemma if folded.isdigit() else lemma[:PREFIX]


def _light(folded: str) -> str:
    """An Arabic word without article, particles and endings (light stemming, Larkey et al.,
    SIGIR 2002); without its weak letters besides, it is close to the root that broken plurals
    and transliterations share."""
    bare = _PROCLITIC.sub("", folded)
    return _ENDING.sub("", bare) if len(bare) > 3 else bare


@lru_cache(maxsize=1)
def _arabic() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("arabic")


@lru_cache(maxsize=1)
def _english() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


def grams(folded: str, size: int = 4) -> list[str]:
    """Character n-grams of a word with its ends marked; a short word is its own gram."""
    padded = f"_{folded}_"
    if len(padded) <= size:
        return [padded]
    return [padded[at : at + size] for at in range(len(padded) - size + 1)]


def pairs(found: Sequence[Term]) -> list[int]:
    """Dimensions of neighbouring stems in order."""
    return [_dimension("p", f"{left.stem} {right.stem}") for left, right in pairwise(found)]


def bucketed(
    parts: Iterable[tuple[Sequence[int], float]], buckets: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Dimensions with what each of them counts, hashed into so many buckets: those that are
    there in ascending order, and how much of each."""
    told, weights, lengths = list[int](), list[float](), list[int]()
    for found, weight in parts:
        told += found
        weights.append(weight)
        lengths.append(len(found))
    if not told:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    dimensions = np.array(told, dtype=np.int64) % buckets
    at, which = np.unique(dimensions, return_inverse=True)
    return at, np.bincount(which, np.repeat(weights, lengths)).astype(np.float32)


def _dimension(kind: str, value: str) -> int:
    return crc32(f"{kind}:{value}".encode()) % SPACE

"""Words, stems and character n-grams of a text, as the built-in embedding counts them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import simplemma
import snowballstemmer

from invekto.text.normalise import fold

SPACE = 1 << 24
"""Terms are hashed into this many dimensions."""
PREFIX = 5
"""Letters kept of a Latin word as its crude stem: truncation does as well as stemming for
Turkish (Can et al., "Information retrieval on Turkish texts", JASIST 2008)."""

_MARKS = dict.fromkeys((*range(1611, 1632), 1600, 1648, *range(8203, 8208), 65279))
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_ARABIC = re.compile(r"[\u0600-\u06ff]")


@dataclass(frozen=True, slots=True)
class Term:
    """One word: `stem` for comparing in order, `words` and `grams` its hashed dimensions."""

    folded: str
    stem: str
    words: tuple[int, ...]
    grams: tuple[int, ...]


def terms(text: str, language: str) -> list[Term]:
    """The terms of a text in order."""
    raw = _WORD.findall(text.translate(_MARKS))
    return [found for word in raw if (found := term(word, language)) is not None]


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
    return Term(
        folded, stem, tuple(sorted(words)), tuple(_dimension("g", g) for g in grams(folded))
    )


def _lemma(bare: str, folded: str, language: str) -> str:
    if folded.isdigit():
        return folded
    if _ARABIC.search(folded):
        return str(_arabic().stemWord(folded))
    if language == "en":
        return str(_english().stemWord(folded))
    return fold(str(simplemma.lemmatize(bare, lang="tr"))) or folded


def _stem(folded: str, lemma: str) -> str:
    if folded.isdigit() or _ARABIC.search(folded):
        return lemma
    return lemma[:PREFIX]


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


def pairs(found: list[Term]) -> list[int]:
    """Dimensions of neighbouring stems in order."""
    return [_dimension("p", f"{left.stem} {right.stem}") for left, right in pairwise(found)]


def _dimension(kind: str, value: str) -> int:
    return crc32(f"{kind}:{value}".encode()) % SPACE

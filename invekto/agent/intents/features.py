"""Text → sparse features on folded text: character n-grams inside words; words, pairs of stems and
the consonants of Arabic; and the lexicon's concepts: three blocks, each of unit length times its
weight."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from invekto.agent.intents.concepts import concept_grams
from invekto.agent.intents.stems import MARKS, rough_stem
from invekto.text.fold import fold
from invekto.text.skeleton import is_arabic_in_latin, skeleton

MAX_CHARACTERS = 1500
"""What is looked at of a message: its first two thirds and its last third."""
LONGEST_WORD = 40
REACH = 2
PAIR = "\v"
"""Between the two stems of a pair."""
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_CONTRACTED = re.compile(r"(?<=[a-z])'(?=(?:t|s|re|ve|d|m)(?![^\W_]))")
"""The apostrophe of English "don't" and "I've", which as many leave out."""
_DIGITS = re.compile(r"\d")
Indices = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


def tokens(text: str) -> list[str]:
    """Folded words and marks of the part of a text that is looked at."""
    if len(text) > MAX_CHARACTERS:
        text = text[:1000] + " " + text[-500:]
    return [word[:LONGEST_WORD] for word in _TOKEN.findall(contracted(fold(text)))]


def contracted(folded: str) -> str:
    """Folded text with English contractions as one word: don't → dont."""
    return _CONTRACTED.sub("", folded) if "'" in folded else folded


def character_grams(word: str, longest: int) -> list[str]:
    """N-grams of 1 to `longest` characters of one word, blanks marking its edges."""
    padded = f" {word} "
    size = len(padded)
    grams = []
    for length in range(1, longest + 1):
        if length >= size:
            grams.append(padded)
            break
        grams += [padded[at : at + length] for at in range(size - length + 1)]
    return grams


def word_grams(words: Sequence[str], longest: int) -> list[str]:
    """Runs of 1 to `longest` words, their digits masked."""
    masked = [_DIGITS.sub("0", word) for word in words]
    grams = ["\t" + word for word in masked]
    for length in range(2, longest + 1):
        grams += [
            "\t" + " ".join(masked[at : at + length]) for at in range(len(masked) - length + 1)
        ]
    return grams


def stem_grams(words: Sequence[str]) -> list[str]:
    """Stems, and pairs of stems that stand at most `REACH` words apart, in order."""
    stems = [rough_stem(_DIGITS.sub("0", word)) for word in words if word not in MARKS]
    grams = ["\t~" + stem for stem in stems]
    for away in range(1, REACH + 1):
        grams += [f"\t~{a}{PAIR}{b}" for a, b in zip(stems, stems[away:], strict=False)]
    return grams


def skeleton_grams(words: Sequence[str], arabic_in_latin: bool) -> list[str]:
    """The consonants of Arabic words, in whichever alphabet they were typed."""
    return [
        "\t@" + skeleton(word)
        for word in words
        if arabic_in_latin or "\u0600" <= word[0] <= "\u06ff"
    ]


@dataclass(frozen=True, slots=True)
class Shape:
    """How far n-grams reach, how rare they may be, and the weight of each block."""

    characters: int = 5
    words: int = 2
    rare_characters: int = 2
    rare_words: int = 1
    rare_pairs: int = 2
    weights: tuple[float, float, float] = (1.0, 1.0, 0.4)


@dataclass
class Vocabulary:
    """Known n-grams with their inverse document frequency."""

    shape: Shape
    index: dict[str, int]
    idf: Floats
    _known: dict[str, Indices] = field(default_factory=dict, repr=False)

    @classmethod
    def fit(cls, texts: Iterable[str], shape: Shape) -> Vocabulary:
        """Learns n-grams and weights from training texts."""
        seen: Counter[str] = Counter()
        cached: dict[str, list[str]] = {}
        count = 0
        for text in texts:
            count += 1
            words = tokens(text)
            grams: set[str] = set()
            for word in words:
                if word not in cached:
                    cached[word] = character_grams(word, shape.characters)
                grams.update(cached[word])
            for block in _word_blocks(words, shape):
                grams.update(block)
            seen.update(grams)
        # in order: numbers, and with them the random first weights, must not follow the hash seed
        kept = sorted((g, n) for g, n in seen.items() if n >= _floor(g, shape))
        idf = np.fromiter(
            (math.log((1 + count) / (1 + n)) + 1 for _, n in kept), np.float32, len(kept)
        )
        return cls(shape, {gram: at for at, (gram, _) in enumerate(kept)}, idf)

    @property
    def size(self) -> int:
        """Number of features."""
        return len(self.index)

    def vector(self, text: str) -> tuple[Indices, Floats]:
        """Feature numbers and values of one text; both empty where nothing is known."""
        words = tokens(text)
        blocks = (
            np.concatenate([self._characters(word) for word in words] or [_EMPTY]),
            *(self._numbers(block) for block in _word_blocks(words, self.shape)),
        )
        found = [self._block(b, w) for b, w in zip(blocks, self.shape.weights, strict=True)]
        return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])

    def vectors(self, texts: Sequence[str]) -> tuple[Indices, Floats, npt.NDArray[np.int64]]:
        """Rows of several texts one after the other, and where each begins (CSR)."""
        rows = [self.vector(text) for text in texts]
        bounds = np.cumsum([0, *(len(row[0]) for row in rows)])
        return np.concatenate([r[0] for r in rows]), np.concatenate([r[1] for r in rows]), bounds

    def _characters(self, word: str) -> Indices:
        known = self._known.get(word)
        if known is None:
            if len(self._known) > 50_000:
                self._known.clear()
            grams = character_grams(word, self.shape.characters)
            known = self._known[word] = self._numbers(grams)
        return known

    def _numbers(self, grams: list[str]) -> Indices:
        get = self.index.get
        return np.array([at for gram in grams if (at := get(gram)) is not None], np.int32)

    def _block(self, numbers: Indices, weight: float) -> tuple[Indices, Floats]:
        if not len(numbers):
            return _EMPTY, np.empty(0, np.float32)
        ordered = np.sort(numbers)
        first = np.empty(len(ordered), np.bool_)
        first[0] = True
        np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
        indices = ordered[first]
        values = self.idf[indices]
        if len(indices) < len(ordered):
            starts = first.nonzero()[0]
            counts = np.empty(len(starts), np.int64)
            np.subtract(starts[1:], starts[:-1], out=counts[:-1])
            counts[-1] = len(ordered) - starts[-1]
            values = (1 + np.log(counts)).astype(np.float32) * values
        return indices, values * np.float32(weight / math.sqrt(float(values @ values)))

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_known": {}}


_EMPTY: Indices = np.empty(0, np.int32)


def _word_blocks(words: Sequence[str], shape: Shape) -> tuple[list[str], list[str]]:
    """Features of words and their neighbours, and of what the lexicon knows of them."""
    latin = is_arabic_in_latin(" ".join(words))
    spelled = word_grams(words, shape.words) + stem_grams(words) + skeleton_grams(words, latin)
    return spelled, concept_grams(words, latin)


def _floor(gram: str, shape: Shape) -> int:
    if gram[0] not in "\t\n":
        return shape.rare_characters
    return shape.rare_pairs if PAIR in gram else shape.rare_words

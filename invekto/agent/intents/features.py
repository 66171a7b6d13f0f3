"""Text → sparse features: character n-grams inside words and word n-grams, on folded text."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from invekto.text.fold import fold

MAX_CHARACTERS = 1500
"""What is looked at of a message: its first two thirds and its last third."""
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_DIGITS = re.compile(r"\d")
Indices = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


def tokens(text: str) -> list[str]:
    """Folded words and marks of the part of a text that is looked at."""
    if len(text) > MAX_CHARACTERS:
        text = text[:1000] + " " + text[-500:]
    return _TOKEN.findall(fold(text))


def character_grams(words: Sequence[str], longest: int) -> Counter[str]:
    """N-grams of 1 to `longest` characters inside words, blanks marking their edges."""
    found: Counter[str] = Counter()
    for word in words:
        padded = f" {word} "
        size = len(padded)
        for length in range(1, longest + 1):
            if length >= size:
                found[padded] += 1
                break
            found.update(padded[at : at + length] for at in range(size - length + 1))
    return found


def word_grams(words: Sequence[str], longest: int) -> Counter[str]:
    """Runs of 1 to `longest` words, their digits masked."""
    masked = [_DIGITS.sub("0", word) for word in words]
    found: Counter[str] = Counter("\t" + word for word in masked)
    for length in range(2, longest + 1):
        found.update(
            "\t" + " ".join(masked[at : at + length]) for at in range(len(masked) - length + 1)
        )
    return found


@dataclass(frozen=True)
class Vocabulary:
    """Known n-grams with their inverse document frequency; two blocks of unit length each."""

    index: dict[str, int]
    idf: Floats
    characters: int = 5
    words: int = 2

    @classmethod
    def fit(cls, texts: Iterable[str], characters: int = 5, words: int = 2) -> Vocabulary:
        """Learns n-grams and weights from training texts."""
        seen: Counter[str] = Counter()
        count = 0
        for text in texts:
            count += 1
            parts = tokens(text)
            seen.update(character_grams(parts, characters).keys())
            seen.update(word_grams(parts, words).keys())
        index = {gram: at for at, gram in enumerate(seen)}
        idf = np.fromiter(
            (math.log((1 + count) / (1 + n)) + 1 for n in seen.values()), np.float32, len(seen)
        )
        return cls(index, idf, characters, words)

    def vector(self, text: str) -> tuple[Indices, Floats]:
        """Feature numbers and values of one text; both empty where nothing is known."""
        parts = tokens(text)
        blocks = (character_grams(parts, self.characters), word_grams(parts, self.words))
        found = [self._block(block) for block in blocks]
        return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])

    def _block(self, counts: Counter[str]) -> tuple[Indices, Floats]:
        get = self.index.get
        known = [(at, n) for gram, n in counts.items() if (at := get(gram)) is not None]
        if not known:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        indices = np.fromiter((k[0] for k in known), np.int32, len(known))
        values = (1 + np.log(np.fromiter((k[1] for k in known), np.float32, len(known)))) * (
            self.idf[indices]
        )
        return indices, (values / np.sqrt(np.dot(values, values))).astype(np.float32)

    def matrix(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """One row a text."""
        rows = [self.vector(text) for text in texts]
        bounds = np.cumsum([0, *(len(r[0]) for r in rows)])
        return sparse.csr_matrix(
            (np.concatenate([r[1] for r in rows]), np.concatenate([r[0] for r in rows]), bounds),
            shape=(len(texts), len(self.index)),
        )

"""The tenant's own names — products, treatments, people — found in messages despite typos."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from invekto.text.fold import Folded, fold

MIN_RATIO = 80.0
"""Likeness (0–100) of a word to a name's word from which a typo is believed."""
_TOKEN = re.compile(r"[^\W_]+")
_SUFFIX = 6
"""Letters that Turkish endings may add to a name's last word."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name found: `kind` is product, treatment or practitioner; offsets are in the raw text."""

    kind: str
    id: str
    name: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class TenantWords:
    """Pairs of (name, id); one id may have several names. `version` changes with the names."""

    products: tuple[tuple[str, str], ...] = ()
    treatments: tuple[tuple[str, str], ...] = ()
    practitioners: tuple[tuple[str, str], ...] = ()
    version: str = ""
    _kinds: tuple[str, ...] = field(default=("product", "treatment", "practitioner"), repr=False)

    def find(self, text: str) -> list[NameMatch]:
        """Names in `text`, longest first, never overlapping, in order of mention."""
        return self._index.find(text)

    @cached_property
    def _index(self) -> NameIndex:
        groups = zip(self._kinds, (self.products, self.treatments, self.practitioners), strict=True)
        return NameIndex([(kind, name, id_) for kind, names in groups for name, id_ in names])


@dataclass(frozen=True, slots=True)
class _Name:
    kind: str
    id: str
    name: str
    words: tuple[str, ...]


class NameIndex:
    """Names by their words. A lookup compares a message's words with the *distinct* words of all
    names (a few thousand even for large catalogues), then only names holding such a word."""

    def __init__(self, names: list[tuple[str, str, str]]) -> None:
        self._names = [
            _Name(kind, id_, name, tuple(_TOKEN.findall(fold(name)))) for kind, name, id_ in names
        ]
        self._by_word: dict[str, list[int]] = {}
        for position, name in enumerate(self._names):
            for word in set(name.words):
                self._by_word.setdefault(word, []).append(position)
        self._words = sorted(self._by_word)
        self._long = [w for w in self._words if len(w) >= 4]
        self._heads: dict[str, list[str]] = {}
        for word in self._words:
            self._heads.setdefault(word[:3], []).append(word)

    def find(self, text: str) -> list[NameMatch]:
        """See `TenantWords.find`; only the first 400 words of a text are looked at."""
        if not self._names:
            return []
        folded = Folded.of(text)
        tokens = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(folded.text)][:400]
        likely = [self._likely(token) for token, _, _ in tokens]
        found = [hit for at in range(len(tokens)) for hit in self._names_at(at, likely)]
        chosen: list[NameMatch] = []
        taken: set[int] = set()
        for score, first, last, position in sorted(found, reverse=True):
            span = set(range(first, last + 1))
            if span & taken:
                continue
            taken |= span
            name = self._names[position]
            begin, finish = folded.raw_span(tokens[first][1], tokens[last][2])
            sure = round(min(1.0, score / (100.0 * len(name.words))), 3)
            chosen.append(NameMatch(name.kind, name.id, name.name, begin, finish, sure))
        return sorted(chosen, key=lambda match: match.start)

    def _likely(self, token: str) -> dict[str, float]:
        """Name words that `token` may stand for → likeness 0–100."""
        out: dict[str, float] = {}
        if token in self._by_word:
            out[token] = 100.0
        for word in self._heads.get(token[:3], ()):
            if len(word) >= 3 and token.startswith(word) and len(token) - len(word) <= _SUFFIX:
                out[word] = max(out.get(word, 0.0), 97.0)
        if len(token) >= 4 and not token.isdigit() and not out:
            for word, _, _ in process.extract(
                token, self._long, scorer=fuzz.ratio, score_cutoff=65, limit=5
            ):
                likeness = _typo(token, word)
                if likeness >= MIN_RATIO:
                    out[word] = likeness
        return out

    def _names_at(
        self, at: int, likely: list[dict[str, float]]
    ) -> list[tuple[float, int, int, int]]:
        """Matches that begin at token `at`: (score, first token, last token, name)."""
        out = []
        positions = {p for word in likely[at] for p in self._by_word[word]}
        for position in positions:
            words = self._names[position].words
            window = likely[at : at + len(words)]
            if len(window) < len(words):
                continue
            scores = _cover(words, window)
            if scores is not None:
                out.append((scores, at, at + len(words) - 1, position))
        return out


def _cover(words: tuple[str, ...], window: list[dict[str, float]]) -> float | None:
    """Sum of likenesses when every word of the name stands in the window, in any order."""
    left = list(window)
    total = 0.0
    for word in words:
        best = max(left, key=lambda options: options.get(word, 0.0))
        if best.get(word, 0.0) <= 0.0:
            return None
        total += best[word]
        left.remove(best)
    return total


def _typo(token: str, word: str) -> float:
    """Likeness of a mistyped token to a word, the token's ending left out of the comparison."""
    stem = token[: len(word) + 1] if len(token) > len(word) + 1 else token
    allowed = 1 if len(word) < 7 else 2
    distance = min(OSA.distance(stem, word), OSA.distance(token[: len(word)], word))
    if distance > allowed or token[0] != word[0]:
        return 0.0
    return 100.0 * (1 - distance / (len(word) + 2))

"""The tenant's own names — products, treatments, people — found in messages despite typos."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from invekto.text.compounds import is_compound
from invekto.text.fold import Folded, fold

MIN_RATIO = 80.0
"""Likeness (0–100) of a word to a name's word from which a typo is believed."""
EXACT = 97.0
"""Likeness of a name's word with an ending."""
SHORT_WORD = 5
"""Letters up to which another word of the language is as likely as a typo ("para", "parça")."""
MAX_WORDS = 400
"""Words of a message that are looked at."""
UNLISTED = 0.5
"""Confidence in a kind of thing that the catalogue does not know."""
_TOKEN = re.compile(r"[^\W_]+")
_SUFFIX = 6
"""Letters that Turkish endings may add to a name's last word."""
_GLUED = 5
"""Words that one name may be spread over, or squeezed from."""
_CUT = ("و", "ب", "ل", "ف")
_ARTICLE = "ال"


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name found: `kind` is product, treatment or practitioner; offsets are in the raw text.
    `id` is the text itself where it is a kind of thing that the catalogue does not know."""

    kind: str
    id: str
    name: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class TenantWords:
    """Pairs of (name, id); one id may have several names. `version` changes with the names;
    `called` is what a thing is called, by id and language."""

    products: tuple[tuple[str, str], ...] = ()
    treatments: tuple[tuple[str, str], ...] = ()
    practitioners: tuple[tuple[str, str], ...] = ()
    version: str = ""
    called: Mapping[tuple[str, str], str] = field(default_factory=dict)
    _kinds: tuple[str, ...] = field(default=("product", "treatment", "practitioner"), repr=False)

    def find(self, text: str) -> list[NameMatch]:
        """Names in `text`, likeliest first, never overlapping, in order of mention."""
        return self._index.find(text)

    def others(self, text: str, kind: str, id_: str) -> bool:
        """Whether a word of `text` belongs to names of this kind, but not to those of `id_`."""
        return self._index.others(text, kind, id_)

    def is_a_name(self, text: str, kind: str) -> bool:
        """Whether every word of `text` belongs to one and the same name of this kind."""
        return self._index.is_a_name(text, kind)

    def name_of(self, kind: str, id_: str, language: str) -> str | None:
        """The name of a thing in a language, else another; None where it is not of the
        catalogue."""
        names = self.names_of(kind, id_)
        return self.called.get((id_, language)) or next(iter(names), None)

    def names_of(self, kind: str, id_: str) -> tuple[str, ...]:
        """All names of a thing, in all languages; none where it is not of the catalogue."""
        pairs = {"product": self.products, "treatment": self.treatments}.get(kind, ())
        return tuple(name for name, own in pairs if own == id_)

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


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    begin: int
    finish: int


@dataclass(frozen=True, slots=True, order=True)
class _Hit:
    score: float
    first: int
    last: int
    position: int
    cut: int = 0
    sure: float = 1.0


class NameIndex:
    """Names by their words. A lookup compares a message's words with the *distinct* words of all
    names (a few thousand even for large catalogues), then only names holding such a word."""

    def __init__(self, names: list[tuple[str, str, str]]) -> None:
        named = [
            _Name(kind, id_, name, tuple(_TOKEN.findall(fold(name)))) for kind, name, id_ in names
        ]
        self._names = [name for name in named if name.words]
        self._by_word: dict[str, list[int]] = {}
        self._by_glued: dict[str, list[int]] = {}
        self._by_id: dict[tuple[str, str], set[str]] = {}
        for position, name in enumerate(self._names):
            for word in set(name.words):
                self._by_word.setdefault(_bare(word), []).append(position)
            self._by_glued.setdefault("".join(name.words), []).append(position)
            self._by_id.setdefault((name.kind, name.id), set()).update(map(_bare, name.words))
        self._long = [w for w in self._by_word if len(w) >= 4]
        self._heads: dict[str, list[str]] = {}
        for word in self._by_word:
            self._heads.setdefault(word[:3], []).append(word)

    def find(self, text: str) -> list[NameMatch]:
        """See `TenantWords.find`."""
        if not self._names:
            return []
        folded = Folded.of(text)
        tokens = [_Token(m.group(), *m.span()) for m in _TOKEN.finditer(folded.text)][:MAX_WORDS]
        likely = [self._likely(token.word) for token in tokens]
        hits = [h for at in range(len(tokens)) for h in self._hits_at(at, tokens, likely)]
        taken: set[int] = set()
        chosen = []
        for hit in sorted(hits, key=lambda h: (-h.score, h.first, h.position)):
            if taken.isdisjoint(range(hit.first, hit.last + 1)):
                last = self._extended(hit, likely, taken)
                taken.update(range(hit.first, last + 1))
                unlisted = self._unlisted(hit, last, tokens, folded, text)
                chosen.append(unlisted or self._match(hit, last, tokens, folded))
        return sorted(chosen, key=lambda match: match.start)

    def is_a_name(self, text: str, kind: str) -> bool:
        """See `TenantWords.is_a_name`."""
        tokens = _TOKEN.findall(fold(text))[:MAX_WORDS]
        holding = [
            {p for word in self._likely(token) for p in self._by_word[word]} for token in tokens
        ]
        shared = set.intersection(*holding) if holding else set()
        return any(self._names[position].kind == kind for position in shared)

    def others(self, text: str, kind: str, id_: str) -> bool:
        """See `TenantWords.others`."""
        own = self._by_id.get((kind, id_), set())
        for match in _TOKEN.finditer(fold(text)):
            token = match.group()
            sure = EXACT if len(token) <= SHORT_WORD else MIN_RATIO
            found = self._likely(token)
            likely = {w for w, like in found.items() if len(w) >= 4 and like >= sure}
            foreign = [p for word in likely - own for p in self._by_word[word]]
            if not likely & own and any(self._names[p].kind == kind for p in foreign):
                return True
        return False

    def _hits_at(
        self, at: int, tokens: list[_Token], likely: list[dict[str, float]]
    ) -> Iterator[_Hit]:
        cut = _cut_of(tokens[at].word, likely[at], self._by_word)
        for position in {p for word in likely[at] for p in self._by_word[word]}:
            words = self._names[position].words
            score = _cover(words, likely[at : at + len(words)])
            if score is not None:
                sure = score / (100.0 * len(words))
                yield _Hit(score, at, at + len(words) - 1, position, cut, sure)
        glued = ""
        for size in range(1, min(_GLUED, len(tokens) - at) + 1):
            glued += tokens[at + size - 1].word
            for position in self._by_glued.get(glued, ()):
                yield _Hit(100.0 * max(size, 1), at, at + size - 1, position, 0, 0.97)

    def _extended(self, hit: _Hit, likely: list[dict[str, float]], taken: set[int]) -> int:
        """The last word, moved on over further words of the same thing's names and an ending
        that was typed apart ("pulse x 2 nin")."""
        name = self._names[hit.position]
        own = self._by_id[name.kind, name.id]
        last = hit.last
        while last + 1 < len(likely) and last + 1 not in taken and own & likely[last + 1].keys():
            last += 1
        return last

    def _unlisted(
        self, hit: _Hit, last: int, tokens: list[_Token], folded: Folded, text: str
    ) -> NameMatch | None:
        """A kind of the thing that is not of the catalogue, by its words in the text: "ışık
        dolgusu", where only "dolgu" is."""
        name = self._names[hit.position]
        if hit.first == 0 or last != hit.first or len(name.words) != 1:
            return None
        before, own = tokens[hit.first - 1], tokens[hit.first]
        if own.begin - before.finish != 1 or self._by_id[name.kind, name.id] & set(
            self._likely(before.word)
        ):
            return None
        if not is_compound(before.word, own.word, name.words[0]):
            return None
        begin, end = folded.raw_span(before.begin, own.finish)
        return NameMatch(name.kind, text[begin:end], text[begin:end], begin, end, UNLISTED)

    def _match(self, hit: _Hit, last: int, tokens: list[_Token], folded: Folded) -> NameMatch:
        name = self._names[hit.position]
        finish = tokens[last].finish
        following = tokens[last + 1] if last + 1 < len(tokens) else None
        if following and tokens[last].word.isdigit() and following.word in _APART:
            finish = following.finish
        begin, end = folded.raw_span(tokens[hit.first].begin + hit.cut, finish)
        return NameMatch(name.kind, name.id, name.name, begin, end, round(min(1.0, hit.sure), 3))

    def _likely(self, token: str) -> dict[str, float]:
        """Name words that `token` may stand for → likeness 0–100."""
        out: dict[str, float] = {}
        for form in _forms(token):
            if form in self._by_word:
                out[form] = 100.0
            for word in self._heads.get(form[:3], ()):
                longer = len(form) - len(word)
                if len(word) >= 3 and 0 < longer <= _SUFFIX and form.startswith(word):
                    out[word] = max(out.get(word, 0.0), 97.0)
        if len(token) >= 4 and not token.isdigit() and not out:
            for word, _, _ in process.extract(
                token, self._long, scorer=fuzz.ratio, score_cutoff=65, limit=5
            ):
                likeness = _typo(token, word)
                if likeness >= MIN_RATIO:
                    out[word] = likeness
        return out


_APART = frozenset(
    ("nin", "nun", "in", "un", "i", "u", "yi", "yu", "e", "a", "ye", "ya", "de", "da", "den", "dan")
)


def _bare(word: str) -> str:
    """A name's word without the Arabic article."""
    return word[2:] if word.startswith(_ARTICLE) and len(word) > 4 else word


def _forms(token: str) -> Iterator[str]:
    yield token
    if "\u0600" <= token[0] <= "\u06ff":
        rests = [token, *(token[1:] for _ in (1,) if token[0] in _CUT and len(token) > 3)]
        for rest in rests:
            if rest != token:
                yield rest
            if rest.startswith(_ARTICLE) and len(rest) > 4:
                yield rest[2:]


def _cut_of(token: str, likely: dict[str, float], known: dict[str, list[int]]) -> int:
    """1 where an Arabic one-letter prefix stands before the name's word."""
    if not likely or token in known or token[0] not in _CUT:
        return 0
    rest = token[1:]
    return 1 if any(rest.startswith((word, _ARTICLE + word)) for word in likely) else 0


def _cover(words: tuple[str, ...], window: list[dict[str, float]]) -> float | None:
    """Sum of likenesses when every word of the name stands in the window, in any order."""
    if len(window) < len(words):
        return None
    left = list(window)
    total = 0.0
    for word in map(_bare, words):
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

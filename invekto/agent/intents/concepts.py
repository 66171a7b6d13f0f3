"""What the words of a message are about, by the hand-written lexicon: the step by which a word
that no example held still counts, and by which three languages share what they learn."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml

from invekto.errors import BadData
from invekto.text.fold import fold

LEXICON = Path(__file__).parent / "lexicon"
PREFIX_FROM = 4
"""Stems this long match any word they begin; shorter ones match whole words unless marked."""
_ARABIC_PREFIXES = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ل", "ف", "ك")
_NUMBER = re.compile(r"\d+")
Concepts = frozenset[str]
NONE: Concepts = frozenset()


class Lexicon:
    """Stems → concepts. `shop.tool` counts as `shop` too."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        whole: dict[str, set[str]] = defaultdict(set)
        prefix: dict[str, set[str]] = defaultdict(set)
        phrases: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for concept, entry in entries:
            names = {concept, concept.split(".")[0]}
            parts = tuple(fold(part) for part in entry.strip("_").split("_") if part)
            stem = fold(entry.strip("_").rstrip(".~"))
            if len(parts) > 1:
                phrases[parts] |= names
            elif entry.endswith(".") or (len(stem) < PREFIX_FROM and not entry.endswith("~")):
                whole[stem] |= names
            else:
                prefix[stem] |= names
        self._whole = {stem: frozenset(names) for stem, names in whole.items()}
        self._prefix = {stem: frozenset(names) for stem, names in prefix.items()}
        self._phrases: dict[str, list[tuple[tuple[str, ...], Concepts]]] = defaultdict(list)
        for parts, names in phrases.items():
            self._phrases[parts[0][:3]].append((parts, frozenset(names)))
        self._known: dict[str, Concepts] = {}

    def of_word(self, word: str) -> Concepts:
        """Concepts of one folded word by its longest known stem."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) > 50_000:
                self._known.clear()
            known = self._known[word] = self._look_up(word)
        return known

    def sequence(self, words: Sequence[str]) -> list[Concepts]:
        """Concepts in order of mention; words without any are left out."""
        found: list[Concepts] = []
        at = 0
        while at < len(words):
            length, concepts = self._phrase(words, at)
            if not length:
                length, concepts = 1, self.of_word(words[at])
            if concepts:
                found.append(concepts)
            at += length
        return found

    def _look_up(self, word: str) -> Concepts:
        if _NUMBER.fullmatch(word):
            return frozenset({f"NUMBER{min(len(word), 6)}"})
        if word in "?!":
            return frozenset({word})
        best, length = NONE, 0
        for form in _forms(word):
            if form in self._whole:
                return self._whole[form]
            for size in range(len(form), max(length, 1), -1):
                if form[:size] in self._prefix:
                    best, length = self._prefix[form[:size]], size
                    break
        return best

    def _phrase(self, words: Sequence[str], at: int) -> tuple[int, Concepts]:
        length, concepts = 0, NONE
        for form in _forms(words[at]):
            for parts, names in self._phrases.get(form[:3], ()):
                size = len(parts)
                if size < length or not _stands(parts, words, at):
                    continue
                concepts = names if size > length else concepts | names
                length = size
        return length, concepts


def _forms(word: str) -> Iterator[str]:
    """The word, and in Arabic script without its article and one-letter prefixes."""
    yield word
    if "\u0600" <= word[0] <= "\u06ff":
        for prefix in _ARABIC_PREFIXES:
            if word.startswith(prefix) and len(word) - len(prefix) >= 3:
                yield word[len(prefix) :]


def _stands(parts: tuple[str, ...], words: Sequence[str], at: int) -> bool:
    return at + len(parts) <= len(words) and all(
        any(form.startswith(part) if len(part) >= 3 else form == part for form in _forms(word))
        for part, word in zip(parts, words[at : at + len(parts)], strict=True)
    )


def lexicon_text() -> str:
    """All of it, for the name of a model that was trained with it."""
    return "\n".join(p.read_text(encoding="utf-8") for p in sorted(LEXICON.glob("*.yaml")))


@cache
def lexicon() -> Lexicon:
    """The lexicon of this room.

    Raises:
        BadData: a file of it is not concept → language → stems.
    """
    entries = []
    for path in sorted(LEXICON.glob("*.yaml")):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        for concept, languages in raw.items():
            if not isinstance(languages, dict):
                raise BadData(f"{path.name}: {concept} must map languages to stems")
            for stems in languages.values():
                entries += [(str(concept), stem) for stem in str(stems).split()]
    return Lexicon(entries)


_PARTICLES = frozenset(("mi", "mu"))
_CHOICE = frozenset(("CHOICE",))


def _offers_a_choice(words: Sequence[str]) -> bool:
    """ "A mı B mi": two question particles a word or two apart."""
    places = [at for at, word in enumerate(words) if word in _PARTICLES]
    return any(2 <= right - left <= 3 for left, right in pairwise(places))


def concept_grams(words: Sequence[str]) -> list[str]:
    """Features: each concept, neighbouring ones in order, all pairs, the first and the last."""
    sequence = lexicon().sequence(words)
    if _offers_a_choice(words):
        sequence = [*sequence, _CHOICE]
    if not sequence:
        return ["\n0"]
    grams = [f"\n1{c}" for concepts in sequence for c in concepts]
    for left, right in pairwise(sequence):
        grams += [f"\n2{a}>{b}" for a in left for b in right]
    every = sorted(set().union(*sequence))
    if len(every) <= 14:
        grams += [f"\n3{a}+{b}" for at, a in enumerate(every) for b in every[at + 1 :]]
    grams += [f"\n4{c}" for c in sequence[0]] + [f"\n5{c}" for c in sequence[-1]]
    return grams

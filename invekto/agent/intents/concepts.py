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
from invekto.text.skeleton import skeleton

LEXICON = Path(__file__).parent / "lexicon"
PREFIX_FROM = 4
"""Stems this long match any word they begin; shorter ones match whole words unless marked."""
SHORTEST_SOUND = 3
"""Consonants that a word typed in Latin letters must share with a stem."""
_ARABIC_PREFIXES = ("وال", "بال", "فال", "كال", "عال", "هال", "لل", "ال", "و", "ب", "ل", "ف", "ك")
_PARTICLES_BEFORE, _PERSONS_BEFORE = "بوفلسحهدكعم", "ايتن"
_VERB_BEGINNINGS = ("ان", "ين", "تن", "نن", "بين", "بتن", "است", "يست", "تست", "نست", "بيت", "يت")
_VERB_PREFIXES = frozenset(
    ["", *_PARTICLES_BEFORE, *_PERSONS_BEFORE, *_VERB_BEGINNINGS]
    + [particle + person for particle in _PARTICLES_BEFORE for person in _PERSONS_BEFORE]
)
"""What may stand before the root of an Arabic verb: particles, persons, and both."""
LONGEST_VERB_PREFIX = 3
_NUMBER = re.compile(r"\d+")
Concepts = frozenset[str]
NONE: Concepts = frozenset()


class Lexicon:
    """Stems → concepts. `shop.tool` counts as `shop` too."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        whole: dict[str, set[str]] = defaultdict(set)
        prefix: dict[str, set[str]] = defaultdict(set)
        verbs: dict[str, set[str]] = defaultdict(set)
        phrases: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for concept, entry in entries:
            names = {concept, concept.split(".")[0]}
            entry = entry.replace("'", "")
            parts = tuple(fold(part) for part in entry.strip("_").split("_") if part)
            stem = fold(entry.strip("_").rstrip(".~"))
            if entry.startswith("^"):
                verbs[stem[1:]] |= names
            elif len(parts) > 1:
                phrases[parts] |= names
            elif entry.endswith(".") or (len(stem) < PREFIX_FROM and not entry.endswith("~")):
                whole[stem] |= names
            else:
                prefix[stem] |= names
        self._sounds: dict[str, Concepts] = {}
        for stems in (whole, prefix, verbs):
            for stem, names in stems.items():
                sound = skeleton(stem)
                if _is_arabic(stem) and len(sound) >= SHORTEST_SOUND:
                    self._sounds[sound] = self._sounds.get(sound, NONE) | names
        self._whole = {stem: frozenset(names) for stem, names in whole.items()}
        self._prefix = {stem: frozenset(names) for stem, names in prefix.items()}
        self._verbs = {root: frozenset(names) for root, names in verbs.items()}
        self._phrases: dict[str, list[tuple[tuple[str, ...], Concepts]]] = defaultdict(list)
        for parts, names in phrases.items():
            self._phrases[_door(parts[0], parts[1])].append((parts, frozenset(names)))
        self._known: dict[str, Concepts] = {}

    def of_word(self, word: str) -> Concepts:
        """Concepts of one folded word by its longest known stem."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) > 50_000:
                self._known.clear()
            known = self._known[word] = self._look_up(word)
        return known

    def of_sound(self, word: str) -> Concepts:
        """Concepts of an Arabic word typed in Latin letters, by its consonants."""
        sound = skeleton(word)
        for size in range(len(sound), SHORTEST_SOUND - 1, -1):
            if sound[:size] in self._sounds:
                return self._sounds[sound[:size]]
        return NONE

    def sequence(self, words: Sequence[str], arabic_in_latin: bool = False) -> list[Concepts]:
        """Concepts in order of mention; words without any are left out."""
        found: list[Concepts] = []
        at = 0
        while at < len(words):
            length, concepts = self._phrase(words, at)
            if not length:
                length, concepts = 1, self.of_word(words[at])
                if arabic_in_latin and not concepts:
                    concepts = self.of_sound(words[at])
            if concepts:
                found.append(concepts)
            at += length
        return found

    def _look_up(self, word: str) -> Concepts:
        if _NUMBER.fullmatch(word):
            return frozenset({f"NUMBER{min(len(word), 6)}"})
        if word in "?!":
            return frozenset({word})
        best, length = self._verb(word)
        for form in _forms(word):
            if form in self._whole:
                return self._whole[form]
            for size in range(len(form), max(length, 1), -1):
                if form[:size] in self._prefix:
                    best, length = self._prefix[form[:size]], size
                    break
        return best

    def _verb(self, word: str) -> tuple[Concepts, int]:
        """By the root of an Arabic verb, and how many letters with its prefixes that explains."""
        best, length = NONE, 0
        if not _is_arabic(word):
            return best, length
        for at in range(min(LONGEST_VERB_PREFIX, len(word) - 2) + 1):
            if word[:at] not in _VERB_PREFIXES:
                continue
            for size in range(len(word), at + 1, -1):
                if word[at:size] in self._verbs and size > length:
                    best, length = self._verbs[word[at:size]], size
                    break
        return best, length

    def _phrase(self, words: Sequence[str], at: int) -> tuple[int, Concepts]:
        length, concepts = 0, NONE
        if at + 1 >= len(words):
            return length, concepts
        doors = {_door(a, b) for a in _forms(words[at]) for b in _forms(words[at + 1])}
        for door in doors:
            for parts, names in self._phrases.get(door, ()):
                size = len(parts)
                if size < length or not _stands(parts, words, at):
                    continue
                concepts = names if size > length else concepts | names
                length = size
        return length, concepts


def _forms(word: str) -> Iterator[str]:
    """The word, and in Arabic script without its article and one-letter prefixes."""
    yield word
    if _is_arabic(word):
        for prefix in _ARABIC_PREFIXES:
            if word.startswith(prefix) and len(word) - len(prefix) >= 3:
                yield word[len(prefix) :]


def _door(first: str, second: str) -> str:
    """Where phrases are kept that begin with these two words."""
    return f"{first[:3]} {second[:1]}"


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[0] <= "\u06ff"


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
_ORDER_NUMBER = frozenset(("ORDER_NUMBER",))
_NUMBERED = re.compile(r"(?<!\S)[a-z]{1,4}(?: - ?)?\d{4,10}(?!\S)")
"""An order number with a shop's letters before it: NM-10226, TY55120."""


def _offers_a_choice(words: Sequence[str]) -> bool:
    """ "A mı B mi": two question particles a word or two apart."""
    places = [at for at, word in enumerate(words) if word in _PARTICLES]
    return any(2 <= right - left <= 3 for left, right in pairwise(places))


def concept_grams(words: Sequence[str], arabic_in_latin: bool = False) -> list[str]:
    """Features: each concept, neighbouring ones in order, all pairs, the first and the last."""
    sequence = lexicon().sequence(words, arabic_in_latin)
    if _offers_a_choice(words):
        sequence = [*sequence, _CHOICE]
    if _NUMBERED.search(" ".join(words)):
        sequence = [*sequence, _ORDER_NUMBER]
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

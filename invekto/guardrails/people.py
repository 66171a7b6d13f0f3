"""Names of people in running text: a gazetteer, titles and cues around it, and Turkish suffixes
left outside the span."""

from __future__ import annotations

import re
from functools import lru_cache

from invekto.guardrails.arabic_people import arabic_at, arabic_name
from invekto.guardrails.gazetteer import PROVINCES, Names, names
from invekto.guardrails.naming import (
    Word,
    adjacent,
    cued_by,
    cues,
    place_follows,
    read_words,
    shouts,
    titled_after,
)

_SUFFIXES = [
    "lerinin",
    "larinin",
    "lerine",
    "larina",
    "leri",
    "lari",
    "ler",
    "lar",
    "nin",
    "nun",
    "in",
    "un",
    "ya",
    "ye",
    "yi",
    "yu",
    "a",
    "e",
    "i",
    "u",
    "da",
    "de",
    "ta",
    "te",
    "dan",
    "den",
    "tan",
    "ten",
    "la",
    "le",
    "yla",
    "yle",
    "ca",
    "ce",
    "m",
    "im",
    "um",
    "mi",
    "gil",
    "gilden",
    "nim",
    "n",
]
_SUFFIXES.sort(key=len, reverse=True)
_BY_LAST = {last: [s for s in _SUFFIXES if s[-1] == last] for last in {s[-1] for s in _SUFFIXES}}
_ORDINARY = frozenset(
    [
        "adilik",
        "alimi",
        "alinan",
        "aliyor",
        "arda",
        "aydan",
        "ayda",
        "ayin",
        "canta",
        "cantadan",
        "emine",
        "eminim",
        "esine",
        "esinin",
        "ferahlik",
        "gonulden",
        "gulun",
        "haline",
        "halinde",
        "inciler",
        "melekler",
        "nazlanma",
        "omrum",
        "omur",
        "sahinde",
        "selinde",
        "serileri",
        "serisi",
        "seridi",
        "sunada",
        "sunlar",
        "sunun",
        "suyu",
        "suyun",
        "tanede",
        "tanesi",
        "tunceli",
        "yasarim",
    ]
) - {"emine", "arda"}
_ORDINARY_STEMS = ("oray", "arapc", "yasin", "buket", "bahar", "deniz", "gunes", "metin")
"""Everyday words that look like a name with an ending."""


def find_people(raw: str, folded: str) -> list[tuple[int, int, float]]:
    """Spans and scores of people named in the text."""
    words = read_words(raw, folded)
    shouting = shouts(words)
    found: list[tuple[int, int, float]] = []
    at = 0
    while at < len(words):
        length, score, end = _person_at(words, at, folded, shouting)
        if length:
            found.append((_begin(words, at, folded), end, score))
        at += max(1, length)
    hidden = _hidden(folded)
    return [f for f in found if not any(a < f[1] and f[0] < b for a, b in hidden)]


def _person_at(words: list[Word], at: int, folded: str, shouting: bool) -> tuple[int, float, int]:
    """How many words from `at` name a person, how surely, and where the name ends."""
    word = words[at]
    known = names()
    if word.arabic:
        return arabic_at(words, at, folded)
    end = _given_end(word, known)
    if end is None and not word.capital and word.base not in known.surnames:
        return 0, 0.0, 0
    cued = cued_by(words, at, folded)
    titled = titled_after(words, at, folded)
    if end is None:
        return _unlisted(words, at, folded, cued=cued, titled=titled, shouting=shouting)
    base = folded[word.start : end]
    count, last = _extend(words, at, folded, end, shouting)
    if base in known.common and count > 1 and not (cued or titled):
        second = words[at + 1]
        both = word.capital and second.capital
        if not both and (second.capital or second.base in known.common):
            return 0, 0.0, 0
    if place_follows(words, at + count, folded) and not _sends(words, at + count, cued):
        return 0, 0.0, 0
    foreign = base in known.foreign and base not in known.given
    sure = base not in known.common and (not foreign or word.capital)
    if count > 1 and (sure or word.capital or not foreign):
        return count, 0.9, last
    if cued or titled:
        return count, 0.9, last
    if base in known.common or (foreign and not word.capital):
        return 0, 0.0, 0
    if end != word.end and not word.capital and word.stop != word.end:
        return 0, 0.0, 0
    return count, 0.75, last


def _sends(words: list[Word], at: int, cued: str) -> bool:
    """A parcel that does not belong to the name: "adım Ayşe Yılmaz kargo gelmedi"."""
    return bool(cued) and words[at].base == "kargo" and not words[at].capital


def _given_end(word: Word, known: Names) -> int | None:
    """Where a given name ends that the word is or begins with; None where it is not a name."""
    if word.base in known.given or word.base in known.foreign:
        return word.end
    if word.whole != word.base or len(word.base) < 5:
        return None
    if word.base in _ORDINARY or word.base.startswith(_ORDINARY_STEMS):
        return None
    for suffix in _BY_LAST.get(word.base[-1], ()):
        stem = word.base[: -len(suffix)]
        if len(stem) >= 3 and word.base.endswith(suffix) and stem in known.given:
            if stem in known.common or (len(suffix) == 1 and len(stem) < 5):
                continue
            return word.start + len(stem)
    return None


def _extend(words: list[Word], at: int, folded: str, end: int, shouting: bool) -> tuple[int, int]:
    """Further given names and a surname after the first name: words taken and the name's end."""
    known, around = names(), cues()
    first = words[at]
    count, last = 1, end
    if end != first.end:
        return count, last
    while at + count < len(words) and count < 4:
        previous, word = words[at + count - 1], words[at + count]
        if previous.stop != previous.end or not adjacent(folded, previous.stop, word.start):
            break
        if word.base in around.not_surname or word.base in around.title_after or word.arabic:
            break
        taken = _surname_end(
            word, first, known, shouting, closes=_closes(words, at + count, folded)
        )
        if taken is None:
            break
        count, last = count + 1, taken
        if taken != word.end:
            break
    return count, last


def _surname_end(
    word: Word, first: Word, known: Names, shouting: bool, *, closes: bool
) -> int | None:
    base = word.base
    listed = base in known.surnames or base in known.given
    foreign = base in known.foreign_surnames or base in known.foreign
    if word.capital and first.capital and not shouting:
        return word.end if len(base) > 1 or closes else None
    if listed and (base not in known.common or closes or word.capital):
        return word.end
    if foreign and (word.capital == first.capital) and base not in known.common:
        return word.end
    if word.whole == base and not word.capital:
        for suffix in _SUFFIXES:
            stem = base[: -len(suffix)]
            if len(stem) >= 4 and base.endswith(suffix) and stem in known.surnames - known.common:
                return word.start + len(stem)
    return None


def _closes(words: list[Word], at: int, folded: str) -> bool:
    """Whether nothing of the clause follows the word."""
    word = words[at]
    return word.stop != word.end or not re.match(r"[ ]\w", folded[word.stop : word.stop + 2])


def _unlisted(
    words: list[Word], at: int, folded: str, *, cued: str, titled: bool, shouting: bool
) -> tuple[int, float, int]:
    """A name that no list has: a title or a cue says so, or a known surname follows."""
    word = words[at]
    known, around = names(), cues()
    if len(word.base) < 2 or word.base in around.not_surname or word.base in around.title_before:
        return 0, 0.0, 0
    if word.base in around.not_a_name or word.base in PROVINCES:
        return 0, 0.0, 0
    surname = word.base in known.surnames or word.base in known.foreign_surnames
    shown = (word.capital and not word.opens) or surname
    if titled and word.base not in around.not_titled and shown:
        return 1, 0.8, word.end
    if cued == "title" and word.capital and not word.opens:
        count, last = _extend(words, at, folded, word.end, shouting)
        return count, 0.85, last
    if cued == "name" and word.capital and not shouting and not word.opens:
        count, last = _extend(words, at, folded, word.end, shouting)
        return count, 0.8, last
    if word.capital and not shouting and not word.opens and at + 1 < len(words):
        following = words[at + 1]
        if (
            following.capital
            and following.base in known.surnames - known.common
            and following.base not in known.given
            and adjacent(folded, word.stop, following.start)
            and not place_follows(words, at + 2, folded)
        ):
            return 2, 0.65, following.end
    return 0, 0.0, 0


def _begin(words: list[Word], at: int, folded: str) -> int:
    """Where the name begins: after the one-letter words that Arabic glues in front."""
    return arabic_name(words, at, folded)[0] if words[at].arabic else words[at].start


@lru_cache(maxsize=1)
def _not_people() -> re.Pattern[str]:
    entries = sorted(names().not_people, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, entries)) + r")(?!\w)")


def _hidden(folded: str) -> list[tuple[int, int]]:
    return [m.span() for m in _not_people().finditer(folded)]

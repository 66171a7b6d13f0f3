"""Names of people in running text: a gazetteer, titles and cues around it, and Turkish suffixes
left outside the span."""

from __future__ import annotations

import re
from functools import lru_cache

from invekto.guardrails.arabic_people import arabic_at, arabic_name
from invekto.guardrails.full_names import closes, extend
from invekto.guardrails.gazetteer import Names, names
from invekto.guardrails.inflected import common_end, name_end
from invekto.guardrails.naming import (
    Word,
    beside,
    cued_by,
    cues,
    goods_follow,
    place_follows,
    read_words,
    shouts,
    titled_after,
)
from invekto.guardrails.unlisted_names import Found, nobody, unlisted

_NOT_BEFORE = frozenset({"the", "st"})
"""A thing or a place is called so: "the Victoria sofa"; "the Petrov family" is told by its end."""
PLAIN = 5
"""Letters from which a foreign name is one in lower case too."""


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


def _person_at(words: list[Word], at: int, folded: str, shouting: bool) -> Found:
    """How many words from `at` name a person, how surely, and where the name ends."""
    word = words[at]
    known = names()
    if word.arabic:
        return arabic_at(words, at, folded)
    if at and words[at - 1].base in _NOT_BEFORE:
        return unlisted(words, at, folded, cued="", titled=False, shouting=shouting)
    end = name_end(word, known) or _owner_end(words, at, folded, known)
    if shouting and end is not None and end < word.end:
        end = None
    small = not word.capital and len(word.base) > 1
    if end is None and small and word.base not in known.surnames:
        return nobody
    cued = cued_by(words, at, folded)
    titled = titled_after(words, at, folded)
    if end is None:
        return unlisted(words, at, folded, cued=cued, titled=titled, shouting=shouting)
    base = folded[word.start : end]
    count, last = extend(words, at, folded, end, shouting)
    if base in cues().title_after and count == 1:
        return nobody
    if base in known.common and not word.capital and count == 1:
        cued = _trusted(cued, words, at, folded)
    if base in known.common and count > 1 and not (cued or titled):
        if not _both_names(word, words[at + 1], known):
            return nobody
    if place_follows(words, at + count, folded) and not _sends(words, at + count, cued):
        return nobody
    if cued or titled or (end < word.end and base in known.common):
        return count, 0.9, last
    return _alone(words, at, folded, (count, end, last))


def _trusted(cued: str, words: list[Word], at: int, folded: str) -> str:
    """The cue before a lower-case name that is also a word, where it counts: "ben umut", not "ben
    mavi istedim"; "kızım bahar", not "my mother will", "the doctor said"."""
    if cued == "weak" and not closes(words, at, folded):
        return ""
    return "" if cued in {"kin", "title"} and words[at].base not in names().given else cued


def _alone(words: list[Word], at: int, folded: str, taken: tuple[int, int, int]) -> Found:
    """A listed name with neither cue nor title: `taken` are its words, the end of the first one's
    name and the end of all."""
    word, known = words[at], names()
    count, end, last = taken
    if count == 1 and goods_follow(words, at + 1, folded):
        return nobody
    base = folded[word.start : end]
    foreign = base in known.foreign and base not in known.given
    plain = foreign and len(base) >= PLAIN and end == word.end
    sure = base not in known.common and (not foreign or word.capital or plain)
    if count > 1 and (sure or word.capital or not foreign):
        return count, 0.9, last
    if not sure:
        named = word.capital and any(_surely(w, known) for w in beside(words, at, folded))
        return (count, 0.7, last) if named else nobody
    if end != word.end and not word.capital and word.stop != word.end:
        return nobody
    return count, 0.75, last


def _surely(word: Word, known: Names) -> bool:
    listed = word.base in known.given or word.base in known.foreign
    return word.capital and listed and word.base not in known.common


def _both_names(word: Word, second: Word, known: Names) -> bool:
    """Whether a name that is also a word goes with the next one."""
    if word.capital and second.capital:
        return True
    return not second.capital and second.base not in known.common


def _owner_end(words: list[Word], at: int, folded: str, known: Names) -> int | None:
    """A name that is also a word, with an ending, where it cannot be the word: "kızım Asyanın",
    "Yağmurun bedeni"."""
    following = words[at + 1].base if at + 1 < len(words) else ""
    kin = following in cues().relative_after
    end = common_end(words[at], known, small=kin)
    if end is None:
        return None
    owns = kin or following in cues().owned_after
    return end if owns or cued_by(words, at, folded) in {"kin", "name", "title"} else None


def _sends(words: list[Word], at: int, cued: str) -> bool:
    """A parcel that does not belong to the name: "adım Ayşe Yılmaz kargo gelmedi"."""
    return bool(cued) and words[at].base == "kargo" and not words[at].capital


def _begin(words: list[Word], at: int, folded: str) -> int:
    """Where the name begins: after the one-letter words that Arabic glues in front."""
    return arabic_name(words, at, folded)[0] if words[at].arabic else words[at].start


@lru_cache(maxsize=1)
def _not_people() -> re.Pattern[str]:
    entries = sorted(names().not_people, key=len, reverse=True)
    return re.compile(
        r"(?<!\w)(?:"
        + "|".join(re.escape(e) + (r"\w{0,4}" if " " in e else "") for e in entries)
        + r")(?!\w)"
    )


def _hidden(folded: str) -> list[tuple[int, int]]:
    return [m.span() for m in _not_people().finditer(folded)]

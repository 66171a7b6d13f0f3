"""Names of people in running text: a gazetteer, titles and cues around it, and Turkish suffixes
left outside the span."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.flat import flat
from invekto.guardrails.gazetteer import PROVINCES, Names, names

RULES = Path(__file__).parent / "rules" / "people.yaml"
_WORD = re.compile(r"[^\W\d_]+(?:[-.][^\W\d_]+)*(?:'[^\W\d_]+)*")
_ARABIC = re.compile("[\u0600-\u06ff]")
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
_PREFIXES = ("وال", "لل", "ال", "و", "ل", "ب", "يا ")
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


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text: where it stands, its folded base without an apostrophe's suffix, and
    how it is written."""

    start: int
    end: int
    """Of the base, the suffix left out."""
    stop: int
    """Of the whole word."""
    base: str
    whole: str
    capital: bool
    arabic: bool
    opens: bool
    """Whether it is the first word of a sentence."""


@dataclass(frozen=True, slots=True)
class Cues:
    """The words around names."""

    title_before: frozenset[str]
    title_after: frozenset[str]
    not_titled: frozenset[str]
    not_a_name: frozenset[str]
    name_cue: frozenset[str]
    cue_before: tuple[str, ...]
    cue_after: frozenset[str]
    place_after: frozenset[str]
    not_surname: frozenset[str]


@lru_cache(maxsize=1)
def cues() -> Cues:
    """The cue words, folded."""
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    sets = {key: frozenset(flat(str(w)) for w in words) for key, words in data.items()}
    before = tuple(sorted(sets.pop("cue_before"), key=len, reverse=True))
    return Cues(cue_before=before, **sets)


def find_people(raw: str, folded: str) -> list[tuple[int, int, float]]:
    """Spans and scores of people named in the text."""
    words = _words(raw, folded)
    shouting = _shouts(words)
    found: list[tuple[int, int, float]] = []
    at = 0
    while at < len(words):
        length, score, end = _person_at(words, at, folded, shouting)
        if length:
            found.append((_begin(words, at, folded), end, score))
        at += max(1, length)
    hidden = _hidden(folded)
    return [f for f in found if not any(a < f[1] and f[0] < b for a, b in hidden)]


def _words(raw: str, folded: str) -> list[Word]:
    words: list[Word] = []
    previous = 0
    for match in _WORD.finditer(folded):
        whole = match.group()
        base = whole.split("'")[0] if not whole.startswith(("o'", "d'")) else whole
        start = match.start()
        between = folded[previous:start]
        words.append(
            Word(
                start,
                start + len(base),
                match.end(),
                base,
                whole,
                raw[start].isupper(),
                bool(_ARABIC.match(whole)),
                not words or _parts(between, words[-1]),
            )
        )
        previous = match.end()
    return words


def _parts(between: str, before: Word) -> bool:
    """Whether a new sentence begins; the full stop of a title ends none."""
    if between.strip() == "." and before.base in cues().title_before:
        return False
    return any(c in ".!?\n:" for c in between)


def _shouts(words: list[Word]) -> bool:
    """Whether capitals say nothing: everything or most words have one."""
    latin = [w for w in words if not w.arabic and len(w.base) > 1]
    return len(latin) >= 4 and sum(w.capital for w in latin) > 0.8 * len(latin)


def _person_at(words: list[Word], at: int, folded: str, shouting: bool) -> tuple[int, float, int]:
    """How many words from `at` name a person, how surely, and where the name ends."""
    word = words[at]
    known = names()
    if word.arabic:
        return _arabic_at(words, at, folded)
    end = _given_end(word, known)
    if end is None and not word.capital and word.base not in known.surnames:
        return 0, 0.0, 0
    cued = _cued(words, at, folded)
    titled = _titled_after(words, at, folded)
    if end is None:
        return _unlisted(words, at, folded, cued=cued, titled=titled, shouting=shouting)
    base = folded[word.start : end]
    count, last = _extend(words, at, folded, end, shouting)
    if base in known.common and count > 1 and not (cued or titled):
        second = words[at + 1]
        both = word.capital and second.capital
        if not both and (second.capital or second.base in known.common):
            return 0, 0.0, 0
    if _place_follows(words, at + count, folded):
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
        if previous.stop != previous.end or not _adjacent(folded, previous.stop, word.start):
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


def _adjacent(folded: str, end: int, start: int) -> bool:
    return folded[end:start] in {" ", "  ", "\u00a0", "-"}


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
            and _adjacent(folded, word.stop, following.start)
            and not _place_follows(words, at + 2, folded)
        ):
            return 2, 0.65, following.end
    return 0, 0.0, 0


def _cued(words: list[Word], at: int, folded: str) -> str:
    """`title`, `cue` or nothing: what stands directly before the word or just after it."""
    around = cues()
    word = words[at]
    if at and words[at - 1].base in around.title_before:
        if re.fullmatch(r"[. ]{1,3}|\. ?[a-z]{2,4}\. ?", folded[words[at - 1].stop : word.start]):
            return "title"
    before = folded[max(0, word.start - 24) : word.start]
    trimmed = before.rstrip(" :=-,\n")
    gap = len(before) - len(trimmed)
    if gap:
        for cue in around.cue_before:
            if trimmed.endswith(cue):
                left = trimmed[: -len(cue)][-1:]
                if not (left.isalnum() or left == "'"):
                    return "name" if cue in around.name_cue else "cue"
    if at + 1 < len(words) and words[at + 1].base in around.cue_after:
        return "cue"
    if at + 2 < len(words) and words[at + 2].base in around.cue_after:
        return "cue"
    return ""


def _titled_after(words: list[Word], at: int, folded: str) -> bool:
    word = words[at]
    if at + 1 >= len(words) or word.stop != word.end:
        return False
    following = words[at + 1]
    return following.base in cues().title_after and _adjacent(folded, word.stop, following.start)


def _place_follows(words: list[Word], at: int, folded: str) -> bool:
    if at >= len(words) or at == 0:
        return False
    between = folded[words[at - 1].stop : words[at].start]
    return words[at].base in cues().place_after and between in {" ", "  ", "-"}


def _arabic_at(words: list[Word], at: int, folded: str) -> tuple[int, float, int]:
    """Arabic names: one-letter words glued in front are left outside the span."""
    known = names()
    word = words[at]
    start, count, end = _arabic_name(words, at, folded)
    if not count:
        return 0, 0.0, 0
    base = folded[start:end]
    cued = _cued(words, at, folded)
    total, last = count, end
    while at + total < len(words) and total < 5:
        following = words[at + total]
        if not _adjacent(folded, words[at + total - 1].stop, following.start):
            break
        if following.base in {"بن", "ابن", "بنت", "ابو", "ال"}:
            total, last = total + 1, following.end
            continue
        begin, more, stop = _arabic_name(words, at + total, folded)
        if not more or begin != following.start:
            break
        total, last = total + more, stop
    if start != word.start and total == 1 and base in known.common:
        return 0, 0.0, 0
    if total == count and base in known.common and not cued:
        return 0, 0.0, 0
    if not cued and all(w.base in known.common for w in words[at : at + total]):
        return 0, 0.0, 0
    return total, 0.85 if total > 1 or cued else 0.7, last


def _begin(words: list[Word], at: int, folded: str) -> int:
    """Where the name begins: after the one-letter words that Arabic glues in front."""
    return _arabic_name(words, at, folded)[0] if words[at].arabic else words[at].start


def _arabic_name(words: list[Word], at: int, folded: str) -> tuple[int, int, int]:
    """Start, words and end of one listed name at this word."""
    known = names()
    word = words[at]
    if at + 1 < len(words) and word.base in {"عبد", "وعبد", "لعبد", "بعبد"}:
        following = words[at + 1]
        if f"عبد {following.base}" in known.arabic:
            return word.end - 3, 2, following.end
    if word.base in known.arabic:
        return word.start, 1, word.end
    for prefix in _PREFIXES:
        stem = word.base[len(prefix) :]
        if word.base.startswith(prefix) and len(stem) >= 3 and stem in known.arabic - known.common:
            return word.start + len(prefix), 1, word.end
    return 0, 0, 0


@lru_cache(maxsize=1)
def _not_people() -> re.Pattern[str]:
    entries = sorted(names().not_people, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, entries)) + r")(?!\w)")


def _hidden(folded: str) -> list[tuple[int, int]]:
    return [m.span() for m in _not_people().finditer(folded)]

"""Words of a text and what stands around them: titles, cues, places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.flat import flat

RULES = Path(__file__).parent / "rules" / "people.yaml"
_WORD = re.compile(r"[^\W\d_]+(?:[-.][^\W\d_]+)*(?:'[^\W\d_]+)*")
_ARABIC = re.compile("[\u0600-\u06ff]")


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
    kin: frozenset[str]
    weak_cue: frozenset[str]
    before: tuple[str, ...]
    """Every cue that stands directly before a name, the longest first."""
    cue_after: frozenset[str]
    written_after: frozenset[str]
    acted_after: frozenset[str]
    called_after: frozenset[str]
    family_after: frozenset[str]
    owned_after: frozenset[str]
    relative_after: frozenset[str]
    place_after: frozenset[str]
    goods_after: frozenset[str]
    not_surname: frozenset[str]
    arabic_name_cue: frozenset[str]
    not_arabic_name: frozenset[str]
    endings: tuple[str, ...]
    """The longest first."""
    not_inflected: frozenset[str]
    not_inflected_stems: tuple[str, ...]


@lru_cache(maxsize=1)
def cues() -> Cues:
    """The cue words, folded."""
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    sets = {key: frozenset(flat(str(w)) for w in words) for key, words in data.items()}
    before = sets.pop("cue_before") | sets["kin"] | sets["arabic_name_cue"]
    endings, stems = sets.pop("endings"), sets.pop("not_inflected_stems")
    return Cues(
        before=tuple(sorted(before, key=len, reverse=True)),
        endings=tuple(sorted(endings, key=lambda e: (-len(e), e))),
        not_inflected_stems=tuple(sorted(stems)),
        **sets,
    )


def read_words(raw: str, folded: str) -> list[Word]:
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


def shouts(words: list[Word]) -> bool:
    """Whether capitals say nothing: everything or most words have one."""
    latin = [w for w in words if not w.arabic and len(w.base) > 1]
    return len(latin) >= 4 and sum(w.capital for w in latin) > 0.8 * len(latin)


def adjacent(folded: str, end: int, start: int) -> bool:
    return folded[end:start] in {" ", "  ", "\u00a0", "-"}


def cued_by(words: list[Word], at: int, folded: str) -> str:
    """What stands directly before the word or just after it: `title`, `name` and `kin` (after
    these an unlisted word may be a name), `weak` ("ben", "I am"), `cue`, or nothing."""
    around = cues()
    word = words[at]
    if at and words[at - 1].base in around.title_before:
        if re.fullmatch(r"[. ]{1,3}|\. ?[a-z]{2,4}\. ?", folded[words[at - 1].stop : word.start]):
            return "title"
    said = _cue_before(word, folded)
    if said:
        return said
    return "cue" if _cue_after(word, [w.base for w in words[at + 1 : at + 3]]) else ""


def _cue_after(word: Word, following: list[str]) -> bool:
    around = cues()
    if not around.cue_after.isdisjoint(following):
        return True
    if len(following) == 2 and following[0] == "diye" and following[1] in around.called_after:
        return True
    if not following or not word.capital:
        return False
    written = not word.opens and following[0] in around.written_after
    return written or following[0] in around.acted_after


def _cue_before(word: Word, folded: str) -> str:
    around = cues()
    before = folded[max(0, word.start - 24) : word.start]
    trimmed = before.rstrip(" :=-,\n")
    gap = before[len(trimmed) :]
    if not gap or ("," in gap and not word.capital and not word.arabic):
        return ""
    if not trimmed.endswith(around.before):
        return ""
    for cue in around.before:
        if trimmed.endswith(cue):
            left = trimmed[: -len(cue)][-1:]
            if not (left.isalnum() or left == "'"):
                return _strength(cue, around)
    return ""


def _strength(cue: str, around: Cues) -> str:
    if cue in around.name_cue:
        return "name"
    if cue in around.kin:
        return "kin"
    return "weak" if cue in around.weak_cue else "cue"


def beside(words: list[Word], at: int, folded: str) -> list[Word]:
    """The words that "and" joins to this one: "Oliver & Maya", "Rojda ve Baran"."""
    found = []
    if at + 1 < len(words) and _joins(folded[words[at].stop : words[at + 1].start]):
        found.append(words[at + 1])
    if at and _joins(folded[words[at - 1].stop : words[at].start]):
        found.append(words[at - 1])
    if at + 2 < len(words) and words[at + 1].base in _AND:
        found.append(words[at + 2])
    if at > 1 and words[at - 1].base in _AND:
        found.append(words[at - 2])
    return found


_AND = frozenset({"ve", "and", "ile"})


def _joins(between: str) -> bool:
    return between.strip() in {"&", "+"}


def titled_after(words: list[Word], at: int, folded: str) -> bool:
    word = words[at]
    if at + 1 >= len(words) or word.stop != word.end:
        return False
    following = words[at + 1]
    return following.base in cues().title_after and adjacent(folded, word.stop, following.start)


def place_follows(words: list[Word], at: int, folded: str) -> bool:
    return _follows(words, at, folded, cues().place_after)


def goods_follow(words: list[Word], at: int, folded: str) -> bool:
    return _follows(words, at, folded, cues().goods_after)


def _follows(words: list[Word], at: int, folded: str, those: frozenset[str]) -> bool:
    if at >= len(words) or at == 0:
        return False
    between = folded[words[at - 1].stop : words[at].start]
    return words[at].base in those and between in {" ", "  ", "-"}

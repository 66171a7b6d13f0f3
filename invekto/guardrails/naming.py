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


def titled_after(words: list[Word], at: int, folded: str) -> bool:
    word = words[at]
    if at + 1 >= len(words) or word.stop != word.end:
        return False
    following = words[at + 1]
    return following.base in cues().title_after and adjacent(folded, word.stop, following.start)


def place_follows(words: list[Word], at: int, folded: str) -> bool:
    if at >= len(words) or at == 0:
        return False
    between = folded[words[at - 1].stop : words[at].start]
    return words[at].base in cues().place_after and between in {" ", "  ", "-"}

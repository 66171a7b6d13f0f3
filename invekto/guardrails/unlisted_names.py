"""Names that no list has: a title, a cue or a known surname says that they are."""

from __future__ import annotations

import re

from invekto.guardrails.full_names import extend, is_surname
from invekto.guardrails.gazetteer import PROVINCES, names
from invekto.guardrails.naming import Word, adjacent, cues, place_follows

Found = tuple[int, float, int]
"""Words taken, how surely, and where the name ends."""
nobody: Found = (0, 0.0, 0)
_AT_A_PLACE = re.compile(r"'?[dt][ae]n?\b")
_SCORES = {"title": 0.85, "name": 0.8, "kin": 0.75}


def unlisted(
    words: list[Word], at: int, folded: str, *, cued: str, titled: bool, shouting: bool
) -> Found:
    """A word that is not a listed given name, judged by what stands around it."""
    word = words[at]
    known, around = names(), cues()
    if len(word.base) == 1:
        return _initial(words, at, folded)
    if word.base in around.not_surname or word.base in around.title_before:
        return nobody
    if word.base in around.not_a_name or word.base in PROVINCES:
        return nobody
    shown = word.capital and not word.opens
    surname = is_surname(word.base, known) or word.base in known.foreign_surnames
    if titled and word.base not in around.not_titled and (shown or surname):
        return 1, 0.8, word.end
    if not shown:
        return nobody
    if cued == "title" or (cued in _SCORES and not shouting and _may_be(word, folded, cued)):
        count, last = extend(words, at, folded, word.end, shouting)
        return count, _SCORES[cued], last
    return nobody if shouting else _by_what_follows(words, at, folded, surname)


def _initial(words: list[Word], at: int, folded: str) -> Found:
    """ "S. Tekin": a letter with its full stop before a known surname."""
    if at + 1 >= len(words) or words[at].capital is not words[at + 1].capital:
        return nobody
    following, known = words[at + 1], names()
    listed = is_surname(following.base, known) or following.base in known.foreign_surnames
    if not following.capital and following.base in known.common:
        return nobody
    if folded[words[at].stop : following.start] != ". " or not listed:
        return nobody
    return nobody if place_follows(words, at + 2, folded) else (2, 0.7, following.end)


def _may_be(word: Word, folded: str, cued: str) -> bool:
    """Relatives are as often somewhere ("annem Bodrum'dan") as they are called something."""
    return cued != "kin" or not _AT_A_PLACE.match(folded, word.end)


def _by_what_follows(words: list[Word], at: int, folded: str, surname: bool) -> Found:
    """A given name before a known surname, or a surname before "family"."""
    if at + 1 >= len(words):
        return nobody
    word, following = words[at], words[at + 1]
    if not adjacent(folded, word.stop, following.start):
        return nobody
    if surname and following.base in cues().family_after:
        return 1, 0.7, word.end
    known = names()
    family = known.surnames - known.common - known.given
    if following.capital and following.base in family:
        if not place_follows(words, at + 2, folded):
            return 2, 0.65, following.end
    return nobody

"""Arabic names: one-letter words glued in front stay outside the span."""

from __future__ import annotations

from invekto.guardrails.gazetteer import names
from invekto.guardrails.naming import Word, adjacent, cued_by, cues

_PREFIXES = ("وال", "لل", "ال", "و", "ل", "ب", "يا ")
_ARTICLES = ("وال", "لل", "ال")


def arabic_at(words: list[Word], at: int, folded: str) -> tuple[int, float, int]:
    """Arabic names: one-letter words glued in front are left outside the span."""
    known = names()
    word = words[at]
    start, count, end = arabic_name(words, at, folded)
    cued = cued_by(words, at, folded)
    if not count:
        return _called(words, at)
    base = folded[start:end]
    if cued == "weak" and base in known.common:
        cued = ""
    total, last = count, end
    while at + total < len(words) and total < 5:
        following = words[at + total]
        if not adjacent(folded, words[at + total - 1].stop, following.start):
            break
        if following.base in {"بن", "ابن", "بنت", "ابو", "ال"}:
            total, last = total + 1, following.end
            continue
        begin, more, stop = arabic_name(words, at + total, folded)
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


def _called(words: list[Word], at: int) -> tuple[int, float, int]:
    """A name that no list has, after "my name is"."""
    word, around = words[at], cues()
    called = at > 0 and words[at - 1].base in around.arabic_name_cue
    if not called or len(word.base) < 3 or word.base.startswith((*_ARTICLES, "و", "ي", "ت")):
        return 0, 0.0, 0
    if word.base in around.not_arabic_name:
        return 0, 0.0, 0
    return 1, 0.65, word.end


def arabic_name(words: list[Word], at: int, folded: str) -> tuple[int, int, int]:
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
        glued = word.base.startswith(prefix) and len(stem) >= 3
        if glued and stem in known.arabic and stem not in known.common:
            return word.start + len(prefix), 1, word.end
    return word.start, 0, 0

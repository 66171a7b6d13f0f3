"""Turkish names with an ending and no apostrophe: "ayseye", "Khaledin"."""

from __future__ import annotations

from functools import lru_cache

from invekto.guardrails.gazetteer import Names
from invekto.guardrails.naming import Word, cues

_SHORTEST = 5
"""Letters of a word that may be a name with an ending."""


def name_end(word: Word, known: Names) -> int | None:
    """Where a given name ends that the word is or begins with; None where it is not a name."""
    if word.base in known.given or word.base in known.foreign:
        return word.end
    stem = _stem(word, known.given)
    if stem is None and word.capital:
        stem = _stem(word, known.foreign)
        stem = None if stem and len(stem) < _SHORTEST - 1 else stem
    return None if stem is None or stem in known.common else word.start + len(stem)


def common_end(word: Word, known: Names, *, small: bool = False) -> int | None:
    """The same for names that are also words: "Yağmurun", "Asyanın"; with `small` in lower case
    too."""
    stem = _stem(word, known.given_words, small=small) if small or word.capital else None
    return None if stem is None else word.start + len(stem)


def _stem(word: Word, listed: frozenset[str], *, small: bool = False) -> str | None:
    around = cues()
    if word.whole != word.base or len(word.base) < _SHORTEST or word.arabic:
        return None
    everyday = word.base in around.not_inflected or word.base.startswith(around.not_inflected_stems)
    if everyday and not small:
        return None
    for ending in _by_last_letter().get(word.base[-1], ()):
        stem = word.base[: -len(ending)]
        if len(stem) < 3 or stem not in listed or not word.base.endswith(ending):
            continue
        if len(ending) > 1 or len(stem) >= _SHORTEST:
            return stem
    return None


@lru_cache(maxsize=1)
def _by_last_letter() -> dict[str, list[str]]:
    endings = cues().endings
    return {last: [e for e in endings if e[-1] == last] for last in {e[-1] for e in endings}}

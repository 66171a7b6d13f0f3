"""Arabic words by their consonants: what is left the same by dialects that swap letters, by
careless spelling, and by Arabic typed in Latin letters (irja3ha, ارجعها → rj3h)."""

from __future__ import annotations

import re
from functools import lru_cache

from invekto.text.language import detect
from invekto.text.resources import resource

_ARABIC = {
    "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "x", "د": "d", "ذ": "d", "ر": "r",
    "ز": "z", "س": "s", "ش": "$", "ص": "s", "ض": "d", "ط": "t", "ظ": "d", "ع": "3", "غ": "x",
    "ف": "f", "ق": "k", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h",
}  # fmt: skip
_PAIRS = {"sh": "$", "ch": "$", "kh": "x", "gh": "x", "th": "t", "dh": "d", "ph": "f"}
_LATIN = {
    "b": "b", "p": "b", "t": "t", "j": "j", "h": "h", "d": "d", "r": "r", "z": "z", "s": "s",
    "f": "f", "v": "f", "q": "k", "k": "k", "g": "k", "c": "k", "l": "l", "m": "m", "n": "n",
    "x": "x", "7": "h", "5": "x", "3": "3", "6": "t", "9": "k", "8": "x",
}  # fmt: skip
_PIECES = re.compile("sh|ch|kh|gh|th|dh|ph|.")
_HINT = re.compile(r"(?<![^\W_])[a-z]+[235679][a-z]|(?<![^\W_])[37][a-z]{2}")


@lru_cache(maxsize=32_768)
def skeleton(word: str) -> str:
    """The consonants of a folded word in either alphabet, doubled ones once; an article before it
    is left out. Empty where there are none."""
    if "\u0600" <= word[:1] <= "\u06ff":
        return _once("".join(_ARABIC.get(char, "") for char in word.removeprefix("ال")))
    bare = word.removeprefix("el") if len(word) > 5 else word
    pieces = _PIECES.findall(bare)
    return _once("".join(_PAIRS.get(piece) or _LATIN.get(piece, "") for piece in pieces))


def _once(letters: str) -> str:
    kept = [c for at, c in enumerate(letters) if at == 0 or letters[at - 1] != c]
    return "".join(kept)


def is_arabic_in_latin(folded: str) -> bool:
    """Whether a folded message is Arabic typed in Latin letters."""
    if "\u0600" <= max(folded, default="") <= "\u06ff":
        return False
    hinted = _HINT.search(folded) or _common() & set(folded.split())
    return bool(hinted) and detect(folded, "ar").arabizi


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(map(str, resource("data/common_words.yaml")["arabizi"]))

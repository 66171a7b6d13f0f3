"""The language a text is in, by its letters and its commonest words: enough to tell whether a reply
and the facts it rests on are in the same one."""

from __future__ import annotations

import re
from functools import lru_cache

_ARABIC = re.compile(r"[\u0621-\u064a]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = re.compile(
    r"\b(?:the|is|are|was|you|your|we|our|for|with|and|to|of|in|at|it|will|can|be|this|per|not|no|from|"
    r"free|days?|night|room|order|closed|open|included|up|off|on|an?)\b"
)
_SHARE = 0.12


@lru_cache(maxsize=4_096)
def tongue(folded: str) -> str:
    """`ar`, `en` or `tr`."""
    letters = len(_LETTER.findall(folded))
    if 2 * len(_ARABIC.findall(folded)) > letters:
        return "ar"
    words = len(_WORD.findall(folded))
    return "en" if len(_ENGLISH.findall(folded)) > _SHARE * words else "tr"

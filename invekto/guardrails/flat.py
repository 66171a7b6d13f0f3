"""Folding that keeps every character in its place, so that a span found in the folded text is a
span of the raw one."""

from __future__ import annotations

import re
import sys
import unicodedata

_BY_HAND = {
    "ı": "i", "İ": "i", "I": "i", "ə": "e", "ø": "o", "ł": "l", "đ": "d", "ß": "s", "æ": "a",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ؤ": "و",
    "ئ": "ي", "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "＇": "'", "“": '"', "”": '"',
    "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "−": "-", "،": ",", "؛": ";", "؟": "?",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "٫": ",", "٬": ".",
}  # fmt: skip


def _folded(char: str) -> str | None:
    """One character for one, or None where it stays."""
    if char in _BY_HAND:
        return _BY_HAND[char]
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    base = unicodedata.normalize("NFKD", char.lower())
    letters = [c for c in base if not unicodedata.combining(c)]
    if len(letters) == 1 and letters[0] != char:
        return letters[0]
    return None


def _table() -> dict[int, str]:
    ranges = [(0x41, 0x250), (0x370, 0x530), (0x600, 0x700), (0x6F0, 0x700), (0x900, 0x970)]
    ranges += [(0x1E00, 0x2000), (0x2000, 0x2070), (0x2100, 0x2150), (0xFF01, 0xFF5F)]
    table: dict[int, str] = {}
    for start, stop in ranges:
        for code in range(start, min(stop, sys.maxunicode)):
            folded = _folded(chr(code))
            if folded is not None:
                table[code] = folded
    return table


_FLAT = _table()
_MARKS = re.compile(
    "[\u064b-\u065f\u0670\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]"
)
_SPACE = re.compile(r"\s+")


def flat(text: str) -> str:
    """Lower-case ASCII-like letters, one Arabic letter form, ASCII digits; same length."""
    return text.translate(_FLAT)


def unmarked(text: str) -> str:
    """Without Arabic vowel marks and invisible characters."""
    return _MARKS.sub("", text)


def plain(text: str) -> str:
    """`flat` without invisible characters, Arabic vowel marks and repeated white space, for
    looking up phrases where places do not matter."""
    return _SPACE.sub(" ", _MARKS.sub("", flat(unicodedata.normalize("NFKC", text)))).strip()

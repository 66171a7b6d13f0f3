"""How many of a thing a sentence speaks of, in figures and in words."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = {
    2: r"iki\w{0,6}|ikili\w{0,3}|cift|two|both|double|twice|pair|there and back|each way|round trip|"
    r"gidis.?donus|اثنان|اثنين|قطعتين|قطعتان|ليلتين|ليلتان|شخصين|كلا|جلستين",
    3: r"uc(?:lu\w{0,3}|u|unu|er)?|three|triple|ثلاث\w{0,2}",
    4: r"dor[td]\w{0,5}|four|اربع\w?",
    5: r"bes(?:li\w{0,3}|i|er)?|five|خمس\w?",
    6: r"alti(?:li\w{0,3}|si|sar)?|six|ست\w?",
    7: r"yedi(?:li\w{0,3}|si|ser)?|seven|week|hafta\w{0,4}|سبع\w?|اسبوع",
    8: r"sekiz\w{0,4}|eight|ثماني?\w?",
    9: r"dokuz\w{0,4}|nine|تسع\w?",
    10: r"on(?:lu\w{0,3}|u|ar)?|ten|عشر\w?",
    12: r"on iki\w{0,4}|duzine|twelve|dozen|year\w{0,2}|yillik|senelik|سنويا",
}
_NAMED = {n: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for n, words in _WORDS.items()}
_FIGURE = re.compile(r"(?<![\d.,:])(\d{1,2})(?![\d:]|[.,]\d)")


@lru_cache(maxsize=1_024)
def counted_in(folded: str, language: str) -> frozenset[int]:
    """Small numbers of a sentence that may multiply a price; `language` is English for "on"."""
    found = {int(n) for n in _FIGURE.findall(folded)}
    found |= {n for n, pattern in _NAMED.items() if pattern.search(folded)}
    if language == "en":
        found -= {10} if not re.search(r"\bten\b|\b10\b", folded) else set()
    return frozenset(found - {0, 1})

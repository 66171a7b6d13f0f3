"""Banned phrases, whatever their endings."""

from __future__ import annotations

import re
from functools import lru_cache

from invekto.contracts.guard import Outcome
from invekto.guardrails.flat import plain
from invekto.guardrails.reply import Check

_SOFT = {"k": "[kg]", "g": "[kg]", "p": "[pb]", "b": "[pb]", "t": "[td]", "d": "[td]", "c": "c"}


def check(check: Check) -> None:
    """Find the policy's banned phrases."""
    for phrase in check.policy.banned:
        match = inflected(phrase).search(check.flat)
        if match:
            quote = check.reply.text[match.start() : match.end()]
            check.find(
                "policy", "banned_phrase", Outcome.BLOCK, quote, f"“{phrase}” is never written"
            )


@lru_cache(maxsize=4_096)
def inflected(phrase: str) -> re.Pattern[str]:
    """A pattern for the phrase with any Turkish, English or Arabic endings on its words:
    consonants soften (kitap, kitabı), an infinitive's ending may change (vermek, verdik), words
    made of it count (ucuz, ucuzluğuyla; cheap, cheapest; miracle, miraculous). A longer word that
    only begins like it is another word (sorun, sorunuz; can, canlı)."""
    words = re.findall(r"[\w%]+", plain(phrase))
    patterns = [
        _word(word, last=i == len(words) - 1, alone=len(words) == 1) for i, word in enumerate(words)
    ]
    return re.compile(r"[\s\W]{1,4}".join(patterns) or r"(?!)")


_ENDINGS = (
    "(?:lar|ler)?(?:imiz|umuz|iniz|unuz|lari|leri|im|um|in|un|si|su|i|u|m|n)?"
    "(?:nin|nun|in|un|yi|yu|ni|nu|i|u|ya|ye|na|ne|a|e|nda|nde|da|de|ta|te|ndan|nden|dan|den|tan|ten"
    "|yla|yle|la|le|ca|ce)?(?:ki|ydi|ydu|ymis|dir|dur|tir|tur|siniz|sunuz|yiz|yim|s|es|ed|ing)?"
)
_DERIVED = (
    "(?:li|lu|siz|suz|li[kg]|lu[kg]|c[aeiu]|er|est|ly|ness|"
    r"(?:la|le)(?:[nst]|t[iu]l)?(?:di|ti|mis|yor|iyor|uyor|ya|ye|yan|yen|an|en|r|ir|mak|mek|ma|me)\w{0,8})?"
)


_TENSE = re.compile(
    r"(?:iyor|uyor|iyoruz|mayin|meyin|malisiniz|melisiniz|mali|meli|ecek|acak|mek|mak)$"
)
"""What a verb of a banned phrase may put off before other endings."""


def _word(word: str, *, last: bool, alone: bool) -> str:
    if not word.isascii():
        return rf"(?<!\w)(?:وال|بال|لل|ال|و|ب|ل|ف)?{re.escape(word)}\w{{0,4}}(?!\w)"
    start = r"(?<!\w)"
    if not word.isalpha():
        return start + re.escape(word) + r"(?!\w)"
    root = _TENSE.sub("", word)
    if root != word and len(root) >= 3 + alone:
        return start + re.escape(root) + r"\w{0,14}(?!\w)"
    stem = re.escape(word[:-1]) + _SOFT.get(word[-1], re.escape(word[-1]))
    if last and not alone and word[-1] in "iu" and len(word) > 4:
        stem = f"(?:{stem}|{re.escape(word[:-1])}|{re.escape(word[:-2])})"
    if word.endswith("le"):
        stem = re.escape(word[:-2]) + "(?:le|ul)"
    if len(word) >= 6 or not alone:
        return start + stem + r"\w{0,14}(?!\w)"
    return start + stem + (_DERIVED if len(word) >= 4 else "") + _ENDINGS + r"(?!\w)"

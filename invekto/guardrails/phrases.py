"""Banned phrases, whatever their endings, and insults."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.contracts.guard import Outcome
from invekto.guardrails.flat import flat, plain
from invekto.guardrails.reply import Check

RULES = Path(__file__).parent / "rules" / "insults.yaml"
_SOFT = {"k": "[kg]", "g": "[kg]", "p": "[pb]", "b": "[pb]", "t": "[td]", "d": "[td]", "c": "c"}


def check(check: Check) -> None:
    """Find the policy's banned phrases and insults of the customer."""
    for phrase in check.policy.banned:
        match = inflected(phrase).search(check.flat)
        if match:
            quote = check.reply.text[match.start() : match.end()]
            check.find(
                "policy", "banned_phrase", Outcome.BLOCK, quote, f"“{phrase}” is never written"
            )
    insult = _insults().search(check.flat)
    if insult:
        quote = check.reply.text[insult.start() : insult.end()]
        check.find("tone", "offensive", Outcome.BLOCK, quote, "insults or belittles the customer")


@lru_cache(maxsize=4_096)
def inflected(phrase: str) -> re.Pattern[str]:
    """A pattern for the phrase with any Turkish, English or Arabic endings on its words:
    consonants soften (kitap, kitabı), an infinitive's ending may change (vermek, verdik). A
    longer word that only begins like it is another word (sorun, sorunuz; can, canlı)."""
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
    if len(word) >= 6 or not alone:
        return start + stem + r"\w{0,14}(?!\w)"
    derived = "(?:li|lu|siz|suz|lik|luk|ca|ce|la|le|las|les|lat|let)?" if len(word) >= 4 else ""
    return start + stem + derived + _ENDINGS + r"(?!\w)"


@lru_cache(maxsize=1)
def _insults() -> re.Pattern[str]:
    entries = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    begins = "|".join(flat(e) for e in entries if not e.startswith("(?"))
    free = [e for e in entries if e.startswith("(?")]
    return re.compile("|".join([rf"(?<!\w)(?:{begins})", *free]))

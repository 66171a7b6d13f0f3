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
_ENDING = 14
"""Letters of endings that a word may take."""
_SOFT = {"k": "[kg]", "g": "[kg]", "p": "[pb]", "b": "[pb]", "t": "[td]", "d": "[td]", "c": "c"}
_VOWELS = "aeiou"


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
    consonants soften (kitap, kitabı), an infinitive's ending may change (vermek, verdik)."""
    words = re.findall(r"[\w%]+", plain(phrase))
    return re.compile(
        r"[\s\W]{1,4}".join(_word(word, i, len(words)) for i, word in enumerate(words)) or r"(?!)"
    )


def _word(word: str, place: int, count: int) -> str:
    start = r"(?<!\w)(?:ال|و|ب|ل)?" if not word.isascii() else r"(?<!\w)"
    if len(word) > 5 and word.endswith(("mek", "mak")):
        return start + re.escape(word[:-3]) + rf"\w{{0,{_ENDING}}}(?!\w)"
    last = word[-1]
    if len(word) <= 2 or not word.isalpha():
        return (
            start
            + re.escape(word)
            + (rf"\w{{0,{_ENDING}}}" if word.isalpha() and place == count - 1 else "")
            + r"(?!\w)"
        )
    stem = re.escape(word[:-1]) + _SOFT.get(last, re.escape(last))
    if last in _VOWELS and count > 1 and len(word) > 4 and place == count - 1:
        stem = re.escape(word[:-1]) + f"[{_VOWELS}]"
    return start + stem + rf"\w{{0,{_ENDING}}}(?!\w)"


@lru_cache(maxsize=1)
def _insults() -> re.Pattern[str]:
    entries = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return re.compile(
        "|".join(e if e.startswith("(?") else rf"(?<!\w)(?:{flat(e)})" for e in entries)
    )

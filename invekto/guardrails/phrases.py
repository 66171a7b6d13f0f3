"""Banned phrases, whatever their endings."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.contracts.guard import Outcome
from invekto.guardrails.flat import plain
from invekto.guardrails.reply import Check

INSULTS = Path(__file__).parent / "rules" / "outright.yaml"
_SOFT = {"k": "[kg]", "g": "[kg]", "p": "[pb]", "b": "[pb]", "t": "[td]", "d": "[td]", "c": "c"}
_GAP = r"[\s\W]{1,4}(?:(?:de|da|hic|bile|mi|a|an|the|very)[\s\W]{1,4})?"
_SPACED = re.compile(r"(?<!\w)(?:\w[ .*_-]){3,30}\w(?!\w)")
"""Letters written one by one."""
_JOINED = re.compile(r"[ .*_-]")


def check(check: Check) -> None:
    """Find the policy's banned phrases and outright insults."""
    spaced = " ".join(_JOINED.sub("", run) for run in _SPACED.findall(check.flat))
    for phrase in check.policy.banned:
        pattern = inflected(phrase)
        match = pattern.search(check.flat)
        if match or (spaced and pattern.search(spaced)):
            quote = check.reply.text[match.start() : match.end()] if match else phrase
            check.find(
                "policy", "banned_phrase", Outcome.BLOCK, quote, f"“{phrase}” is never written"
            )
    insult = _insults().search(check.flat)
    if insult:
        quote = check.reply.text[insult.start() : insult.end()]
        check.find("policy", "offensive", Outcome.BLOCK, quote, "insults whoever reads it")


@lru_cache(maxsize=1)
def _insults() -> re.Pattern[str]:
    insults: list[str] = yaml.safe_load(INSULTS.read_text(encoding="utf-8"))
    return re.compile("|".join(inflected(insult).pattern for insult in insults))


@lru_cache(maxsize=4_096)
def inflected(phrase: str) -> re.Pattern[str]:
    """A pattern for the phrase with any Turkish, English or Arabic endings on its words:
    consonants soften (kitap, kitabı), an infinitive's ending may change (vermek, verdik), words
    made of it count (ucuz, ucuzluğuyla; cheap, cheapest; miracle, miraculous). A longer word that
    only begins like it is another word (sorun, sorunuz; can, canlı). A particle may stand between
    (iz de bırakmaz)."""
    words = re.findall(r"[\w%]+", plain(phrase))
    patterns = [
        _word(word, last=i == len(words) - 1, alone=len(words) == 1) for i, word in enumerate(words)
    ]
    return re.compile(_GAP.join(patterns) or r"(?!)")


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
    r"(?:iyor|uyor|iyoruz|mayin|meyin|malisiniz|melisiniz|mali|meli|ecek|acak|mek|mak|"
    r"(?<=[lrstzn])(?:ir|ur)|(?<=[ktz])(?:ar|er))$"
)
"""What a verb of a banned phrase may put off before other endings."""
_ORDER = re.compile(r"(?<=[dlrstzn])(?:in|un|iniz|unuz)$")
"""The same of an order that ends a phrase."""
_NOT = re.compile(r"m(?:[ae]z(?:s[iu]n[iu]z|l[ae]r)?|[ae]y[iu]z)$")
"""A verb that denies: all its forms that deny are meant, none that affirms."""
_DOING = re.compile(r"e[dt](?:in|iniz|er|iyor|iyoruz|ecek|elim|mek|meyin)")


_ENGLISH_END = re.compile(r"(?:(?<=[bcdfglmnprstvz])y|ious|(?<=[mtvzc])ing)$")
"""An ending of an English word that others take the place of: luxury, luxurious; amazing, amazed."""


def _word(word: str, *, last: bool, alone: bool) -> str:
    if not word.isascii():
        return rf"(?<!\w)(?:وال|بال|لل|ال|و|ب|ل|ف)?{re.escape(word)}\w{{0,4}}(?!\w)"
    start = r"(?<!\w)"
    if not word.isalpha():
        return start + re.escape(word) + r"(?!\w)"
    if last and not alone and _DOING.fullmatch(word):
        return start + r"e[dt]\w{1,14}(?!\w)"
    if word.endswith("ble") and len(word) > 6:
        return start + re.escape(word[:-2]) + r"\w{0,6}(?!\w)"
    if len(word) >= 6 and _ENGLISH_END.search(word):
        return (
            start
            + re.escape(_ENGLISH_END.sub("", word))
            + r"(?:y|i\w|ou|[ei](?:d|ng))\w{0,12}(?!\w)"
        )
    denied = _NOT.search(word)
    if denied and denied.start() >= 2:
        root = re.escape(word[: denied.start()])
        return rf"{start}{root}m(?:[iu]yor|[ae][zydm])\w{{0,14}}(?!\w)"
    root = _TENSE.sub("", word)
    if last and not alone and root == word:
        root = _ORDER.sub("", word)
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

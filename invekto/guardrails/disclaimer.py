"""Health information goes with its disclaimer."""

from __future__ import annotations

import re

from invekto.contracts.guard import Outcome
from invekto.guardrails.flat import flat
from invekto.guardrails.reply import Check

_WORDS = {
    "tr": (r"hekim\w*|doktor\w*|muayene\w*|uzman\w*|dis hekim\w*",
           r"genel\w*|bilgilendirme\w*|kisi(?:ye|den)\w*|tani\w*|teshis\w*|yerine gec\w*|gerek\w*|"
           r"deger\w*|karar\w*|danis\w*|kesin\w*|planla\w*|belirle\w*|tavsiye\w*"),
    "en": (r"doctor\w*|dentist\w*|physician\w*|examin\w*|consult\w*|specialist\w*|clinician\w*",
           r"general|information\w*|diagnos\w*|substitut\w*|replac\w*|requir\w*|need\w*|advice|"
           r"assess\w*|var(?:y|ies)|person to person|decid\w*|only after"),
    "ar": (r"طبيب\w*|الطبيب|الدكتور|دكتور|فحص\w*|الفحص|اخصائي\w*|استشار\w*|معاينه\w*|المعاينه",
           r"عام\w*|معلومات\w*|تشخيص\w*|التشخيص|تغني|بديل\w*|يتطلب\w*|يلزم|شخص\w*|تحدد|يحدد|يقرر"),
}  # fmt: skip
_PATTERNS = {
    language: (re.compile(rf"(?:{who})"), re.compile(rf"(?:{what})"))
    for language, (who, what) in _WORDS.items()
}


def check(check: Check) -> None:
    """A reply that needs the disclaimer and lacks it gets it."""
    if check.reply.disclaimer_required and not is_present(check):
        check.find(
            "disclaimer", "missing_disclaimer", Outcome.FIX, explanation="health information"
        )


def is_present(check: Check) -> bool:
    """The policy's own sentence, or one that says the same: general information, a doctor's
    examination decides."""
    own = check.policy.disclaimers.get(check.reply.language)
    if own and flat(own).strip(" .") in check.flat:
        return True
    patterns = _PATTERNS.get(check.reply.language)
    if patterns is None:
        return False
    return any(patterns[0].search(s.flat) and patterns[1].search(s.flat) for s in check.sentences)


def append(text: str, check: Check) -> str:
    """The text with the policy's disclaimer as its last paragraph."""
    languages = check.policy.disclaimers
    sentence = languages.get(check.reply.language) or languages.get("en") or ""
    return f"{text.rstrip()}\n\n{sentence}".strip()

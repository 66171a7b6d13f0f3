"""Health information goes with its disclaimer."""

from __future__ import annotations

import re

from invekto.contracts.guard import Outcome
from invekto.guardrails.flat import flat
from invekto.guardrails.reply import Check
from invekto.guardrails.wording import overlap, terms

_SAID = {
    "tr": r"\b(?:genel (?:bir )?(?:bilgi|nitelik|amac|oneri|yonlendirme)\w*|bilgilendirme(?:dir| amac\w*| icin\w*| nitelig\w*)|"
    r"bilgi (?:amac\w*|vermek|verir)|muayenesiz|"
    r"tibbi (?:tavsiye|oneri|gorus)\w*|(?:muayene|tani|teshis|tedavi|hekim|doktor)\w*[^.!?]{0,30}\byerin(?:e|i)\b|"
    r"(?:tani|teshis|tedavi|tibbi)\w*[^.!?]{0,20}\b(?:oneri|tavsiye)\w* (?:degil|niteli)|kesin (?:tedavi )?plan\w*[^.!?]{0,20}\b(?:hekim|doktor|muayene)|"
    r"(?:hekim|doktor|uzman)\w{0,10}[^.!?]{0,30}\b(?:danis\w*|basvur\w*|esas\w*|belirle\w*|karar\w*|degerlendir\w*|gerek\w*|soyle\w*|bildir\w*|netlestir\w*|planla\w*|yonlendir\w*|cikar\w*|konus\w*|ver(?:ir|ecek)\w*|al(?:irsiniz|iniz)|sart\w*))",
    "en": r"\b(?:general (?:information|guidance)|information(?:al)? (?:only|purposes)|for information|not (?:a )?medical advice|"
    r"(?:does not|doesn't|cannot|can't|do not) (?:replace|substitute)|not a substitute|no substitute|"
    r"(?:consult|see|ask) (?:your|a|our|the) (?:doctor|dentist|physician|specialist)|"
    r"(?:doctor|dentist|physician|surgeon|specialist)[^.!?]{0,30}\b(?:decide|assess|advise|determine|examin|confirm|tells?\b)\w*|"
    r"(?:doctor|dentist|physician|surgeon|specialist)'s (?:own )?(?:instructions|advice|orders)[^.!?]{0,12}\b(?:first|count|prevail|apply)|not a diagnosis|"
    r"require\w* an examination|(?:can't|cannot|can not|unable to|not able to) (?:give|offer|provide) (?:any )?medical|"
    r"(?:up to|question for|matter for) (?:your|a|our|the) (?:doctor|dentist|physician|surgeon|specialist))",
    "ar": r"(?:(?:معلوم|ارشاد|نصائح|توضيح)\w*[^.!؟]{0,12} (?:عام\w*|فقط|للتوضيح|للتوعيه)|(?:القرار|المرجع|الكلمه)[^.!؟]{0,12}طبيب|طبيبك هو|لغرض الاعلام|للعلم فقط|ليست? (?:نصيحه|استشاره) طبيه|لا (?:تغني|يغني|تحل محل|يحل محل)|"
    r"القرار للطبيب|(?:استشر|راجع|استشاره)[^.!؟]{0,12}طبيب|تعليمات طبيب\w*|"
    r"(?:الطبيب|طبيبك)[^.!؟]{0,30}(?:يقرر|يحدد|يقيم|يفحص|فحص)|(?:يتطلب|يلزم)\w*[^.!؟]{0,15}فحص|"
    r"(?:لا|لن) (?:استطيع|يمكنني|نستطيع|يمكننا|اقدر|نقدر)[^.!؟]{0,20}(?:نصيحه|استشاره|مشوره) طبيه|"
    r"الطبيب\w{0,2}[^.!؟]{0,30}(?:تقيم|تقرر|تحدد|تفحص))",
}  # fmt: skip
_OWN = re.compile(
    r"^(?:[a-z]{2,14} )?(?:uyari(?:si)?|metin|metni|notu?|dipnot|bilgilendirme(?:si)?|disclaimer|warning|notice|note|footnote|تنبيه|تحذير|ملاحظه|اخلاء مسؤوليه)\s?:\s?(.{8,300})$"
)
"""A disclaimer of the tenant's own among the facts."""
TOLD = 0.7
"""Share of its words that a sentence has which says it."""
_PATTERNS = {language: re.compile(pattern) for language, pattern in _SAID.items()}


def says_disclaimer(folded: str, language: str) -> bool:
    """Whether a sentence says that this is general information and a doctor decides."""
    pattern = _PATTERNS.get(language)
    return pattern is not None and bool(pattern.search(folded))


def check(check: Check) -> None:
    """A reply that needs the disclaimer and lacks it gets it."""
    if check.reply.disclaimer_required and not is_present(check):
        check.find(
            "disclaimer", "missing_disclaimer", Outcome.FIX, explanation="health information"
        )


def is_present(check: Check) -> bool:
    """The policy's or the facts' own sentence, or one that says the same: general information, a
    doctor's examination decides."""
    own = check.policy.disclaimers.get(check.reply.language)
    if own and flat(own).strip(" .") in check.flat:
        return True
    given = [terms(m.group(1)) for fact in check.flat_facts if (m := _OWN.match(fact))]
    return any(
        says_disclaimer(sentence.flat, check.reply.language)
        or any(overlap(words, terms(sentence.flat)) >= TOLD * len(words) for words in given)
        for sentence in check.sentences
    )


def append(text: str, check: Check) -> str:
    """The text with the policy's disclaimer as its last paragraph."""
    languages = check.policy.disclaimers
    sentence = languages.get(check.reply.language) or languages.get("en") or ""
    return f"{text.rstrip()}\n\n{sentence}".strip()

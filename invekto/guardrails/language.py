"""Language and length: the customer's language, no longer than the channel bears."""

from __future__ import annotations

import re

from invekto.contracts.guard import Outcome
from invekto.guardrails.flat import flat
from invekto.guardrails.reply import Check

_WORDS = {
    "tr": "ve bir bu icin ile siz size sizi sizin olarak var yok degil daha cok gibi kadar sonra icinde merhaba lutfen"
    " tesekkur siparis kargo urun randevu iade fiyat gun saat tl nasil hangi icinde uzere olan bizim efendim mi misiniz",
    "en": "the and you your is are to of for with we our in on at be will can have has this that please thank hello"
    " order from would it not as if or by an any it's we're you're which when how what may",
    "de": "und der die das ist sie ihre wir ein eine nicht mit fur von zu auf werden konnen haben bitte danke bestellung guten hallo ihnen im den",
    "fr": "le la les et vous votre est nous une un des pour avec dans sur bonjour merci commande pas que qui au sera",
    "ru": "и в не на вы ваш мы для что это с по здравствуйте заказ пожалуйста спасибо",
    "es": "el la los las y usted su es nosotros una un para con en por hola gracias pedido que no del",
}
_SETS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile("[\u0600-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_TURKISH = re.compile("[çğışöüÇĞİŞÖÜ]")
_ENDING = re.compile(
    r"(?:\w{2,}(?:yor(?:uz|um|sunuz|lar)?|acak|ecek|acaktir|ecektir|miz|niz|nuz|dir|tir|dur|mis|mistir|larin|lerin|ler|lar|den|dan|iniz|unuz|ebilir|abilir|ildi|edildi|siniz|sunuz))$"
)
CODES = re.compile(r"https?://\S+|\S+@\S+|[A-Z]{2,4}-?\d+")
FEW = 4
"""Words below which no language is told."""


def check(check: Check) -> None:
    """The whole reply and each longer sentence are in the customer's language."""
    wanted = check.reply.language
    spoken = guess(check.reply.text)
    if wanted in {"tr", "en", "ar"}:
        if spoken and spoken != wanted:
            check.find(
                "language", "wrong_language", Outcome.BLOCK, check.reply.text[:60],
                f"reads as {spoken}, the customer writes {wanted}",
            )  # fmt: skip
        else:
            _sentences(check, wanted)
    limits = check.policy.max_length
    limit = limits.get(check.reply.channel, limits.get("default", 4_000))
    if len(check.reply.text) > limit:
        check.find(
            "length", "too_long", Outcome.ASK_PERSON, "",
            f"{len(check.reply.text)} characters, {check.reply.channel} bears {limit}",
        )  # fmt: skip


def _sentences(check: Check, wanted: str) -> None:
    own = check.policy.disclaimers.values()
    for sentence in check.sentences:
        if len(_WORD.findall(sentence.text)) < FEW + 1 or sentence.text in own:
            continue
        spoken = guess(sentence.text)
        if spoken and spoken != wanted:
            check.find(
                "language", "wrong_language", Outcome.BLOCK, sentence.text,
                f"this sentence reads as {spoken}, the customer writes {wanted}",
            )  # fmt: skip
            return


def guess(text: str) -> str | None:
    """The language of a reply, None where it does not show (names, figures, a word or two)."""
    text = CODES.sub(" ", text)
    words = _WORD.findall(text)
    if not words:
        return None
    arabic = sum(bool(_ARABIC.match(w)) for w in words)
    if arabic > 0.5 * len(words):
        return "ar" if len(words) >= 2 else None
    if sum(bool(_CYRILLIC.match(w)) for w in words) > 0.5 * len(words):
        return "ru"
    latin = [flat(w) for w in words if not _ARABIC.match(w)]
    if len(latin) < FEW:
        return None
    scores: dict[str, float] = {
        lang: sum(w in known for w in latin) for lang, known in _SETS.items()
    }
    scores["tr"] += sum(bool(_ENDING.search(w)) for w in latin) + 0.7 * len(_TURKISH.findall(text))
    best = max(scores, key=lambda lang: scores[lang])
    rest = max(value for lang, value in scores.items() if lang != best)
    if scores[best] < max(1.5, 0.08 * len(latin)) or scores[best] <= rest + 0.5:
        return None
    return best

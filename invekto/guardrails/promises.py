"""Promises that only a person may make, and discounts beyond the limit."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.contracts.guard import Outcome
from invekto.guardrails.claims import find_claims
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Check, Sentence
from invekto.guardrails.signs import costs, negative
from invekto.guardrails.tongue import tongue
from invekto.guardrails.wording import overlap, terms

RULES = Path(__file__).parent / "rules" / "promises.yaml"
_DISCOUNT = re.compile(r"indirim|iskonto|discount|\boff\b|خصم|تخفيض")
_GIVEN = re.compile(
    r"\b(?:hediye|gift|bonus|complimentary|bizden|(?:donus\w*|gonderim|kargo\w*) (?:firma|satici|magaza)|"
    r"we pay|yenisi\w*|degisim\w*|free (?:room )?upgrade|replacement)\b|هديه|استبدال"
)
"""How something is said to be given, beside what `costs` knows."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_CLAUSE = re.compile(r"[,;](?=\s)|(?<!\d)\.(?=\s)")
_OF_GOODS = re.compile(r"\d (?:yil|ay|sene)\w{0,3} (?:\w{1,12} )?garanti|garanti\w{0,6}\W{1,3}\d")
"""A warranty with how long it lasts."""
_DELIVERY = re.compile(
    r"(?:teslim|varis|kargo|kurye|dagitim|deliver|arriv|courier|تسليم|توصيل|وصول)[^;]{0,60}\d"
)
"""A delivery whose time a fact tells; whether it is this one the facts decide."""
_SURELY = re.compile(
    r"kesin|mutlaka|garanti|soz |bizzat|definit|certain|guarant|promise|for sure|without fail|"
    r"بالتاكيد|حتما|نعد|اعد|وعد|نضمن|اكيد|محاله"
)
_TAG = re.compile(
    r",\s*(?:anlastik|tamam|olur|oldu|ok|okay|deal|اتفقنا|تمام|ماشي)\w{0,3}(?: m[iu])?\s*\?"
)
"""A question that only asks for consent to what is promised before it."""
BESIDE = 24
"""Characters before and after a promise in which it may be denied."""
SUPPORTED = 0.6
"""Share of the promise's words that one fact must have."""


def check(check: Check) -> None:
    """Find promises nobody made in the facts."""
    rules = _rules()
    for sentence in check.sentences:
        if sentence.flat.rstrip().endswith("?") and not _TAG.search(sentence.flat):
            continue
        for kind, pattern in rules.items():
            if kind == "denied" or kind not in check.policy.person_promises:
                continue
            match = pattern.search(sentence.flat)
            if (
                match
                and not rules["denied"].search(
                    sentence.flat, max(0, match.start() - BESIDE), match.end() + BESIDE
                )
                and not _told(match, check, kind)
            ):
                check.find(
                    "promises", "overpromise", Outcome.BLOCK, sentence.text,
                    f"only a person may promise this ({kind.replace('_', ' ')})",
                )  # fmt: skip
                break
        _discount(sentence, check)


def _told(match: re.Match[str], check: Check, kind: str) -> bool:
    """Whether a fact promises the same in mostly the same words."""
    if kind == "refund" and any(
        marks("promises.refunding").search(fact) for fact in check.flat_facts
    ):
        return True
    if kind == "deadline" and not _SURELY.search(match.group()):
        return any(_DELIVERY.search(fact) for fact in check.flat_facts)
    if kind == "discount" and _same_discount(match.string, check):
        return True
    if kind == "free_service" and gives_as_told(match.string, check):
        return True
    if kind == "guarantee" and match.group().startswith("garanti "):
        return any(_OF_GOODS.search(fact) for fact in check.flat_facts)
    said = terms(match.group())
    return any(
        overlap(said, terms(fact)) >= SUPPORTED * len(said)
        for fact in check.flat_facts
        if kind != "guarantee" or not negative(fact)
    )


def _same_discount(said: str, check: Check) -> bool:
    """Whether the facts give a discount and every figure of the sentence stands in them."""
    facts = " ".join(check.flat_facts)
    figures = set(_FIGURE.findall(said))
    return bool(figures and _DISCOUNT.search(facts)) and figures <= set(_FIGURE.findall(facts))


def gives_as_told(said: str, check: Check) -> bool:
    """Whether a sentence gives something free that a clause of the facts gives free as well, or
    one in another language any."""
    if not _gives(said):
        return False
    words = terms(said) - terms("ucretsiz bedava hediye free مجانا هديه")
    given = [c for fact in check.flat_facts for c in _CLAUSE.split(fact) if _gives(c)]
    return any(
        overlap(words, terms(clause)) >= 1 or tongue(clause) != check.reply.language
        for clause in given
    )


def _gives(folded: str) -> bool:
    return costs(folded) == "free" or bool(_GIVEN.search(folded))


def _discount(sentence: Sentence, check: Check) -> None:
    if not _DISCOUNT.search(sentence.flat):
        return
    known = {
        c.value[0]
        for fact, folded in zip(check.reply.facts, check.flat_facts, strict=True)
        for c in find_claims(fact, folded, check.reply.language)
        if c.kind == "percent"
    }
    for claim in find_claims(sentence.text, sentence.flat, check.reply.language):
        if claim.kind != "percent" or claim.value[0] in known:
            continue
        if float(claim.value[0]) > check.policy.max_discount:
            check.find(
                "promises", "discount_limit", Outcome.BLOCK, sentence.text,
                f"{claim.value[0]} % is beyond the limit of {check.policy.max_discount:g} %",
            )  # fmt: skip


@lru_cache(maxsize=1)
def _rules() -> dict[str, re.Pattern[str]]:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return {name: re.compile("|".join(patterns)) for name, patterns in data.items()}

"""Leak: somebody else's data, internal notes, prompts, keys."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.contracts.guard import Outcome
from invekto.guardrails import pii
from invekto.guardrails.flat import flat
from invekto.guardrails.inside import of_others, told_of_notes
from invekto.guardrails.reply import Check

RULES = Path(__file__).parent / "rules" / "leak.yaml"
NEVER = frozenset({"TR_ID", "CREDIT_CARD", "PASSPORT"})
"""Not even the customer's own goes out by itself."""
FROM_FACTS = frozenset({"PHONE", "EMAIL", "IBAN", "TAX_ID", "ADDRESS"})
_ADDRESS_WORDS = frozenset(
    [
        "mah",
        "mahalle",
        "mahallesi",
        "sok",
        "sokak",
        "sokagi",
        "cad",
        "caddesi",
        "cadde",
        "bulvari",
        "bulvar",
        "blv",
        "kat",
        "daire",
        "apt",
        "no",
        "street",
        "floor",
        "avenue",
        "road",
        "katta",
        *("birinci", "ikinci", "ucuncu", "dorduncu", "besinci", "first", "second", "third"),
    ]
)
_REFUSED = re.compile(
    r"\b(?:paylas|ver|soyle|acikla|bildir|ilet)\w{0,4}(?:em|am|mi)(?:iyor|iyo|ey|ay|em|am)?\w{0,6}|"
    r"\b(?:can't|cannot|not able to|may not) (?:share|tell|give|say|disclose)|"
    r"لا (?:نشارك|يمكن|استطيع|نستطيع|يحق)"
)
"""Saying that something is not told."""
_OTHERS = re.compile(
    r"\b(?:diger|baska|bir onceki|onceki) (?:bir )?(?:musteri|hasta|misafir|danisan)\w{0,8}|"
    r"\b(?:another|other|previous) (?:customer|patient|guest|client)s?\b|"
    r"(?:زبون|عميل|مريض|زبونه|عميله|مريضه) (?:اخر|اخرى|اخري|سابق)"
)


def check(check: Check) -> None:
    """Find personal data that is not the tenant's own nor in the facts, and what stays inside."""
    inside = _inside().search(check.flat)
    if inside and not _in_facts(inside.group(), check):
        quote = check.reply.text[inside.start() : inside.start() + 20]
        check.find("leak", "internal_leak", Outcome.BLOCK, quote + "…", "this stays inside")
    sentences = [s.text for s in check.sentences if not _REFUSED.search(s.flat)]
    note = told_of_notes(sentences, check.reply.facts, check.reply.language)
    if note:
        check.find("leak", "internal_leak", Outcome.BLOCK, note[:20] + "…", "this stays inside")
    if of_others(check.reply.text, check.reply.facts):
        check.find("leak", "pii_leak", Outcome.BLOCK, "[PERSON]", "tells of another customer")
    people = 0
    for span in pii.find(check.reply.text, own=check.reply.own, language=check.reply.language):
        value = check.reply.text[span.start : span.end]
        if span.type == "PERSON":
            people += not _in_facts(value, check) and " " in value
        elif span.type == "ADDRESS" and _mostly_in_facts(value, check):
            continue
        elif span.type in NEVER or (span.type in FROM_FACTS and not _in_facts(value, check)):
            outcome = Outcome.BLOCK if check.reply.automatic else Outcome.ASK_PERSON
            check.find("leak", "pii_leak", outcome, pii.hint(value, span.type), _why(span.type))
    if people and _OTHERS.search(check.flat):
        check.find("leak", "pii_leak", Outcome.BLOCK, "[PERSON]", "names another customer")


def _why(kind: str) -> str:
    if kind in NEVER:
        return "identity and card numbers are not sent"
    return "personal data that is in no fact"


def _in_facts(value: str, check: Check) -> bool:
    compact = _compact(flat(value))
    if len(compact) > 10 and compact.isdecimal():
        compact = compact[-10:]  # a phone number with or without its country's code
    return bool(compact) and any(compact in _compact(fact) for fact in check.flat_facts)


def _mostly_in_facts(value: str, check: Check) -> bool:
    """An address told in other words: its names and numbers stand in the facts."""
    parts = [
        p for p in re.findall(r"(?<!')\b[a-z]{3,}|\d+", flat(value)) if p not in _ADDRESS_WORDS
    ]
    told = " ".join([*check.flat_facts, *(flat(o) for o in check.reply.own)])
    known = [p for p in parts if (p[:5] if p.isalpha() else p) in told]
    return len(known) >= 0.7 * len(parts)


def _compact(folded: str) -> str:
    return re.sub(r"[^\w]", "", folded)


@lru_cache(maxsize=1)
def _inside() -> re.Pattern[str]:
    return re.compile("|".join(yaml.safe_load(RULES.read_text(encoding="utf-8"))))

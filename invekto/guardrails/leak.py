"""Leak: somebody else's data, internal notes, prompts, keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.contracts.guard import Outcome
from invekto.guardrails import pii
from invekto.guardrails.flat import flat
from invekto.guardrails.inside import told_of_notes
from invekto.guardrails.others import (
    AROUND,
    beside_the_customer,
    family,
    is_staff,
    of_others,
    private_of_staff,
    sends_to,
)
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Check, Sentence

RULES = Path(__file__).parent / "rules" / "leak.yaml"
NEVER = frozenset({"TR_ID", "CREDIT_CARD", "PASSPORT"})
"""Not even the customer's own goes out by itself."""
_ELEVEN = re.compile(r"\d{11}|(?:\d{4}[ -]?){4}")
"""An identity or a card number."""
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


def check(check: Check) -> None:
    """Find personal data that is not the tenant's own nor in the facts, and what stays inside."""
    inside = _inside().search(check.flat)
    if inside and (_ELEVEN.search(inside.group()) or not _in_facts(inside.group(), check)):
        quote = check.reply.text[inside.start() : inside.start() + 20]
        check.find("leak", "internal_leak", Outcome.BLOCK, quote + "…", "this stays inside")
    sentences = [s.text for s in check.sentences if not marks("leak.refused").search(s.flat)]
    note = told_of_notes(sentences, check.reply.facts, check.reply.language)
    if note:
        check.find("leak", "internal_leak", Outcome.BLOCK, note[:20] + "…", "this stays inside")
    if of_others(check.reply.text, check.reply.facts):
        check.find("leak", "pii_leak", Outcome.BLOCK, "[PERSON]", "tells of another customer")
    spans = pii.find(check.reply.text, own=check.reply.own, language=check.reply.language)
    for span in spans:
        _value(span, check)
    _people(spans, check)


def _value(span: pii.PiiSpan, check: Check) -> None:
    """Numbers, addresses and accounts: the customer's own or the tenant's, by the facts."""
    value = check.reply.text[span.start : span.end]
    if span.type == "ADDRESS" and _mostly_in_facts(value, check):
        return
    if span.type in NEVER or (span.type in FROM_FACTS and not _in_facts(value, check)):
        outcome = Outcome.BLOCK if check.reply.automatic else Outcome.ASK_PERSON
        check.find("leak", "pii_leak", outcome, pii.hint(value, span.type), _why(span.type))


def _people(spans: Sequence[pii.PiiSpan], check: Check) -> None:
    """Sentences that name somebody next to the customer or send the customer to somebody, or tell
    what is a colleague's own."""
    for sentence in check.sentences:
        inside = [s for s in spans if sentence.start <= s.start < sentence.end]
        named = [span for span in inside if span.type == "PERSON"]
        if named and private_of_staff(sentence.flat):
            check.find("leak", "internal_leak", Outcome.BLOCK, "[PERSON]", "a colleague's own")
        whole = any(_is_customer(span, sentence, check) for span in named)
        sent = sends_to(sentence.flat) and any(s.type in {"PHONE", "EMAIL"} for s in inside)
        beside = beside_the_customer(sentence.flat)
        if (whole and (beside or sent)) or (beside and family(sentence.text)):
            check.find("leak", "pii_leak", Outcome.BLOCK, "[PERSON]", "names another customer")


def _is_customer(span: pii.PiiSpan, sentence: Sentence, check: Check) -> bool:
    """Whether a name is somebody's in full who does not work there."""
    name = check.flat[span.start : span.end]
    if " " not in name or is_staff(check.flat[max(sentence.start, span.start - AROUND) : span.end]):
        return False
    told = [(fact, at) for fact in check.flat_facts if (at := fact.find(name)) >= 0]
    return not any(is_staff(fact[max(0, at - AROUND) : at]) for fact, at in told)


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
    figures = [p for p in parts if p.isdecimal()]
    enough = 0.5 if figures and all(p in known for p in figures) else 0.7
    return len(known) >= enough * len(parts)


def _compact(folded: str) -> str:
    return re.sub(r"[^\w]", "", folded)


@lru_cache(maxsize=1)
def _inside() -> re.Pattern[str]:
    return re.compile("|".join(yaml.safe_load(RULES.read_text(encoding="utf-8"))))

"""Medical: no diagnosis, dose, "safe for you" or guaranteed result, whatever the facts say."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from invekto.contracts.guard import Outcome
from invekto.guardrails.reply import Check
from invekto.guardrails.wording import overlap, terms

RULES = Path(__file__).parent / "rules" / "medical.yaml"
SECTORS = frozenset({"dental", "aesthetic", "clinic", "medical", "health", "hospital"})
EXPLAINED = {
    "remedy": "only a doctor recommends a treatment",
    "diagnosis": "only a doctor makes a diagnosis",
    "dose": "only a doctor names a medicine or a dose",
    "safe_for_you": "only a doctor says what is safe for somebody",
    "guarantee": "health advertising may not promise results",
}


def check(check: Check) -> None:
    """Find medical advice and promises of results, sentence by sentence."""
    health = check.policy.health or check.reply.sector in SECTORS
    rules = _rules()
    for sentence in check.sentences:
        if sentence.flat.rstrip().endswith("?"):
            continue
        for kind in EXPLAINED:
            found = rules[kind].search(sentence.flat)
            if not found or _excused(kind, sentence.flat, rules):
                continue
            if kind == "remedy" and _from_facts(found.group(), check):
                continue
            if health or kind in {"diagnosis", "dose"} or _ABOUT_HEALTH.search(sentence.flat):
                check.find("medical", _reason(kind), Outcome.BLOCK, sentence.text, EXPLAINED[kind])
                break


_ABOUT_HEALTH = re.compile(
    r"\b(?:egzama|sivilce|akne|sedef|yara(?:niz|si|lar|yi)?\b|agri(?:niz|si|yi|lar)?\b|hastalig|alerji|"
    r"migren|oksuruk|eczema|acne|psoriasis|wound|pain\b|disease|allerg)|"
    r"اكزيما|حب الشباب|صدفيه|جرح|مرض|حساسيه"
)
"""What makes a shop's sentence one about health."""


def _from_facts(found: str, check: Check) -> bool:
    """Aftercare that a fact tells in mostly the same words."""
    said = terms(found)
    return any(overlap(said, terms(fact)) >= 0.6 * len(said) for fact in check.flat_facts)


def _reason(kind: str) -> str:
    return "overpromise" if kind == "guarantee" else "medical_advice"


def _excused(kind: str, folded: str, rules: dict[str, re.Pattern[str]]) -> bool:
    if kind == "guarantee":
        return bool(rules["guarantee_ok"].search(folded))
    return bool(rules["denied"].search(folded))


@lru_cache(maxsize=1)
def _rules() -> dict[str, re.Pattern[str]]:
    data: dict[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return {
        name: re.compile("|".join(entry["patterns"] if isinstance(entry, dict) else entry))
        for name, entry in data.items()
    }

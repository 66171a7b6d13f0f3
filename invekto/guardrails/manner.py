"""Manner: a second opinion on what a sentence does, beside the rules: insult or belittle, promise
what only a person may, advise on health, tell what stays inside."""

from __future__ import annotations

from functools import lru_cache

from invekto.contracts.guard import Outcome
from invekto.guardrails.manner_model import manner_model
from invekto.guardrails.promises import gives_as_told
from invekto.guardrails.quoting import as_worded
from invekto.guardrails.reply import Check
from invekto.guardrails.wording import overlap, terms

SURE = 0.6
"""Chance of not being right from which a person looks (`python -m invekto.evals.manner_folds`)."""
CERTAIN = 0.9
"""Chance from which the reply is blocked."""
SUPPORTED = 0.6
"""Share of a sentence's terms in one fact that lets it pass."""
EXPLAINED = {
    "leak": ("internal_leak", "reads like something that stays inside"),
    "medical_advice": ("medical_advice", "reads like medical advice"),
    "offensive": ("offensive", "reads like an insult"),
    "overpromise": ("overpromise", "reads like a promise that only a person may make"),
}


def check(check: Check) -> None:
    """Find sentences that are likelier wrong than right, that no fact says and that do not stand
    so in the tenant's approved wording."""
    seen = {finding.reason for finding in check.findings}
    worded = as_worded(check.sentences, check.reply.worded)
    for sentence in (one for one in check.sentences if one not in worded):
        chances = _chances(sentence.text)
        wrong = 1.0 - chances["ok"]
        if wrong < SURE:
            continue
        reason, explanation = EXPLAINED[max(EXPLAINED, key=chances.__getitem__)]
        given = reason == "overpromise" and gives_as_told(sentence.flat, check)
        if reason not in seen and not given and not _told(sentence.flat, check):
            outcome = Outcome.BLOCK if wrong >= CERTAIN else Outcome.ASK_PERSON
            check.find("manner", reason, outcome, sentence.text, explanation)


@lru_cache(maxsize=4_096)
def _chances(sentence: str) -> dict[str, float]:
    """Kept: what a business says it says again and again."""
    return manner_model().chances(sentence)


def _told(folded: str, check: Check) -> bool:
    said = terms(folded)
    return bool(said) and any(
        overlap(said, terms(fact)) >= SUPPORTED * len(said) for fact in check.flat_facts
    )

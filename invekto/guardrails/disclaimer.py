"""Health information goes with its disclaimer."""

from __future__ import annotations

from functools import lru_cache

from invekto.contracts.guard import Outcome
from invekto.guardrails.flat import flat
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Check
from invekto.guardrails.wording import overlap, terms

TOLD = 0.7
"""Share of its words that a sentence has which says the tenant's own."""
NEAR = 48
"""Characters before and after a doctor in which it is told that they decide."""


@lru_cache(maxsize=4_096)
def says_disclaimer(folded: str) -> bool:
    """Whether a sentence says that this is general information, is not the same for everybody, or
    that a doctor or an examination decides."""
    general = marks("disclaimer.general").search(folded)
    return bool(general or marks("disclaimer.differs").search(folded) or _left_to_doctor(folded))


def _left_to_doctor(folded: str) -> bool:
    """A doctor alone is none: that they decide must stand beside."""
    if folded.rstrip().endswith(("?", "؟")):
        return False
    return any(
        marks("disclaimer.decides").search(folded, max(0, m.start() - NEAR), m.end() + NEAR)
        for m in marks("disclaimer.doctor").finditer(folded)
    )


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
    given = [terms(own) for fact in check.flat_facts if (own := _own(fact))]
    return any(
        says_disclaimer(sentence.flat)
        or any(overlap(words, terms(sentence.flat)) >= TOLD * len(words) for words in given)
        for sentence in check.sentences
    )


def _own(fact: str) -> str | None:
    """The tenant's own sentence, where a fact gives it under a heading."""
    found = marks("disclaimer.own").match(fact)
    return found and (found["said"] or found["told"])


def append(text: str, check: Check) -> str:
    """The text with the policy's disclaimer as its last paragraph."""
    languages = check.policy.disclaimers
    sentence = languages.get(check.reply.language) or languages.get("en") or ""
    return f"{text.rstrip()}\n\n{sentence}".strip()

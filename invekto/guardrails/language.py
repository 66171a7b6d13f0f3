"""Language and length: the customer's language, no longer than the channel bears."""

from __future__ import annotations

import re

from invekto.contracts.guard import Outcome
from invekto.guardrails.reply import Check
from invekto.text.language import detect

KNOWN = frozenset({"tr", "en", "ar"})
_WORD = re.compile(r"[^\W\d_]{2,}")
FEW = 2
"""Words below which no language is told."""
SENTENCE = 6
"""Words of a sentence that is judged by itself."""
SURE = 0.9


def check(check: Check) -> None:
    """The whole reply and each longer sentence are in the customer's language."""
    wanted = check.reply.language
    if wanted in KNOWN:
        for text in _judged(check):
            spoken = detect(text, wanted)
            if spoken.language != wanted and spoken.confidence >= SURE:
                check.find(
                    "language", "wrong_language", Outcome.BLOCK, text[:80],
                    f"reads as {spoken.language}, the customer writes {wanted}",
                )  # fmt: skip
                break
    limits = check.policy.max_length
    limit = limits.get(check.reply.channel, limits.get("default", 4_000))
    if len(check.reply.text) > limit:
        check.find(
            "length", "too_long", Outcome.ASK_PERSON, "",
            f"{len(check.reply.text)} characters, {check.reply.channel} bears {limit}",
        )  # fmt: skip


def _judged(check: Check) -> list[str]:
    own = set(check.policy.disclaimers.values())
    longer = [
        s.text
        for s in check.sentences
        if len(_WORD.findall(s.text)) >= SENTENCE and s.text not in own
    ]
    whole = [check.reply.text] if len(_WORD.findall(check.reply.text)) >= FEW else []
    return whole if len(check.sentences) < 2 else [*whole, *longer]

"""Language and length: the customer's language, no longer than the channel bears.

What the business has only in another language may be quoted under a line of the customer's own: a
person looks at it before it goes out.
"""

from __future__ import annotations

import re

from invekto.contracts.guard import Outcome
from invekto.guardrails.quoting import quoted
from invekto.guardrails.reply import Check
from invekto.text.language import detect

KNOWN = frozenset({"tr", "en", "ar"})
_WORD = re.compile(r"[^\W\d_]{2,}")
FEW = 2
"""Words below which no language is told."""
SENTENCE = 6
"""Words of a sentence that is judged by itself."""
SURE = 0.9
SURE_OF_OTHERS = 0.8
"""The same for a language that is none of ours, of which no more is ever said."""


def check(check: Check) -> None:
    """The whole reply and each longer sentence are in the customer's language."""
    wanted = check.reply.language
    if wanted in KNOWN:
        _spoken(check, wanted)
    limits = check.policy.max_length
    limit = limits.get(check.reply.channel, limits.get("default", 4_000))
    if len(check.reply.text) > limit:
        check.find(
            "length", "too_long", Outcome.ASK_PERSON, "",
            f"{len(check.reply.text)} characters, {check.reply.channel} bears {limit}",
        )  # fmt: skip


def _spoken(check: Check, wanted: str) -> None:
    foreign = next(filter(None, (_foreign(text, wanted) for text in _judged(check))), None)
    if foreign is None:
        return
    quotes = quoted(check.reply.text, check.sentences, check.reply.facts)
    around = [sentence for sentence in check.sentences if sentence not in quotes]
    led = quotes and any(len(_WORD.findall(sentence.text)) >= SENTENCE for sentence in around)
    explained = led and not any(_foreign(sentence.text, wanted) for sentence in around)
    outcome = Outcome.ASK_PERSON if explained else Outcome.BLOCK
    text, spoken = foreign
    told = f"reads as {spoken}, the customer writes {wanted}"
    check.find("language", "wrong_language", outcome, text[:80], told)


def _foreign(text: str, wanted: str) -> tuple[str, str] | None:
    """The text and its language, where that is surely not the one that is wanted."""
    spoken = detect(text, wanted)
    enough = SURE if spoken.language in KNOWN else SURE_OF_OTHERS
    surely = spoken.language != wanted and spoken.confidence >= enough
    return (text, spoken.language) if surely else None


def _judged(check: Check) -> list[str]:
    own = set(check.policy.disclaimers.values())
    longer = [
        s.text
        for s in check.sentences
        if len(_WORD.findall(s.text)) >= SENTENCE and s.text not in own
    ]
    whole = [check.reply.text] if len(_WORD.findall(check.reply.text)) >= FEW else []
    return whole if len(check.sentences) < 2 else [*whole, *longer]

"""Language and length: the customer's language, no longer than the channel bears.

What the business has only in another language may be quoted under a line of the customer's own: a
person looks at it before it goes out.
"""

from __future__ import annotations

import re

from invekto.contracts.guard import Outcome
from invekto.guardrails.flat import flat
from invekto.guardrails.quoting import quoted
from invekto.guardrails.reply import Check
from invekto.text.language import detect

KNOWN = frozenset({"tr", "en", "ar"})
_WORD = re.compile(r"[^\W\d_]{2,}")
FEW = 2
"""Words below which no language is told."""
SENTENCE = 6
"""Words of a line that leads to a quotation."""
SHORT_SENTENCE, CLAUSE = 3, 5
"""Words of a sentence, and of a part of one, that are judged by themselves."""
SURE = 0.9
SURE_OF_PARTS = 0.97
"""The chance from which a text, or a part of it, is in another language of ours."""
SURE_OF_OTHERS = 0.8
"""The same for a language that is none of ours, of which no more is ever said."""
KNOWN_SHARE = 0.7
"""Share of a part's words that make it a quotation of a fact."""
_CLAUSE = re.compile(r"[,;:()—–،؛]\s")


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
    foreign = _foreign(check.reply.text, wanted, SURE) or _foreign_part(check, wanted)
    if foreign is None:
        return
    quotes = quoted(check.reply.text, check.sentences, check.reply.facts)
    around = [sentence for sentence in check.sentences if sentence not in quotes]
    led = quotes and any(len(_WORD.findall(sentence.text)) >= SENTENCE for sentence in around)
    explained = led and not any(_foreign(sentence.text, wanted, SURE) for sentence in around)
    outcome = Outcome.ASK_PERSON if explained else Outcome.BLOCK
    text, spoken = foreign
    told = f"reads as {spoken}, the customer writes {wanted}"
    check.find("language", "wrong_language", outcome, text[:80], told)


def _foreign(text: str, wanted: str, sure: float) -> tuple[str, str] | None:
    """The text and its language, where that is surely not the one that is wanted."""
    if len(_WORD.findall(text)) < FEW:
        return None
    spoken = detect(text, wanted)
    enough = sure if spoken.language in KNOWN else SURE_OF_OTHERS
    surely = spoken.language != wanted and spoken.confidence >= enough
    return (text, spoken.language) if surely else None


def _foreign_part(check: Check, wanted: str) -> tuple[str, str] | None:
    """The first sentence or clause in another language that is no name out of the facts."""
    own = set(check.policy.disclaimers.values())
    for sentence in check.sentences:
        if sentence.text in own:
            continue
        for part in _parts(sentence.text, whole=check.reply.text):
            foreign = _foreign(part, wanted, SURE_OF_PARTS)
            if foreign and (part == sentence.text or not _quotes(part, check)):
                return foreign
    return None


def _parts(sentence: str, *, whole: str) -> list[str]:
    """A sentence and its clauses, as far as they are long enough and not the `whole` reply, which
    is judged before."""
    found = [] if sentence == whole or len(_WORD.findall(sentence)) < SHORT_SENTENCE else [sentence]
    clauses = _CLAUSE.split(sentence)
    if len(clauses) > 1:
        found += [clause for clause in clauses if len(_WORD.findall(clause)) >= CLAUSE]
    return found


def _quotes(part: str, check: Check) -> bool:
    """Whether most of the words are a fact's own: the name of a product, a dish, a street."""
    words = _WORD.findall(flat(part))
    known = (sum(word in fact for word in words) for fact in check.flat_facts)
    return max(known, default=0) > KNOWN_SHARE * len(words)

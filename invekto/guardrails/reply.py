"""A reply on its way out and what the rails look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from invekto.contracts.guard import Finding, Outcome
from invekto.contracts.policy import Policy
from invekto.guardrails.flat import flat


@dataclass(frozen=True, slots=True)
class ReplyUnderCheck:
    """`facts` are plain sentences the reply may rest on (tool results, answers of FAQs, cited
    rows); `own` the tenant's published contacts; `language` what the customer reads; `worded` what
    the tenant's approved templates say, filled with what tools returned: true as it stands."""

    text: str
    language: str
    intent: str
    sector: str
    facts: list[str] = field(default_factory=list)
    own: frozenset[str] = frozenset()
    worded: tuple[str, ...] = ()
    disclaimer_required: bool = False
    channel: str = "whatsapp"
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the reply with its place in it."""

    start: int
    end: int
    text: str
    flat: str


_END = re.compile(r"(?:[.!?؟…]+(?=\s|$)|\n+)")
_ABBREVIATION = re.compile(
    r"(?:^|\s|\()(?:dr|prof|doc|dt|uzm|op|av|no|tel|mah|cad|sok|sk|apt|blv|vb|vs|orn|bkz|st|mr|mrs|ms|"
    r"approx|e\.g|i\.e|min|max|\d{1,2}|[a-z]|د|ا)\.$"
)


def split_sentences(text: str) -> list[Sentence]:
    """Sentences and lines, white space left out; a decimal point, an ordinal ("25. Kasım") or an
    abbreviation does not end one."""
    folded = flat(text)
    sentences: list[Sentence] = []
    start = 0
    for mark in _END.finditer(text):
        if (
            mark.group() == "."
            and _ABBREVIATION.search(folded[max(0, mark.end() - 12) : mark.end()])
            and text[mark.end() : mark.end() + 1] != "\n"
            and mark.end() != len(text)
        ):
            continue
        _add(sentences, text, folded, start, mark.end())
        start = mark.end()
    _add(sentences, text, folded, start, len(text))
    return sentences


def _add(into: list[Sentence], text: str, folded: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        into.append(Sentence(start, end, text[start:end], folded[start:end]))


@dataclass
class Check:
    """One run of the rails over one reply."""

    reply: ReplyUnderCheck
    policy: Policy
    findings: list[Finding] = field(default_factory=list)

    @cached_property
    def flat(self) -> str:
        """The reply folded, every character in its place."""
        return flat(self.reply.text)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The reply's sentences in order."""
        return split_sentences(self.reply.text)

    @cached_property
    def flat_facts(self) -> list[str]:
        """The facts folded."""
        return [flat(fact) for fact in self.reply.facts]

    def find(
        self, rail: str, reason: str, outcome: Outcome, quote: str = "", explanation: str = ""
    ) -> None:
        """Note an objection."""
        self.findings.append(Finding(rail, reason, outcome, quote.strip()[:200], explanation))

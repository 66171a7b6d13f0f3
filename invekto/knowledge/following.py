"""A question that leans on the one before: "kaç seans peki" after "implant ne kadar"."""

from __future__ import annotations

from collections.abc import Sequence

from invekto.contracts.passages import Passage
from invekto.knowledge.asking import asking, thing_words
from invekto.knowledge.attributes import wording
from invekto.llm.terms import terms

SHORT = 8
"""Words; a longer question says what it is about."""


def leans(question: str, language: str) -> bool:
    """Whether a question may need the one before it to be understood: a short one that goes on,
    or asks something that may be of the thing spoken of."""
    if not 0 < len(terms(question, language)) <= SHORT:
        return False
    return goes_on(question, language) or asking(question, language).attribute is not None


def marked(question: str, language: str) -> bool:
    """Whether a question says that it goes on with what was spoken of: "peki …", "and …"."""
    words = " ".join(term.folded for term in terms(question, language))
    return wording("goes_on").search(words) is not None


def goes_on(question: str, language: str) -> bool:
    """Whether a question says that it goes on with what was spoken of, or names nothing itself."""
    return marked(question, language) or not asking(question, language).things


def followed(question: str, before: str, language: str) -> str:
    """A question with what the one before was about; where it has no wish of its own (a price, a
    duration …), with the wish too."""
    own_wish = asking(question, language).wishes
    return f"{thing_words(before, language) if own_wish else before} {question}"


def carried(
    question: str, language: str, alone: Sequence[Passage], together: Sequence[Passage]
) -> list[Passage]:
    """What answers a question that leans on the one before: what was found `together` with it
    where it goes on, else what is likelier of that and what was found for it `alone`."""
    if together and goes_on(question, language):
        return list(together)
    return list(max(alone, together, key=lambda found: max((p.score for p in found), default=0.0)))

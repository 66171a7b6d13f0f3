"""A question that leans on the one before: "kaç seans peki" after "implant ne kadar"."""

from __future__ import annotations

from collections.abc import Sequence

from invekto.contracts.passages import Passage
from invekto.knowledge.asking import asking, thing_words
from invekto.knowledge.attributes import wording
from invekto.knowledge.stemming import stem_line, stopwords
from invekto.llm.terms import terms

SHORT = 8
"""Words; a longer question says what it is about."""


def leans(question: str, language: str) -> bool:
    """Whether a question may need the one before it to be understood."""
    words = [term.folded for term in terms(question, language)]
    return 0 < len(words) <= SHORT


def goes_on(question: str, language: str) -> bool:
    """Whether a question says that it goes on with what was spoken of, or names nothing itself."""
    words = " ".join(term.folded for term in terms(question, language))
    return wording("goes_on").search(words) is not None or not asking(question, language).things


def followed(question: str, before: str, language: str) -> str:
    """A question with what the one before was about; where it has no wish of its own (a price, a
    duration …), with the wish too."""
    own_wish = asking(question, language).wishes
    return f"{thing_words(before, language) if own_wish else before} {question}"


def carried(
    question: str, language: str, alone: Sequence[Passage], together: Sequence[Passage]
) -> list[Passage]:
    """What answers a question that leans on the one before: of what was found for it `alone` and
    `together` with the other, what is likelier. Where it does not say that it goes on, only what
    speaks of it too counts: what was asked before is not answered once more."""
    if together and goes_on(question, language):
        return list(together)
    spoken = [passage for passage in together if _speaks(question, language, passage)]
    return list(max((alone, spoken), key=lambda found: max((p.score for p in found), default=0.0)))


def _speaks(question: str, language: str, passage: Passage) -> bool:
    asked = asking(question, language)
    if asked.wishes or all(term.folded in stopwords() for term in terms(question, language)):
        return True
    text = " ".join((passage.title, *passage.heading, passage.text))
    stems = frozenset(stem_line(text, passage.language).split())
    return asked.lenient(stems & asked.hints, sorted(stems, key=len))[0] > 0

"""The extract that answers: whole sentences or table rows, word for word, with their source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from invekto.contracts.passages import Extract, Passage
from invekto.knowledge.asking import asking
from invekto.knowledge.blocks import ROW_GAP
from invekto.knowledge.sentences import sentences
from invekto.knowledge.stemming import stem_line

THRESHOLD = 0.5
"""Below this chance nothing is said: of what is said, about nine in ten are right."""
FIRST = 3
"""So many of the best passages may answer: the order weighs what is alike, the chance what
answers."""
LONGEST = 420
"""Characters of an extract."""
_CURRENCY = re.compile(
    r"[₺€$£]|\b(?:tl|try|lira|eur|euro|avro|usd|dolar|dollars?|gbp|sterlin)\b|ليرة|يورو|دولار",
    re.IGNORECASE,
)


def extract(question: str, passages: Sequence[Passage], language: str) -> Extract | None:
    """Of the first three passages the one that likeliest answers, trimmed to what does, or None
    where its chance is below the threshold."""
    best = max(passages[:FIRST], key=lambda passage: passage.score, default=None)
    if best is None or best.score < THRESHOLD:
        return None
    return Extract(_with_currency(_trimmed(question, best, language), best), (best,), best.score)


def _with_currency(text: str, passage: Passage) -> str:
    """A row of bare prices says under its heading in what money they are."""
    heading = passage.heading[-1] if passage.heading else ""
    bare = ROW_GAP in text and _CURRENCY.search(text) is None
    return f"{heading}: {text}" if bare and _CURRENCY.search(heading) else text


def _trimmed(question: str, passage: Passage, language: str) -> str:
    if len(passage.text) <= LONGEST:
        return passage.text
    parts = sentences(passage.text)
    asked = asking(question, language)
    worth = [asked.coverage(frozenset(stem_line(part, passage.language).split())) for part in parts]
    begin = finish = max(range(len(parts)), key=lambda at: worth[at])
    while True:
        wider = [(begin - 1, finish), (begin, finish + 1)]
        fitting = [
            (b, f)
            for b, f in wider
            if b >= 0 and f < len(parts) and len(" ".join(parts[b : f + 1])) <= LONGEST
        ]
        if not fitting:
            return " ".join(parts[begin : finish + 1])
        begin, finish = max(fitting, key=lambda span: sum(worth[span[0] : span[1] + 1]))

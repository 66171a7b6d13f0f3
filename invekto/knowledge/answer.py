"""The extract that answers: whole sentences or table rows, word for word, with their source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from invekto.contracts.passages import Extract, Passage
from invekto.knowledge.asking import Asking, asking
from invekto.knowledge.attributes import telling
from invekto.knowledge.blocks import ROW_GAP
from invekto.knowledge.sentences import sentences
from invekto.knowledge.stemming import stem_line
from invekto.text.normalise import spelled_out

THRESHOLD = 0.5
"""Below this chance nothing is said: of what is said, about nine in ten are right."""
FIRST = 3
"""So many of the best passages may answer: the order weighs what is alike, the chance what
answers."""
ABOUT = 0.3
"""A chance lower by so much is about the same, for a text in the asker's own language."""
LONGEST = 420
"""Characters of an extract."""
_CURRENCY = re.compile(
    r"[₺€$£]|\b(?:tl|try|lira|eur|euro|avro|usd|dolar|dollars?|gbp|sterlin)\b|ليرة|يورو|دولار",
    re.IGNORECASE,
)


def extract(question: str, passages: Sequence[Passage], language: str) -> Extract | None:
    """Of the first three passages the one that likeliest answers, trimmed to what does: one in the
    asker's language where it is about as likely. None where no chance reaches the threshold."""
    best = _likeliest(passages)
    own = _likeliest([passage for passage in passages if passage.language == language])
    if best is not None and own is not None and own.score >= best.score - ABOUT:
        best = own
    if best is None or best.score < THRESHOLD:
        return None
    asked = asking(spelled_out(question), language)
    told = _telling(asked, best) or _trimmed(asked, best)
    return Extract(_with_currency(told, best), (best,), best.score)


def _likeliest(passages: Sequence[Passage]) -> Passage | None:
    return max(passages[:FIRST], key=lambda passage: passage.score, default=None)


def _telling(asked: Asking, passage: Passage) -> str:
    """What tells the attribute that is asked for: a row's cells with the name of the row, or the
    sentences; empty where an FAQ answers as a whole, or nothing of the kind is asked."""
    if asked.attribute is None or passage.kind == "faq":
        return ""
    places = telling(asked.attribute.name, passage.text)
    if ROW_GAP in passage.text:
        cells = passage.text.split(ROW_GAP)
        return ROW_GAP.join(cells[at] for at in sorted({0, *places})) if places else ""
    parts = sentences(passage.text)
    worth = {at: asked.of_thing(_stems_of(parts[at], passage)) for at in places}
    most = max(worth.values(), default=0.0)
    told = " ".join(parts[at] for at in places if worth[at] == most)
    named = most == 1.0 or not told or not passage.heading
    return told if named else f"{passage.heading[-1]}: {told}"


def _with_currency(text: str, passage: Passage) -> str:
    """A row of bare prices says under its heading in what money they are."""
    heading = passage.heading[-1] if passage.heading else ""
    bare = ROW_GAP in text and _CURRENCY.search(text) is None
    return f"{heading}: {text}" if bare and _CURRENCY.search(heading) else text


def _stems_of(sentence: str, passage: Passage) -> frozenset[str]:
    """Stems of a sentence of a passage."""
    return frozenset(stem_line(sentence, passage.language).split())


def _trimmed(asked: Asking, passage: Passage) -> str:
    if len(passage.text) <= LONGEST:
        return passage.text
    parts = sentences(passage.text)
    worth = [asked.coverage(_stems_of(part, passage)) for part in parts]
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

"""Reranking: the best of a scan put in order by what their words say together.

A linear model on twenty figures. Its weights were learnt by listwise softmax regression on the
development half of the demo's questions and a quarter of the open half of XQuAD (tr, en, ar).
`dense` was set on multilingual-e5-small's vectors of the demo; `told`, `untold` and `absent`, there
and in the chance, by hand on `answers.jsonl` and the development half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from invekto.knowledge.about import About
from invekto.knowledge.asking import Asking
from invekto.knowledge.attributes import asks, telling
from invekto.knowledge.lines import Lines, lines_of

SURE = ("subject", "length", "row", "grams")
"""Figures that count once more, as far as the question's subject is a known one: what everyday
questions need is not what a question about anything in the world needs."""
TOLD = ("told", "untold", "absent")
"""Figures of questions that ask for something of a thing, or whether there is one."""
LENIENT = 6
"""So many of the best are searched for misspelt words too."""
NEARLY = 0.8
"""How far a sentence tells of a thing, against a table's cell, or an FAQ what it tells of all
("does it hurt?")."""
UNNAMED = 0.6
"""How far it is told at least of a thing that is no name of the tenant's catalogue: everyday words
need not be those of the text."""
WEIGHTS = {
    "words": 3.18,
    "grams": 5.67,
    "sentence": 1.75,
    "coverage": 4.81,
    "numbers": 3.29,
    "length": -0.43,
    "named": -1.38,
    "echo": 0.78,
    "faq": -2.53,
    "topic": 6.35,
    "subject": 1.99,
    "foreign": 0.93,
    "unpriced": -3.53,
    "unasked_price": -1.37,
    "untimed": -0.69,
    "told": 4.0,
    "untold": -1.5,
    "absent": -3.0,
    "sure_subject": 4.38,
    "sure_length": 1.41,
    "sure_row": 0.71,
    "sure_grams": -4.94,
    "dense": 40.0,
}
CHANCE = {
    "coverage": 0.2,
    "missing": -0.35,
    "topic": 2.9,
    "subject": -2.2,
    "sure_subject": 3.95,
    "numbers": 0.21,
    "unasked_price": -1.2,
    "gap": 0.53,
    "offside": -2.55,
    "elsewhere": -7.7,
    "told": 2.5,
    "untold": -3.0,
    "absent": -2.0,
}
CHANCE_BASE = -3.12
"""The chance that a passage is the right one, by logistic regression on the first three passages of
the development half of the demo's questions, answerable and not, and on XQuAD with and without the
passage that answers."""
WIDEST_GAP = 5.0
FIGURES = (
    "coverage", "missing", "sentence", "numbers", "length", "named", "echo", "faq", "row",
    "unpriced", "unasked_price", "untimed", "topic", "subject", "dense", "words", "grams",
    "foreign", *(f"sure_{name}" for name in SURE), "offside", "elsewhere", *TOLD, "gap",
)  # fmt: skip
"""What `Ranked.figures` are, in order."""

_AT = {name: at for at, name in enumerate(FIGURES)}
_SURE = [_AT[name] for name in SURE]
_WEIGHTS = np.array([WEIGHTS.get(name, 0.0) for name in FIGURES])
_CHANCE = np.array([CHANCE.get(name, 0.0) for name in FIGURES])


class Candidate(NamedTuple):
    """A row of the search statement. `words` and `grams` are shares of the best of the scan."""

    owner_id: str
    version: int
    chunk_index: int
    kind: str
    source_type: str
    title: str
    heading: list[str]
    page: int | None
    language: str
    content: str
    stems: str
    valid_until: date | None
    tags: list[str]
    words: float
    grams: float
    topic: float
    subject: float
    dense: float

    @property
    def chunk_id(self) -> str:
        return f"{self.owner_id}.{self.version}.{self.chunk_index}"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its rank value, the chance that it answers, and the `FIGURES` behind."""

    candidate: Candidate
    value: float
    chance: float
    figures: NDArray[np.float64]

    @property
    def why(self) -> dict[str, float]:
        """The figures by name."""
        return dict(zip(FIGURES, self.figures.round(3).tolist(), strict=True))


def rerank(asked: Asking, where: About, candidates: list[Candidate], language: str) -> list[Ranked]:
    """Best first. The candidates come in the order of the scan."""
    if not candidates:
        return []
    table = np.zeros((len(candidates), len(FIGURES)))
    table[:, : _AT["sure_subject"]] = [
        (*_said(asked, one, lenient=place < LENIENT), one.topic, one.subject, one.dense, one.words,
         one.grams, one.language != language)
        for place, one in enumerate(candidates)
    ]  # fmt: skip
    if not table[:, _AT["dense"]].all():
        table[:, _AT["dense"]] = 0
    table[:, _AT["sure_subject"] : _AT["offside"]] = table[:, _SURE] * math.sqrt(where.sure)
    table[:, _AT["offside"]] = where.offside
    table[:, _AT["elsewhere"]] = where.elsewhere * (1 - table[:, _AT["subject"]])
    if asked.attribute is not None or asked.there:
        table[:, _AT["told"] : _AT["gap"]] = [_told(asked, one) for one in candidates]
    values = table @ _WEIGHTS
    order = np.argsort(-values, kind="stable").tolist()
    table[order, _AT["gap"]] = _leads([candidates[at] for at in order], values[order].tolist())
    chances = 1 / (1 + np.exp(-(table @ _CHANCE + CHANCE_BASE)))
    return [
        Ranked(candidates[at], float(values[at]), float(chances[at]), table[at]) for at in order
    ]


def _leads(ranked: list[Candidate], values: list[float]) -> list[float]:
    """Each one's lead over the best of the others; an FAQ's other languages are no others."""
    first = ranked[0]
    second = next((at for at, other in enumerate(ranked) if not _same(first, other)), None)
    leads = []
    for one, value in zip(ranked, values, strict=True):
        best = second if _same(one, first) else 0
        lead = WIDEST_GAP if best is None else value - values[best]
        leads.append(max(-WIDEST_GAP, min(lead, WIDEST_GAP)))
    return leads


def _same(one: Candidate, other: Candidate) -> bool:
    return one is other or (one.kind == "faq" and one.owner_id == other.owner_id)


def _share(there: frozenset[str], name: frozenset[str]) -> float:
    return len(there) / len(name) if name else 0.0


def _said(asked: Asking, one: Candidate, *, lenient: bool) -> tuple[float, ...]:
    """What a candidate's stems say about the question: the figures up to `untimed`."""
    lines = lines_of(one.stems)
    row = float(one.kind == "row")
    hinted = lines.everything & asked.hints
    around = lines.around & hinted
    names = [name & hinted for name in lines.names]
    body = {line & hinted for line in lines.body}
    covered, missing = asked.covered(hinted), 1.0
    if lenient:
        covered, missing = asked.lenient(hinted, lines.by_length)
    priced = "#price" in lines.everything
    return (
        covered,
        missing,
        max([asked.covered(line | around if row else line) for line in body]),
        asked.numbered(lines.everything),
        lines.length,
        max([asked.covered(name | around) for name in names], default=0.0),
        max(map(_share, names, lines.names), default=0.0),
        float(one.kind == "faq"),
        row,
        float(asked.wants_price and not priced),
        row * float(priced and not asked.wants_price),
        float(asked.wants_duration and "#duration" not in lines.everything),
    )


def _told(asked: Asking, one: Candidate) -> tuple[float, float, float]:
    """How far the attribute asked for is told of the thing it is asked of, and how far not (both
    0 where none is asked for), and how far what there should be is not there."""
    lines = lines_of(one.stems)
    absent = asked.absent(lines.everything)
    if asked.attribute is None:
        return 0.0, 0.0, absent
    told = _telling(asked, asked.attribute.name, one, lines)
    return told, 1.0 - told, absent


def _telling(asked: Asking, name: str, one: Candidate, lines: Lines) -> float:
    unnamed = 0.0 if asked.own else UNNAMED
    if one.kind == "faq" and asks(name, one.title):
        if not asked.things:
            return _echo(asked, lines) ** 2
        general = asked.own and not asked.words.names_own(one.title, one.language)
        return max(asked.of_thing(lines.everything), NEARLY * general, unnamed)
    told = telling(name, one.content)
    if not told:
        return 0.0
    if one.kind == "row":
        nearly = NEARLY * asked.of_thing(lines.everything)
        return max(_echo(asked, lines), asked.of_thing(lines.own), nearly, unnamed)
    said = [line | lines.around for at, line in enumerate(lines.body) if at in told]
    return max(NEARLY * max(map(asked.of_thing, said), default=0.0), unnamed)


def _echo(asked: Asking, lines: Lines) -> float:
    """How far the question speaks of what a chunk is called."""
    return max((_share(name & asked.hints, name) for name in lines.names), default=0.0)

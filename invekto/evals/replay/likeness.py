"""How a draft differs from what an agent wrote without seeing it.

`agent/edits.py` judges an *edit* of a draft and calls every difference material that it cannot
explain. Two people asked the same question never write the same sentence, so a material
difference is looked at once more: does it concern what the reply states, or only how?
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from invekto.agent.edits import judge_edit, stated
from invekto.text.fold import fold
from invekto.text.lemma import lemma

FACTS = ("money", "time", "number", "link", "phone")
TURNED = ("negation", "who")
"""Kinds of difference that no other wording explains."""
COMMON = 0.5
"""Share of the shorter text's words that make two texts without facts say the same."""


class Likeness(StrEnum):
    SAME = "same"
    """Word for word, or a cosmetic difference."""
    AGREES = "agrees"
    """Other words; everything that the agent stated stands in the draft too."""
    UNCLEAR = "unclear"
    """Nothing contradicts, and too little is shared: a person has to look."""
    DIFFERS = "differs"
    """A fact, a negation or the side meant is another."""


@dataclass(frozen=True, slots=True)
class Compared:
    """`material` and `reasons` as `agent/edits.py` judges an edit from draft to reply."""

    likeness: Likeness
    material: bool
    reasons: tuple[str, ...]


def compare(draft: str, reply: str, language: str, when: datetime) -> Compared:
    """The draft against what was written in its place at `when`."""
    judged = judge_edit(draft, reply, language)
    likeness = Likeness.SAME if not judged.material else _other_words(draft, reply, language, when)
    if any(reason.startswith(TURNED) for reason in judged.reasons):
        likeness = Likeness.DIFFERS
    return Compared(likeness, judged.material, judged.reasons)


def _other_words(draft: str, reply: str, language: str, when: datetime) -> Likeness:
    ours, theirs = stated(draft, language, when), stated(reply, language, when)
    said, known = _values(theirs), _values(ours)
    if said - known:
        return Likeness.DIFFERS
    if said or _shared(draft, reply, language) >= COMMON:
        return Likeness.AGREES
    return Likeness.UNCLEAR


def _values(facts: dict[str, Counter[str]]) -> set[tuple[str, str]]:
    """By kind; a range as its two ends, so that "until 18.30" is part of "09.00–18.30"."""
    return {
        (kind, re.sub(r"(?<=:\d\d):00$", "", end))
        for kind in FACTS
        for value in facts.get(kind, ())
        for end in value.split("–")
        if end != "None"
    }


def _shared(draft: str, reply: str, language: str) -> float:
    one, other = _content(draft, language), _content(reply, language)
    least = min(len(one), len(other))
    return len(one & other) / least if least else 0.0


def _content(text: str, language: str) -> set[str]:
    words = re.findall(r"[^\W\d_]{3,}", fold(text))
    return {lemma(word, language)[:6] for word in words}

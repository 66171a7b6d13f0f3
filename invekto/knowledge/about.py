"""What a question is about: its topic and subjects as vectors, and how far it leads away from
everything a business speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from invekto.knowledge.subjects import Vector, shown, subjects
from invekto.llm.topics import topics

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class About:
    """`topic` and `subject` are vectors of unit length; `offside` is the chance that the message
    is no customer's at all, `elsewhere` the chance of a subject that businesses rarely speak of,
    `sure` that of the likeliest subject."""

    topic: Vector
    subject: Vector
    offside: float
    elsewhere: float
    sure: float


def about(question: str, language: str) -> About:
    """A question placed among topics and subjects."""
    broad, fine = topics(), subjects()
    topic, subject = broad.vector([question], language), fine.vector([question], language)
    return About(
        topic,
        shown(subject),
        float(topic[broad.names.index(OUT_OF_SCOPE)] ** 2),
        float((subject[fine.elsewhere] ** 2).sum()),
        float((subject**2).max()),
    )

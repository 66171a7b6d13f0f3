"""A question of its own that names a time: "bu arada cumartesi kaça kadar açıksınız", said to
"hangi gün", is not the day."""

from __future__ import annotations

from datetime import datetime

from invekto.agent.intents.dialogue.reading import Reading
from invekto.contracts.understanding import IntentGuess
from invekto.text.times import find_times

TIMES = ("date", "time", "choose", "slot")
"""Kinds of questions that a time answers."""
SURE = 0.9
"""Probability from which such a message may be a question of its own."""
LIKELY = 0.8
"""Probability from which words are a request rather than a name."""
LEAST_WORDS = 3
"""Words that are left of it without the time."""
NO_MATTER = frozenset(("greeting", "thanks_goodbye", "out_of_scope"))


def without_times(text: str, language: str, now: datetime) -> str:
    """A message without the times it names."""
    for mention in find_times(text, language, now):
        text = text.replace(mention.text, " ", 1)
    return " ".join(text.split())


def may_ask_else(kind: str, rest: str, best: IntentGuess) -> bool:
    """Whether a message is worth reading again without its times.

    Args:
        kind: of the question we asked.
        rest: the message without its times.
        best: the likeliest intent of the whole message.
    """
    reading = Reading.of(rest)
    return (
        kind in TIMES
        and best.probability >= SURE
        and not best.name.startswith("appointment")
        and best.name not in NO_MATTER
        and reading.has("question")
        and len(reading.words) >= LEAST_WORDS
    )


def is_a_request(kind: str, value: str, best: IntentGuess) -> bool:
    """Whether what may be read as a name is a request: "değiştirin o zaman", said to "your
    surname or the last digits", is no surname.

    Args:
        kind: of the question we asked.
        value: what the message was read as.
        best: the likeliest intent of the message.
    """
    named = kind == "proof" and not any(char.isdigit() for char in value)
    return named and best.probability >= LIKELY and best.name not in NO_MATTER

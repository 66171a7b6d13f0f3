"""What a message was understood to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Sentiment(StrEnum):
    CALM = "calm"
    ANNOYED = "annoyed"
    ANGRY = "angry"


class Urgency(StrEnum):
    CAN_WAIT = "can_wait"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class IntentGuess:
    """One request found in a message; `probability` is calibrated, within the tenant's packs."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Entity:
    """Something named in the text. `value` is normalised (ISO times, digits, catalogue ids)."""

    kind: str
    text: str
    start: int
    end: int
    value: Any
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class DialogueAnswer:
    """The message read as an answer to the question we asked: type is option, yes, no, value,
    any or other (a change of subject)."""

    type: str
    index: int | None = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class Understanding:
    """`intents` are the requests in order of mention; `alternatives` the likeliest intents of the
    whole message with their probabilities; `answered` is false where the system should ask or
    pass on; `unsure_between` names the intents a clarifying question should offer."""

    text: str
    language: str
    normal: str
    intents: tuple[IntentGuess, ...]
    alternatives: tuple[IntentGuess, ...]
    answered: bool
    unsure_between: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    answer: DialogueAnswer | None = None
    sentiment: Sentiment = Sentiment.CALM
    urgency: Urgency = Urgency.CAN_WAIT
    tags: tuple[str, ...] = ()
    source: str = "local"
    """`local`, `dialogue` (an answer to our question), `context` (with the message before it),
    `rule` or `model`."""
    model_version: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def main(self) -> IntentGuess:
        """The first request; `out_of_scope` at probability 0 where none was found."""
        return self.intents[0] if self.intents else IntentGuess("out_of_scope", 0.0)

    def first(self, kind: str) -> Entity | None:
        """The first entity of a kind, if any."""
        return next((e for e in self.entities if e.kind == kind), None)

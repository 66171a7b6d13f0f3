"""The customers. One by rules, deterministic for a seed; one played by the configured model."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from pydantic import BaseModel, Field

from invekto.agent.handling import Handled
from invekto.agent.state import WISH
from invekto.evals.personas.manners import does_not_know, in_mood, typed
from invekto.evals.personas.persona import Persona, ways
from invekto.llm.chat import Calls, ChatModel
from invekto.llm.purse import Purse


@dataclass(frozen=True, slots=True)
class Heard:
    """What the customer has before them: what was said to them, and what it asks for (None: it
    asks nothing). Nothing where a person has taken over and not yet written."""

    text: str | None
    asked: str | None
    with_person: bool


class SimulatedCustomer(Protocol):
    """Somebody who writes until they have what they want, or give up."""

    async def says(self, heard: Heard | None) -> list[str]:
        """The next messages; empty: they are done. None is heard before the first."""
        ...


def heard(handled: Handled) -> Heard:
    """What a turn said, as its customer understands it."""
    state = handled.worked.state
    task = state.dialogue.task if state.dialogue else None
    return Heard(
        text=handled.committed.reply,
        asked=task.asked.slot if task and task.asked else None,
        with_person=handled.committed.outcome == "handed_over",
    )


@dataclass
class ByRules:
    """Knows the answers of the persona's file and takes the assistant's question at its word."""

    persona: Persona
    seed: int
    written: int = 0
    repeated: int = 0
    changed: bool = False
    dice: Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = Random(f"{self.persona.name}:{self.seed}")

    @property
    def style(self) -> str:
        """This run's way of typing."""
        return self.persona.typing[self.seed % len(self.persona.typing)]

    @property
    def language(self) -> str:
        """The language of the next message."""
        switch = self.persona.switch
        return switch.to if switch and self.written >= switch.after else self.persona.language

    async def says(self, heard: Heard | None) -> list[str]:
        """See `SimulatedCustomer`."""
        text = self._next(heard)
        if text is None or self.written >= self.persona.patience:
            return []
        self.written += 1
        mooded = (
            in_mood(text, self.persona.mood, self.language, self.dice) if heard is None else text
        )
        return typed(mooded, self.style, self.language, self.dice)

    def _next(self, heard: Heard | None) -> str | None:
        change = self.persona.change
        if heard is None:
            return self._choose(self.persona.opening)
        if change and not self.changed and self.written >= change.after:
            self.changed = True
            return self._choose(change.say)
        if heard.asked is not None and not self._passes_over(heard.asked):
            return self._answer(heard.asked)
        if heard.with_person or heard.text or self.repeated >= self.persona.asks_again:
            return None
        self.repeated += 1
        return self._choose(self.persona.opening)

    def _passes_over(self, slot: str) -> bool:
        """An offer that the persona's file says nothing of is left without an answer."""
        return slot == WISH and slot not in self.persona.knows

    def _answer(self, slot: str) -> str:
        change = self.persona.change
        known = self.persona.knows | (change.knows if change and self.changed else {})
        said = known.get(slot) or known.get("*")
        return self._choose(said) if said else does_not_know(self.language, self.dice)

    def _choose(self, said: Any) -> str:
        return str(self.dice.choice(ways(said, self.language)))


class Reply(BaseModel):
    """What the model is asked for."""

    message: str = Field(
        description="The customer's next message; empty when done.", max_length=600
    )
    done: bool = Field(description="True when the goal is reached, refused, or with a person.")


INSTRUCTIONS = """You play a customer who writes to a business by WhatsApp. Stay in the role, write
only that customer's next message, short, as people type. Never invent facts that are not listed:
say that you do not know. Goal: {goal}
You know: {knows}
Mood: {mood}. Language: {language}. {change}
Answer done=true, with an empty message, once the goal is reached or refused, or a person takes
over."""


@dataclass
class ByModel:
    """Played by the configured endpoint; a persona's facts are invented, so nothing is masked."""

    persona: Persona
    model: ChatModel
    purse: Purse
    seed: int
    written: int = 0
    said: list[tuple[str, str]] = field(default_factory=list)

    async def says(self, heard: Heard | None) -> list[str]:
        """See `SimulatedCustomer`. Raises ModelUnavailable."""
        if heard is not None:
            self.said.append(("business", heard.text or "(no reply; a person will write)"))
        if self.written >= self.persona.patience:
            return []
        reply = await self.model.structured(
            self.purse, Calls(), "simulated_customer", self._messages(), Reply
        )
        if reply.done or not reply.message.strip():
            return []
        self.written += 1
        self.said.append(("customer", reply.message))
        return [reply.message]

    def _messages(self) -> list[tuple[str, str]]:
        persona, change = self.persona, self.persona.change
        told = INSTRUCTIONS.format(
            goal=persona.goal,
            knows="; ".join(f"{slot}: {said}" for slot, said in persona.knows.items()) or "nothing",
            mood=persona.mood,
            language=persona.language,
            change=f"After {change.after} messages say: {change.say}" if change else "",
        )
        roles = {"customer": "ai", "business": "human"}
        spoken = [(roles[who], text) for who, text in self.said]
        start = [] if spoken else [("human", f"(Begin the conversation. Variation {self.seed}.)")]
        return [("system", told), *start, *spoken]

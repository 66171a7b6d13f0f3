"""What a persona's file may say: who writes, what they want, know and do not know, how they type,
what changes midway, and how the tenant's records must stand at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from invekto.errors import BadData
from invekto.evals.scenario import Customer, Scenario, State, Table, Turn, listed

Language = Literal["tr", "en", "ar"]
Said = list[str] | dict[Language, list[str]]
"""Ways to say it, by language where it is not said in all."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Switch(_Part):
    """Another language from the message after so many."""

    after: int = Field(ge=1)
    to: Language


class Change(_Part):
    """Changes their mind: says `say` in place of the next answer once so many messages are
    written, and answers from `knows` from then on."""

    after: int = Field(ge=1)
    say: Said
    knows: dict[str, Said] = {}


class Persona(_Part):
    """A simulated customer and what their conversation must come to."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    about: str
    tenant: Literal["nehir-moda", "inci-dis", "lale-estetik"]
    kind: Literal["success", "failure", "refusal"]
    contact: Customer
    goal: str
    """In a sentence, for a customer played by a model."""
    opening: Said
    knows: dict[str, Said] = {}
    """Answers by what is asked (the slot's name); `*` answers whatever else is asked."""
    mood: Literal["calm", "hurried", "angry"] = "calm"
    typing: list[Literal["careful", "bare", "typos", "bursts", "capitals"]] = ["careful"]
    """Styles; every run takes the next."""
    language: Language = "tr"
    switch: Switch | None = None
    change: Change | None = None
    agent: Literal["accept", "reject", "take_over", "nothing"] = "accept"
    """What the person does with every draft."""
    patience: int = Field(default=8, ge=1, le=20)
    """Messages after which they give up."""
    asks_again: int = Field(default=1, ge=0)
    """How often they repeat themselves where nothing was asked and nothing came of it."""
    changes: dict[Table, int] = {}
    final: list[State] = []

    def scenario(self) -> Scenario:
        """As a scenario without turns of its own, for storing messages and scoring."""
        return Scenario(
            name=self.name,
            about=self.about,
            tenant=self.tenant,
            kind=self.kind,
            contact=self.contact,
            turns=[Turn()],
            changes=self.changes,
            final=self.final,
        )


def ways(said: Said, language: str) -> list[str]:
    """How it is said in a language; in the first there is where it is not said in this one."""
    if isinstance(said, list):
        return said
    return next(iter(v for k, v in said.items() if k == language), next(iter(said.values())))


def read_personas(files: Sequence[Path]) -> tuple[list[Persona], list[dict[str, Any]]]:
    """The personas of all files; one that is wrong is reported and the rest is read.

    Raises:
        BadData: a file cannot be read, or there is not one good persona.
    """
    good: list[Persona] = []
    problems: list[dict[str, Any]] = []
    for file in files:
        for at, raw in enumerate(listed(file, "personas"), 1):
            try:
                good.append(Persona.model_validate(raw))
            except ValidationError as error:
                problems.append({"file": str(file), "persona": at, "problem": str(error)})
    if not good:
        raise BadData(f"no usable persona in {', '.join(map(str, files))}: {problems[:1]}")
    twice = {p.name for p in good if sum(q.name == p.name for q in good) > 1}
    if twice:
        raise BadData(f"personas of the same name: {', '.join(sorted(twice))}")
    return good, problems

"""What a scenario file may say: a customer's conversation, what each turn must come to, and how
the tenant's records must stand at the end. `docs/schemas/scenario.json` is made from this."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from invekto.contracts.handover import HandOverReason
from invekto.errors import BadData

Outcome = Literal["answered", "suggested", "handed_over"]
Table = Literal[
    "appointments", "contacts", "conversations", "coupons", "handovers", "intent_examples",
    "knowledge_gaps", "leads", "messages", "order_requests", "orders", "outbound_messages",
    "payment_links", "privacy_requests", "quotes", "return_deflections", "slot_holds",
    "suggested_replies", "trust_verdicts", "turns", "waitlist",
]  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Customer(_Part):
    """Who writes. One of the demo's people by phone, or a stranger."""

    phone: str = Field(pattern=r"^\+\d{8,15}$")
    name: str | None = None
    verified: bool = True
    """Whether the channel vouches for the phone; a web chat does not."""
    consent: Literal["asked", "given", "refused", "withdrawn"] | None = None
    """Set before the first message; unset: as the tenant's records have it."""


class Expect(_Part):
    """What a turn must come to; what is not named is free."""

    outcome: Outcome | list[Outcome] | None = None
    intents: list[str] | None = None
    """Exactly these, in order."""
    reason: HandOverReason | None = None
    reply_has: list[str] = []
    """Each of these, compared without case; alternatives are parted by |."""
    reply_not: list[str] = []
    notices: list[str] | None = None
    actions: list[str] | None = None
    """Tools proposed, in order; an empty list: none may be."""
    asked: str | None = None
    """The slot of the question that waits for the customer after this turn."""


class Edit(_Part):
    """The agent sends the draft in other words."""

    edit: str


class Reject(_Part):
    """The agent throws the draft away."""

    reject: str
    corrected_intent: str | None = None


class Turn(_Part):
    """One message, or several in a burst, and what the agent then does."""

    say: str | list[str] = ""
    attachment: Literal["image", "audio", "document"] | None = None
    handled: bool = True
    """False: the message is stored and not answered yet, so that the open draft is stale."""
    expect: Expect = Expect()
    agent: Literal["accept", "take_over", "report_wrong"] | Edit | Reject | None = None
    agent_refused: bool = False
    """True where what the agent does must be refused with a conflict."""


class State(_Part):
    """Rows of a table: those `where` holds must be `count` many and have `fields`.

    `$contact` and `$conversation` stand for this scenario's own. A moment without a zone is
    Istanbul's.
    """

    table: Table
    where: dict[str, Any] = {}
    count: int | None = None
    fields: dict[str, Any] = {}


class Scenario(_Part):
    """A conversation. Scored on the final state first, then on its turns."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    about: str
    tenant: Literal["nehir-moda", "inci-dis", "lale-estetik"]
    kind: Literal["success", "failure", "refusal"]
    """What the customer gets: what they wanted; a person, because we could not; a no."""
    clock: datetime | None = None
    """The present moment; unset: a Wednesday, 10:30 in Istanbul."""
    contact: Customer
    turns: list[Turn] = Field(min_length=1)
    changes: dict[Table, int] = {}
    """Rows added, changed or removed in tables of the world; in all others of them: none."""
    final: list[State] = []


class ScenarioFile(_Part):
    """A file of scenarios."""

    scenarios: list[Scenario] = Field(min_length=1)


def schema() -> dict[str, Any]:
    """The JSON Schema of a file."""
    return ScenarioFile.model_json_schema()


def read_scenarios(
    files: Sequence[Path],
) -> tuple[list[Scenario], list[dict[str, Any]]]:
    """The scenarios of all files; one that is wrong is reported and the rest is read.

    Raises:
        BadData: a file cannot be read, or there is not one good scenario.
    """
    good: list[Scenario] = []
    problems: list[dict[str, Any]] = []
    for file in files:
        for at, raw in enumerate(listed(file, "scenarios"), 1):
            try:
                good.append(Scenario.model_validate(raw))
            except ValidationError as error:
                problems.append({"file": str(file), "scenario": at, "problem": str(error)})
    if not good:
        raise BadData(f"no usable scenario in {', '.join(map(str, files))}: {problems[:1]}")
    _each_its_own(good)
    return good, problems


def listed(file: Path, name: str) -> list[Any]:
    """The list `name` of a YAML file. Raises BadData where it cannot be read or has none."""
    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadData(f"{file} cannot be read: {error}", file=str(file)) from error
    raw = told.get(name) if isinstance(told, dict) else None
    if not isinstance(raw, list):
        raise BadData(f"{file} has no list `{name}`", file=str(file))
    return raw


def _each_its_own(scenarios: Sequence[Scenario]) -> None:
    """All run on one database: a customer with two scenarios would carry one into the other."""
    seen: dict[tuple[str, str], str] = {}
    names: set[str] = set()
    for scenario in scenarios:
        if scenario.name in names:
            raise BadData(f"two scenarios are called {scenario.name}: give one another name")
        names.add(scenario.name)
        key = (scenario.tenant, scenario.contact.phone)
        if key in seen:
            raise BadData(
                f"{scenario.name} and {seen[key]} have the same customer {scenario.contact.phone}:"
                " give each scenario its own"
            )
        seen[key] = scenario.name


if __name__ == "__main__":
    import json

    print(json.dumps(schema(), ensure_ascii=False, indent=2))

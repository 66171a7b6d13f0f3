"""What a playbook runs in, and what a run has gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from invekto.agent.playbooks.loader import LoadedPlaybook
from invekto.agent.playbooks.topic import Topic
from invekto.agent.state import Task
from invekto.contracts.action import ProposedAction
from invekto.contracts.evidence import Path
from invekto.contracts.passages import Passage
from invekto.contracts.understanding import DialogueAnswer, Entity
from invekto.tools.contract import Tool, ToolContext


@dataclass(frozen=True, slots=True)
class Setting:
    """What a playbook runs in: fixed for the turn."""

    context: ToolContext
    tools: Mapping[str, Tool[Any, Any]]
    entities: tuple[Entity, ...]
    answer: DialogueAnswer | None
    text: str
    language: str
    passages: tuple[Passage, ...]
    extract: Any
    """(question, passages, language) -> Quoted | None, from the knowledge room."""
    base: Mapping[str, Any]
    """Names every template may use: isim, firma, selam, now, today …"""
    topic: Topic | None = None
    """What was spoken of a moment ago."""


@dataclass
class Run:
    """What one run has gathered; grows step by step."""

    loaded: LoadedPlaybook
    task: Task
    setting: Setting
    probability: float
    scope: dict[str, Any]
    slots: dict[str, Any]
    facts: list[str] = field(default_factory=list)
    actions: list[ProposedAction] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    proven: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    """By kind, the product or treatment this run is about."""
    path: Path = Path.PLAYBOOK

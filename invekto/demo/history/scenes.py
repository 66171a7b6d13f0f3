"""What was asked in the weeks before, by whom and how often: read from scenes.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "scenes.yaml"


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing customers asked. `slips` are (share of the time, verdict) of wrong replies."""

    language: str
    often: int
    say: tuple[str, ...]
    begins: float = 0.0
    slips: tuple[tuple[float, str], ...] = ()
    order: bool = False
    prices: bool = False
    answer: str = ""
    """What a person wrote after a hand-over."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that the knowledge did not answer."""

    times: int
    language: str
    say: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """The history of one business."""

    people: tuple[str, ...]
    checks: str
    names: dict[str, list[str]]
    scenes: tuple[Scene, ...]
    pinned: tuple[str, ...] = ()
    """Intents that a supervisor let answer by themselves from the first day on."""
    unanswered: tuple[Unanswered, ...] = ()
    leads: dict[str, int] = field(default_factory=dict)
    deflections: dict[str, int] = field(default_factory=dict)
    visits: dict[str, int] = field(default_factory=dict)
    interests: tuple[str, ...] = ()
    """What leads want; else what they had written."""
    requests: tuple[dict[str, Any], ...] = ()
    """What was asked for orders, `hours` ago."""


def read_stories(path: Path = FILE) -> dict[str, Story]:
    """The stories by tenant."""
    raw: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {tenant: _story(about) for tenant, about in raw.items()}


def _story(about: dict[str, Any]) -> Story:
    return Story(
        people=tuple(about["people"]),
        checks=about["checks"],
        names=about["names"],
        scenes=tuple(_scene(row) for row in about["scenes"]),
        pinned=tuple(about.get("pinned", ())),
        unanswered=tuple(
            Unanswered(row["times"], row["language"], tuple(row["say"]))
            for row in about.get("unanswered", ())
        ),
        leads=about.get("leads", {}),
        deflections=about.get("deflections", {}),
        visits=about.get("visits", {}),
        interests=tuple(about.get("interests", ())),
        requests=tuple(about.get("requests", ())),
    )


def _scene(row: dict[str, Any]) -> Scene:
    return Scene(
        language=row["language"],
        often=row["often"],
        say=tuple(row["say"]),
        begins=row.get("from", 0.0),
        slips=tuple((moment, kind) for moment, kind in row.get("slips", ())),
        order=row.get("order", False),
        prices=row.get("prices", False),
        answer=row.get("answer", ""),
    )

"""The patterns by which the readings of a sentence know what it is about."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

RULES = Path(__file__).parent / "rules" / "readings.yaml"


@cache
def marks(name: str) -> re.Pattern[str]:
    """The pattern `room.name` of `rules/readings.yaml`, over folded text.

    Raises KeyError for a name that is not there."""
    room, key = name.split(".")
    return re.compile("|".join(_rooms()[room][key]))


@cache
def _rooms() -> dict[str, dict[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return data

"""What request bodies have in common: nothing unknown, nothing that cannot be stored."""

from __future__ import annotations

import math
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Body(BaseModel):
    """A request body. Null bytes and halves of surrogate pairs are dropped from its texts."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        return storable(value)


DEEPEST = 40
"""Levels of nesting that are kept."""


def storable(value: Any, depth: int = 0) -> Any:
    """`value` with every text and number in it fit for the database."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "ignore").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return {storable(key): storable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item, depth + 1) for item in value]
    return value

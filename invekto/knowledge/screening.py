"""Whether a piece of a document tries to steer the assistant.

The guardrails' model judges; but it takes 10 ms and is meant for messages, so only pieces that
name a machine or an order to one, or that hide something, are shown to it. A flagged piece is
data all the same: it is reported to the manager and not quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

import yaml

from invekto.guardrails.injection import screen
from invekto.text.normalise import fold

WHOLE = 4
"""Shorter words must stand alone."""
_HIDDEN = re.compile("[\u200b-\u200d\u2060-\u2064\U000e0000-\U000e007f]|<!--|[A-Za-z0-9+/]{48,}")


@cache
def _steering() -> re.Pattern[str]:
    raw = (resources.files("invekto.knowledge") / "data/steering.yaml").read_text("utf-8")
    words = (re.escape(fold(word)) for word in yaml.safe_load(raw))
    return re.compile("|".join(rf"\b{w}\b" if len(w) < WHOLE else rf"\b{w}" for w in words))


def steering(facts: Iterable[str]) -> bool:
    """Whether records that a tool read try to steer the assistant: a note, a name, a review."""
    return looks_like_instructions("\n".join(fact for fact in facts if _suspect(fact)))


def looks_like_instructions(text: str) -> bool:
    """The default screen of ingest."""
    return _suspect(text) and screen(text, source="file").manipulates


def _suspect(text: str) -> bool:
    return bool(_HIDDEN.search(text) or _steering().search(fold(text)))

"""How somebody types. Digits, and words with digits in them, are never touched: a customer who
mistypes an order number means another order."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from invekto.text.fold import fold

LONG = 6
"""Letters from which a word may carry a slip."""


def typed(text: str, style: str, language: str, dice: Random) -> list[str]:
    """The messages in which a text arrives; one, but for bursts."""
    if style == "bare":
        return [fold(re.sub(r"[;!?,.](?!\d)", "", _shortened(text, language)))]
    if style == "typos":
        return [_slipped(text, dice)]
    if style == "capitals":
        return [_upper(text, language)]
    if style == "bursts":
        parts = [part for part in re.split(r"(?<=[,.!?])\s+", text) if part.strip()]
        return parts or [text]
    return [text]


def in_mood(text: str, mood: str, language: str, dice: Random) -> str:
    """The text with what the mood adds; a calm one stays as it is."""
    additions = _words()["moods"].get(mood, {}).get(language)
    if not additions:
        return text
    before, behind = dice.choice(additions)
    return f"{before}{text}{behind}"


def does_not_know(language: str, dice: Random) -> str:
    """What they say to a question they cannot answer."""
    return str(dice.choice(_words()["unknown"][language]))


def _shortened(text: str, language: str) -> str:
    for long, short in _words()["short"][language].items():
        text = re.sub(rf"\b{long}\b", short, text, flags=re.IGNORECASE)
    return text


def _slipped(text: str, dice: Random) -> str:
    """Two letters change places inside one long word."""
    places = [m for m in re.finditer(r"[^\W\d_]+", text) if len(m.group()) >= LONG]
    if not places:
        return text
    word = dice.choice(places)
    at = word.start() + dice.randrange(1, len(word.group()) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _upper(text: str, language: str) -> str:
    if language == "tr":
        text = text.replace("i", "İ").replace("ı", "I")
    return text.upper()


@cache
def _words() -> dict[str, Any]:
    text = files("invekto.evals.personas").joinpath("manners.yaml").read_text("utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words

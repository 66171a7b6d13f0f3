"""Sentiment and urgency: signals for hand-over and tagging, from listed signs."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from invekto.contracts.understanding import Sentiment, Urgency
from invekto.text.fold import fold

_PATH = Path(__file__).parent / "mood.yaml"
_SHOUT = re.compile(r"!{2,}|\?{3,}|!\?|\?!")
_URGENT_INTENTS = frozenset(("emergency",))
_ANGRY_INTENTS = frozenset(("complaint",))


def sentiment(text: str, intent: str = "", probability: float = 0.0) -> Sentiment:
    """Calm, annoyed or angry; `intent` is what the message was classified as."""
    folded = f" {fold(text)}"
    points = 2.0 * _count(folded, "angry") + 1.0 * _count(folded, "annoyed")
    points -= 1.0 * _count(folded, "calm")
    points += 3.0 * any(c in _signs("angry_emoji") for c in text)
    points += 1.0 * any(c in _signs("annoyed_emoji") for c in text)
    points += 1.0 * bool(_SHOUT.search(text)) + 1.0 * _is_shouted(text)
    if intent in _ANGRY_INTENTS:
        points += 2.0 * probability
    if points >= 3.0:
        return Sentiment.ANGRY
    return Sentiment.ANNOYED if points >= 1.0 else Sentiment.CALM


def urgency(text: str, intent: str = "") -> Urgency:
    """Whether it can wait."""
    hurried = intent in _URGENT_INTENTS or _count(f" {fold(text)}", "now") > 0
    return Urgency.NOW if hurried else Urgency.CAN_WAIT


def _is_shouted(text: str) -> bool:
    letters = [c for c in text if c.isalpha() and c.lower() != c.upper()]
    return len(letters) >= 12 and sum(c.isupper() for c in letters) > 0.8 * len(letters)


def _count(folded: str, name: str) -> int:
    return len(_pattern(name).findall(folded))


@cache
def _signs(name: str) -> str:
    return str(yaml.safe_load(_PATH.read_text(encoding="utf-8"))[name])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    signs = yaml.safe_load(_PATH.read_text(encoding="utf-8"))[name]
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(fold(str(s))) for s in signs) + ")")

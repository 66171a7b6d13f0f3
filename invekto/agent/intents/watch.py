"""Intents that must not be missed: they win over everything from a probability below the usual,
and from a few signs that leave no doubt."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from invekto.agent.intents.concepts import lexicon
from invekto.agent.intents.features import tokens
from invekto.text.fold import fold

WATCHED = ("emergency", "privacy_request", "opt_out", "human_request")
"""In order of precedence."""
_PATH = Path(__file__).parent / "watch.yaml"
_BARE = re.compile(r"[^\w]+")


def signs(text: str) -> tuple[str, ...]:
    """Watched intents that the wording alone proves."""
    folded = fold(text)
    bare = _BARE.sub(" ", folded).strip()
    return tuple(
        name
        for name in WATCHED
        if bare in _bare_words(name)
        or ((pattern := _pattern(name)) is not None and _says(pattern, name, folded))
    )


def is_ambiguous_stop(text: str) -> bool:
    """A bare "iptal": of an order, of a visit, or of the messages?"""
    return _BARE.sub(" ", fold(text)).strip() in _bare_words("ambiguous")


def is_over(text: str) -> bool:
    """Whether a symptom is named that has passed, is denied, or is only asked about."""
    return _over().search(fold(text)) is not None


def is_elsewhere(text: str) -> bool:
    """Whether no symptom is named and the message is about money or a parcel, or says next to
    nothing."""
    if names_symptom(text):
        return False
    return len(text.split()) <= 2 or _elsewhere().search(fold(text)) is not None


@cache
def _elsewhere() -> re.Pattern[str]:
    raw: dict[str, list[str]] = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{p})" for p in raw["elsewhere"]))


def names_symptom(text: str) -> bool:
    """Whether a word of the message is one of bodily symptoms."""
    return any("SYMPTOM" in concepts for concepts in lexicon().sequence(tokens(text)))


@cache
def _over() -> re.Pattern[str]:
    raw: dict[str, list[str]] = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{p})" for p in raw["over"]))


def _says(pattern: re.Pattern[str], name: str, folded: str) -> bool:
    if pattern.search(folded) is None:
        return False
    denied = _pattern(f"not_{name}")
    return denied is None or denied.search(folded) is None


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    raw: dict[str, dict[str, list[str]]] = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return raw


@cache
def _bare_words(name: str) -> frozenset[str]:
    return frozenset(fold(str(word)) for word in _lists()["bare"].get(name, ()))


@cache
def _pattern(name: str) -> re.Pattern[str] | None:
    patterns = _lists()["patterns"].get(name)
    return re.compile("|".join(f"(?:{p})" for p in patterns)) if patterns else None

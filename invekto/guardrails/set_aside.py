"""A rule of the facts set aside: what may be returned "even if it has been opened"."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.ground import Ground
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import negative

RULES = Path(__file__).parent / "rules" / "set_aside.yaml"


def rule_set_aside(sentence: Sentence, ground: Ground) -> str | None:
    """The condition that a sentence says does not matter, where a fact demands it."""
    rules = _rules()
    match = rules["even_if"].search(sentence.flat)
    if match is None:
        return None
    rest = sentence.flat[: match.start()] + " . " + sentence.flat[match.end() :]
    if negative(rest) or rules["refuses"].search(rest):
        return None
    for condition in _conditions():
        if condition.search(match.group()) and any(
            condition.search(c.text) and _demands(c.text) for c in ground.statements
        ):
            return f"“{match.group().strip()[:80]}”: the facts make it a condition"
    return None


def _demands(folded: str) -> bool:
    rules = _rules()
    return not rules["waives"].search(folded) and bool(
        negative(folded) or rules["demands"].search(folded)
    )


@lru_cache(maxsize=1)
def _rules() -> dict[str, re.Pattern[str]]:
    return {name: re.compile("|".join(some)) for name, some in _read().items()}


@lru_cache(maxsize=1)
def _conditions() -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, _read()["conditions"]))


@lru_cache(maxsize=1)
def _read() -> dict[str, list[str]]:
    data: dict[str, list[str]] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return data

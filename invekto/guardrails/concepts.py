"""What a text talks about, in words of manipulation and of what goes with it, whatever the
language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.stems import StemIndex

HERE = Path(__file__).parent / "rules"
MANIPULATION = HERE / "attack_words.yaml"
TURNS = HERE / "turn_words.yaml"
_OF_TURNS = "turn:"


@lru_cache(maxsize=1)
def _index() -> StemIndex:
    """The words of manipulation, and those of turns under a name of their own."""
    words = yaml.safe_load(MANIPULATION.read_text(encoding="utf-8"))
    turns = yaml.safe_load(TURNS.read_text(encoding="utf-8"))
    return StemIndex(words | {_OF_TURNS + name: stems for name, stems in turns.items()})


def concepts(surface: str) -> list[tuple[int, str]]:
    """(place, concept) of manipulation in order of mention; a place may have several."""
    return [found for found in all_concepts(surface) if not found[1].startswith(_OF_TURNS)]


@lru_cache(maxsize=64)
def all_concepts(surface: str) -> tuple[tuple[int, str], ...]:
    """The same, with what else the sentence is about."""
    return tuple((start, meaning) for start, _, meaning in _index().find(surface))

"""What a text talks about, in words of manipulation, whatever the language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.stems import StemIndex

RULES = Path(__file__).parent / "rules" / "attack_words.yaml"


@lru_cache(maxsize=1)
def _index() -> StemIndex:
    return StemIndex(yaml.safe_load(RULES.read_text(encoding="utf-8")))


def concepts(surface: str) -> list[tuple[int, str]]:
    """(place, concept) in order of mention; a place may have several."""
    return [(start, meaning) for start, _, meaning in _index().find(surface)]

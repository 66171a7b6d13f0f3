"""What a text talks about, in words of manipulation, whatever the language."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.flat import plain

RULES = Path(__file__).parent / "rules" / "attack_words.yaml"
_START = re.compile(r"(?<!\w)\S")
_HEAD = 2


@lru_cache(maxsize=1)
def _stems() -> dict[str, list[tuple[str, str, bool]]]:
    """First letters → (stem, concept, whole word)."""
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    index: dict[str, list[tuple[str, str, bool]]] = {}
    for concept, entries in data.items():
        for entry in entries:
            raw = str(entry)
            stem = plain(raw.removeprefix("="))
            if raw.endswith(" "):
                stem += " "
            index.setdefault(stem[:_HEAD], []).append((stem, concept, raw.startswith("=")))
    return index


def concepts(surface: str) -> list[tuple[int, str]]:
    """(place, concept) in order of mention; a place may have several."""
    index = _stems()
    found: list[tuple[int, str]] = []
    for match in _START.finditer(surface):
        at = match.start()
        found += _here(surface, at, index)
        if surface[at] in "ولبف" or surface.startswith("ال", at):
            found += _here(surface, at + 1, index)
    return found


def _here(
    surface: str, at: int, index: dict[str, list[tuple[str, str, bool]]]
) -> list[tuple[int, str]]:
    found = []
    for stem, concept, whole in index.get(surface[at : at + _HEAD], ()):
        if surface.startswith(stem, at):
            after = surface[at + len(stem) : at + len(stem) + 1]
            if not whole or not (after.isalnum()):
                found.append((at, concept))
    return found

"""Words of courtesy and of service, which state nothing that needs a fact."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.flat import flat

STEM = 5
"""Letters that a term keeps."""
SHORT = 3
"""A shorter Latin word is no beginning of a longer one: "ne" is not the beginning of "nevresim"."""
RULES = Path(__file__).parent / "rules" / "service_words.yaml"


def serves(term: str) -> bool:
    """Whether a term is a word of courtesy or service, which states nothing."""
    return any(
        term == word if len(word) <= SHORT and word.isascii() else term.startswith(word)
        for word in _service_words().get(term[:2], ())
    )


@lru_cache(maxsize=1)
def _service_words() -> dict[str, tuple[str, ...]]:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    index: dict[str, list[str]] = {}
    for entries in data.values():
        for word in entries:
            folded = flat(str(word))[:STEM]
            index.setdefault(folded[:2], []).append(folded)
    return {key: tuple(entries) for key, entries in index.items()}

"""What things are called in other languages, for a catalogue that knows a single one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources

import yaml

from invekto.text.normalise import fold

PREFIXES = ("وال", "بال", "لل", "ال", "و", "ب", "ل")
"""What Arabic writes before a noun as one word with it."""
ENDINGS = ("ات", "ين", "ان", "ه", "s")
SHORTEST = 3


def called(word: str) -> frozenset[str]:
    """The other words for a thing, folded; of a folded word. Empty where it is not known."""
    table = _table()
    return next((table[form] for form in _forms(word) if form in table), frozenset())


def _forms(word: str) -> Iterator[str]:
    yield word
    bare = next((word[len(p) :] for p in PREFIXES if _may_lose(word, len(p), p)), word)
    yield bare
    for form in (word, bare):
        for ending in ENDINGS:
            if form.endswith(ending) and len(form) - len(ending) >= SHORTEST:
                yield form.removesuffix(ending)


def _may_lose(word: str, length: int, prefix: str) -> bool:
    return word.startswith(prefix) and len(word) - length >= SHORTEST


@cache
def _table() -> dict[str, frozenset[str]]:
    text = (resources.files("invekto.tools") / "words" / "things.yaml").read_text("utf-8")
    rows = [[fold(str(word)) for word in row] for row in yaml.safe_load(text)]
    table: dict[str, set[str]] = {}
    for row in rows:
        for word in row:
            table.setdefault(word, set()).update(other for other in row if other != word)
    return {word: frozenset(others) for word, others in table.items()}

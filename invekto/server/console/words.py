"""The pages' own words, by language: `words/<language>*.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("tr", "en")
FOLDER = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Words:
    """`w("inbox.send")` looks a sentence up; what is missing shows as its own name."""

    language: str
    flat: dict[str, str]

    def __call__(self, key: str, **given: object) -> str:
        text = self.flat.get(key, key.rpartition(".")[2].replace("_", " "))
        return text.format(**given) if given else text

    def has(self, key: str) -> bool:
        """Whether the catalogue has the sentence."""
        return key in self.flat

    def part(self, prefix: str) -> dict[str, str]:
        """All sentences under a heading, for scripts."""
        start = f"{prefix}."
        return {k.removeprefix(start): v for k, v in self.flat.items() if k.startswith(start)}


@cache
def words(language: str) -> Words:
    """The catalogue of a language."""
    files = sorted(FOLDER.glob(f"{language}*.yaml"))
    raws = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in files]
    return Words(language, dict(pair for raw in raws for pair in _flat(raw, "")))


def _flat(raw: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in raw.items():
        name = f"{prefix}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, str(value))]
    return found

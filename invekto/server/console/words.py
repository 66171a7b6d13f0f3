"""The pages' own words by language, `words/<language>*.yaml`; what others say, `told.yaml`."""

from __future__ import annotations

import re
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

    def told(self, message: str) -> str:
        """What another room said of a file, a form or a draft, in this language; as it was said
        where it is not known."""
        for pattern, template in _told(self.language):
            if found := pattern.fullmatch(message):
                return template.format(*found.groups())
        return message

    def tag(self, tag: str) -> str:
        """A conversation's tag in this language; one that a person made up stays as it is."""
        for name in (f"tags.{tag}", f"intents.{tag}"):
            if self.has(name):
                return self(name)
        kind, _, value = tag.partition(":")
        return f"{self(f'tags.{kind}')}: {value}" if value and self.has(f"tags.{kind}") else tag

    def hidden(self, kind: str) -> str:
        """What stands in the place of a personal value of this kind."""
        return self(f"hidden.{kind}")

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


@cache
def _told(language: str) -> list[tuple[re.Pattern[str], str]]:
    raw = yaml.safe_load((FOLDER / "told.yaml").read_text(encoding="utf-8")).get(language, {})
    return [
        (re.compile(re.sub(r"\\{\d\\}", "(.+?)", re.escape(said)), re.DOTALL), template)
        for said, template in raw.items()
    ]


def _flat(raw: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in raw.items():
        name = f"{prefix}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, str(value))]
    return found

"""A lexicon of folded stems, looked up at the start of each word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from invekto.guardrails.flat import plain

_START = re.compile(r"(?<!\w)(?<!\d')\S")
_HEAD = 2


class StemIndex:
    """Meaning by stem. A stem matches any ending; one written with `=` the whole word only."""

    def __init__(self, entries: Mapping[str, list[Any]]) -> None:
        self._index: dict[str, list[tuple[str, str, bool]]] = {}
        for meaning, stems in entries.items():
            for raw in map(str, stems):
                stem = plain(raw.removeprefix("=")) + (" " if raw.endswith(" ") else "")
                whole = raw.startswith("=")
                for spelling in _softened(stem):
                    self._index.setdefault(spelling[:_HEAD], []).append((spelling, meaning, whole))
        for known in self._index.values():
            known.sort(key=lambda entry: -len(entry[0]))

    def find(self, folded: str) -> list[tuple[int, int, str]]:
        """(start, end of the stem, meaning) in order; one word may have several meanings."""
        found: list[tuple[int, int, str]] = []
        for match in _START.finditer(folded):
            at = match.start()
            found += self.at(folded, at)
            if folded[at] in "ولبفك" or folded.startswith("ال", at):
                found += self.at(folded, at + 1)
                found += self.at(folded, at + 2) if folded.startswith(("ال", "لل"), at) else []
                found += self.at(folded, at + 3) if folded.startswith("ال", at + 1) else []
        return found

    def at(self, folded: str, at: int) -> list[tuple[int, int, str]]:
        """Meanings of the word that starts at `at`."""
        found = []
        for stem, meaning, whole in self._index.get(folded[at : at + _HEAD], ()):
            if folded.startswith(stem, at):
                end = at + len(stem)
                if not whole or not folded[end : end + 1].isalnum():
                    found.append((at, end, meaning))
        return found


def _softened(stem: str) -> tuple[str, ...]:
    """A Turkish stem and its form before a vowel: gömlek, gömleğ-."""
    soft = {"k": "g", "t": "d", "p": "b"}.get(stem[-1:])
    if soft is None or len(stem) < 4 or not stem.isascii():
        return (stem,)
    return stem, stem[:-1] + soft

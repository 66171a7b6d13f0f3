"""One recogniser as data: patterns on folded text, what must hold of a match, words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from invekto.errors import BadData
from invekto.guardrails.consent import phrases
from invekto.guardrails.numbers_checked import CHECKS, walk_iban

KEYS = {
    "type", "patterns", "phrases", "check", "walk", "score", "near", "needs_near", "window",
    "not_near",
}  # fmt: skip
BEFORE_ONLY = 28
"""Characters before a match in which a word that means something else counts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A recogniser. `near` within `window` characters is needed where `needs_near`, else it only
    overrules `not_near`."""

    type: str
    patterns: tuple[re.Pattern[str], ...]
    check: str | None
    walk: bool
    score: float
    near: re.Pattern[str] | None
    needs_near: bool
    window: int
    not_near: re.Pattern[str] | None

    def find(self, folded: str) -> Iterator[tuple[int, int, float]]:
        """Spans and scores in the folded text."""
        seen: set[tuple[int, int]] = set()
        for pattern in self.patterns:
            for match in pattern.finditer(folded):
                span = self._span(match, folded)
                if span is not None and span not in seen and self._fits(folded, *span):
                    seen.add(span)
                    yield (*span, self.score)

    def _span(self, match: re.Match[str], folded: str) -> tuple[int, int] | None:
        start, end = match.span()
        if self.walk:
            stop = walk_iban(folded, start)
            return None if stop is None else (start, stop)
        while start < end and folded[start] in " -./":
            start += 1
        if self.type == "EMAIL":
            end = _without_suffix(folded, start, end)
        if folded[start] == "(" and ")" not in folded[start:end]:
            start += 1
        return start, end

    def _fits(self, folded: str, start: int, end: int) -> bool:
        if self.check and not CHECKS[self.check](folded[start:end]):
            return False
        near = self.near is not None and bool(
            self.near.search(folded[max(0, start - self.window) : start])
            or self.near.search(folded[end : end + self.window // 2])
        )
        if self.needs_near and not near:
            return False
        if self.not_near is None:
            return True
        others = list(self.not_near.finditer(folded[max(0, start - BEFORE_ONLY) : start]))
        if not others:
            return True
        own = (
            list(self.near.finditer(folded[max(0, start - BEFORE_ONLY) : start]))
            if self.near
            else []
        )
        return bool(own) and own[-1].start() > others[-1].start()


_TLD_SUFFIX = re.compile(
    r"\.(?:com|net|org|edu|gov|info|biz|io|co)(?:\.(?:tr|uk))?"
    r"(?=(?:dan|den|tan|ten|da|de|ta|te|a|e|ya|ye|un|in|nin|nun|i|yi|u|la|le|dir|dur|olan)$)"
)


def _without_suffix(folded: str, start: int, end: int) -> int:
    """ "ayse@gmail.comdan" ends before the Turkish suffix."""
    cut = _TLD_SUFFIX.search(folded, start, end)
    return cut.end() if cut else end


def read_entries(data: list[dict[str, Any]], file: str) -> list[Entry]:
    """The recognisers of one file.

    Raises:
        BadData: unknown key, unknown check, or a pattern that does not compile.
    """
    return [_entry(raw, f"{file}, entry {number}") for number, raw in enumerate(data, 1)]


def _entry(raw: dict[str, Any], where: str) -> Entry:
    unknown = set(raw) - KEYS
    if unknown or raw.get("check", "tckn") not in CHECKS or raw.get("walk", "iban") != "iban":
        raise BadData(f"recogniser {where} has unknown words: {sorted(unknown) or raw}")
    try:
        patterns = [re.compile(p) for p in raw.get("patterns", ())]
    except re.error as error:
        raise BadData(f"recogniser {where}: the pattern does not compile: {error}") from error
    if "phrases" in raw:
        patterns.append(re.compile(phrases(raw["phrases"], open_end=True).pattern + r"\w{0,12}"))
    return Entry(
        type=str(raw["type"]),
        patterns=tuple(patterns),
        check=raw.get("check"),
        walk="walk" in raw,
        score=float(raw["score"]),
        near=_near(raw.get("near")),
        needs_near=bool(raw.get("needs_near")),
        window=int(raw.get("window", 40)),
        not_near=_near(raw.get("not_near")),
    )


def _near(words: list[str] | None) -> re.Pattern[str] | None:
    if not words:
        return None
    stems = [str(w) + ("*" if len(str(w)) >= 5 else "") for w in words]
    return phrases(stems)

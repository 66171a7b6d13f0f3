"""Words that were written without spaces, or cut into pieces, put right again."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from invekto.guardrails.flat import plain

DATA = Path(__file__).parent / "data"
LONGEST_WORD = 18
_GLUED = re.compile(r"[^\W\d_]{14,160}")
_PIECES = re.compile(r"(?<!\w)(?:[^\W\d_]{1,4}[ .\-_*|]{1,3}){5,80}[^\W\d_]{1,4}(?!\w)")
_MARKS = re.compile(r"[ .\-_*|]")
_UNKNOWN = 4.0
_MEAN = 3.2
"""Letters a word has on average, at least: shorter pieces fit anything."""
_EACH, _SHORT = 1.0, 4.0
"""A word's price, and what is added for short words, which fit anywhere."""
_READ = 0.75
"""Share of the letters that must be known words."""
_ONE = 0.65
"""Share from which one word has an ending, and is not glued to others."""


def reglued(surface: str) -> str | None:
    """The folded text with glued words parted and cut-up words joined, by the words of our own
    data; None where nothing was glued or cut. "ignoreallrules" → "ignore all rules"."""
    changed = False

    def part(match: re.Match[str]) -> str:
        nonlocal changed
        token = match.group()
        if token in _vocabulary():
            return token
        words = _words(token)
        changed = changed or len(words) > 2
        return " ".join(words) if len(words) > 2 else token

    joined = _PIECES.sub(lambda m: _MARKS.sub("", m.group()), surface)
    parted = _GLUED.sub(part, joined)
    return parted if changed else None


def _words(token: str) -> list[str]:
    """The cheapest way to read the letters as known words; unknown letters cost most."""
    known = _vocabulary()
    cost, came_from = [0.0], [0]
    for end in range(1, len(token) + 1):
        best, source = cost[end - 1] + _UNKNOWN, end - 1
        for start in range(max(0, end - LONGEST_WORD), end - 1):
            price = cost[start] + _EACH + _SHORT / (end - start)
            if price < best and token[start:end] in known:
                best, source = price, start
        cost.append(best)
        came_from.append(source)
    words: list[str] = []
    end = len(token)
    while end:
        words.append(token[came_from[end] : end])
        end = came_from[end]
    words.reverse()
    read = sum(len(word) for word in words if len(word) > 1)
    readable = read >= _READ * len(token) and len(token) >= _MEAN * len(words)
    readable = readable and max(map(len, words)) < _ONE * len(token)
    return words if readable else [token]


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    words: set[str] = set()
    for path in sorted(DATA.glob("attacks*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            words.update(re.findall(r"[^\W\d_]{2,18}", plain(line)))
    return frozenset(words)

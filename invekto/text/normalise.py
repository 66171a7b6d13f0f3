"""Cleaning, Turkish lower case, abbreviations and emoji; folding is in `fold`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from invekto.contracts.messages import MAX_TEXT
from invekto.text.fold import Folded, fold
from invekto.text.resources import resource

__all__ = [
    "MAX_TEXT",
    "Folded",
    "clean",
    "emoji_words",
    "expand",
    "fold",
    "lower",
    "spelled_out",
    "words",
]

_INVISIBLE = ("Cf", "Cc", "Cs", "Co", "Cn")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[\n ]*")
_TURKISH_LETTER = re.compile("[ğĞşŞıİ]")
_LEAST = 3
"""Letters of an abbreviation that is no unit of measure."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def clean(text: str) -> str:
    """NFKC, no zero-width, bidirectional or control characters, single blanks and line ends, at
    most 20,000 characters. Idempotent; never raises."""
    visible = "".join(c for c in text[: 2 * MAX_TEXT] if _visible(c))
    composed = unicodedata.normalize("NFKC", visible).replace("\r", "\n")
    composed = "".join(c for c in composed if _visible(c))
    single = _LINES.sub("\n", _BLANKS.sub(" ", composed)).strip()
    return single[:MAX_TEXT].strip()


def _visible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in _INVISIBLE


def lower(text: str, language: str | None = None) -> str:
    """Lower case; `I` becomes `ı` where the text is Turkish (by `language`, or by its letters),
    and `İ` becomes a plain `i` everywhere."""
    turkish = language == "tr" or (language is None and bool(_TURKISH_LETTER.search(text)))
    text = text.replace("İ", "i")
    return (text.replace("I", "ı") if turkish else text).lower()


def words(text: str) -> list[str]:
    """The folded words of a text: letters and digits, an apostrophe inside a word kept."""
    return _WORD.findall(fold(text))


@cache
def _abbreviations() -> dict[str, list[str]]:
    table: dict[str, str] = resource("data/abbreviations.yaml")
    return {str(short): str(full).split() for short, full in table.items()}


@cache
def _pairs() -> dict[tuple[str, ...], list[str]]:
    table = {tuple(s): f for s, f in ((k.split(), v) for k, v in _abbreviations().items())}
    return {k: v for k, v in table.items() if len(k) == 2}


def expand(tokens: Iterable[str]) -> list[str]:
    """Folded tokens with chat abbreviations written out: slm → selam, ne zmn → ne zaman.
    Idempotent: what an abbreviation stands for is itself none."""
    given = list(tokens)
    out: list[str] = []
    at = 0
    while at < len(given):
        pair = _pairs().get((given[at], given[at + 1])) if at + 1 < len(given) else None
        out.extend(pair or _abbreviations().get(given[at], [given[at]]))
        at += 2 if pair else 1
    return out


def spelled_out(text: str) -> str:
    """A text with its chat abbreviations written out, all else as it stands: "krg nekadar" →
    "kargo ne kadar". Words of two letters stay: they are units as often ("2 kg", "50 ml")."""
    places = [m.span() for m in _WORD.finditer(text)]
    said = [fold(text[start:end]) for start, end in places]
    out, at, done = [], 0, 0
    while at < len(said):
        size = 2 if _pairs().get(tuple(said[at : at + 2])) else 1
        full = expand(said[at : at + size])
        start, end = places[at][0], places[at + size - 1][1]
        if full != said[at : at + size] and end - start >= _LEAST:
            out += [text[done:start], " ".join(full)]
            done = end
        at += size
    return "".join((*out, text[done:]))


def emoji_words(text: str) -> list[str]:
    """The meanings of the emoji in a text, in order: 😡 → angry, 👍 → yes."""
    meanings: dict[str, str] = resource("data/emoji.yaml")
    return [meanings[char] for char in text if char in meanings]

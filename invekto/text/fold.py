"""Folding: one spelling for all the ways a word is typed, with the way back to the raw text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from invekto.text.resources import resource

SQUEEZE_FROM = 3
"""Letters typed this often in a row or more ("çoook") become one."""

KEPT = 256
"""Texts whose folding is remembered: one message is folded many times on its way."""
KEPT_LENGTH = 1000  # characters

_WORD = re.compile(r"[^\W\d_]+")
_BLANKS = re.compile("  +")
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")
_OTHER_ALPHABET = re.compile("[^\x00-\x7f\u0600-\u06ff]")
_ASCII = {
    code: " " if chr(code).isspace() else None for code in range(128) if not chr(code).isprintable()
}
_LETTERS = {
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "ə": "e", "þ": "th",
    "ى": "ي", "ة": "ه", "ی": "ي", "ې": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ٱ": "ا", "ء": "",
    "چ": "ج", "پ": "ب", "ڤ": "ف", "ژ": "ز", "گ": "ك", "ڭ": "ك", "ـ": "",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'", "“": '"', "”": '"', "«": '"',
    "»": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "⁄": "/", "٬": ",", "٫": ".",
    "،": ",", "؛": ";", "؟": "?", "٪": "%",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `begins[i]` and `ends[i]` bound the raw characters behind `text[i]`."""

    text: str
    begins: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, raw: str) -> Folded:
        """Folds `raw` and keeps the offsets."""
        return _kept_offsets(raw) if len(raw) <= KEPT_LENGTH else _with_offsets(raw)

    def shares_character(self, begin: int, finish: int) -> bool:
        """Whether the end of one raw character is cut off: ¼ is three folded characters."""
        return (begin > 0 and self.begins[begin] < self.ends[begin - 1]) or (
            finish < len(self.begins) and self.begins[finish] < self.ends[finish - 1]
        )

    def raw_span(self, begin: int, finish: int) -> tuple[int, int]:
        """Raw offsets of `text[begin:finish]`; an empty span stays empty."""
        if begin >= finish or begin >= len(self.begins):
            at = self.begins[begin] if begin < len(self.begins) else (self.ends or (0,))[-1]
            return at, at
        return self.begins[begin], self.ends[finish - 1]


def fold(text: str) -> str:
    """Lower case without diacritics; Arabic letter forms and all digits unified; lookalikes from
    other scripts mapped; letters typed three times or more kept once. Idempotent."""
    return _kept(text) if len(text) <= KEPT_LENGTH else _fold(text)


@lru_cache(maxsize=KEPT)
def _kept(text: str) -> str:
    return _fold(text)


def _fold(text: str) -> str:
    """What `Folded.of` gives, without the way back: several times as fast."""
    if text.isascii():
        plain = text.lower().translate(_ASCII)
    else:
        plain = _as_latin("".join(map(_plain, text)))
    plain = _BLANKS.sub(" ", _LONG_RUN.sub(_once, plain))
    begin = 1 if plain.startswith(" ") else 0
    return plain[begin : -1 if plain.endswith(" ") and len(plain) > begin else None]


def _plain(char: str) -> str:
    return char.lower() if char.isascii() and char.isprintable() else plain_character(char)


def _once(run: re.Match[str]) -> str:
    return run.group(1) if run.group(1).isalpha() else run.group()


def _as_latin(text: str) -> str:
    """See `_without_lookalikes`."""
    if _OTHER_ALPHABET.search(text) is None:
        return text
    twins: dict[str, str] = resource("data/lookalikes.yaml")

    def latin(word: re.Match[str]) -> str:
        found = word.group()
        if not any("a" <= c <= "z" for c in found):
            return found
        return "".join(twins.get(c, c) for c in found)

    return _WORD.sub(latin, text)


@lru_cache(maxsize=KEPT)
def _kept_offsets(raw: str) -> Folded:
    return _with_offsets(raw)


def _with_offsets(raw: str) -> Folded:
    marks = _squeezed(_without_lookalikes(list(_plain_marks(raw))))
    text = "".join(mark[0] for mark in marks)
    return Folded(text, tuple(m[1] for m in marks), tuple(m[2] for m in marks))


Mark = tuple[str, int, int]


def _plain_marks(raw: str) -> Iterator[Mark]:
    """(folded character, raw begin, raw end); a combining mark belongs to its letter."""
    pending: Mark | None = None
    for index, char in enumerate(raw):
        plain = char.lower() if char.isascii() and char.isprintable() else plain_character(char)
        if not plain:
            if pending is not None and pending[2] == index and _belongs(char, pending[0]):
                pending = (pending[0], pending[1], index + 1)
            continue
        for piece in plain:
            if pending is not None:
                yield pending
            pending = (piece, index, index + 1)
    if pending is not None:
        yield pending


def _belongs(char: str, letter: str) -> bool:
    """Whether a dropped character is part of the word before it."""
    return letter != " " and (char in "ءـ" or unicodedata.combining(char) != 0)


@lru_cache(maxsize=4096)
def plain_character(char: str) -> str:
    """What one character becomes, until nothing changes any more; may be empty or several."""
    now = char
    for _ in range(4):
        parts = unicodedata.normalize("NFKD", now).lower()
        step = "".join(_one(part) for part in unicodedata.normalize("NFKD", parts))
        if step == now:
            break
        now = step
    return now


def _one(char: str) -> str:
    if char in _LETTERS:
        return _LETTERS[char]
    if char.isspace():
        return " "
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    return "" if unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn") else char


def _without_lookalikes(marks: list[Mark]) -> list[Mark]:
    """Cyrillic and Greek letters inside a word that also has Latin ones become Latin."""
    text = "".join(mark[0] for mark in marks)
    if text.isascii():
        return marks
    twins: dict[str, str] = resource("data/lookalikes.yaml")
    for word in _WORD.finditer(text):
        if any("a" <= c <= "z" for c in word.group()):
            for at in range(*word.span()):
                char, begin, end = marks[at]
                marks[at] = (twins.get(char, char), begin, end)
    return marks


def _squeezed(marks: list[Mark]) -> list[Mark]:
    """Long runs of one letter become one letter, runs of blanks one blank, none at the ends."""
    kept: list[Mark] = []
    for char, run in groupby(marks, key=lambda mark: mark[0]):
        same = list(run)
        if char == " " or (char.isalpha() and len(same) >= SQUEEZE_FROM):
            same = [(char, same[0][1], same[-1][2])]
        kept.extend(same)
    begin = 1 if kept and kept[0][0] == " " else 0
    return kept[begin : -1 if kept and kept[-1][0] == " " and len(kept) > begin else None]

"""A PDF page's words with their places, from pdfium."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

RTL = frozenset({"R", "AL"})
HYPHENS = (2, 0xFFFE, 0xAD)
"""What pdfium gives for a hyphen at a line's end."""
SAMPLE = 400
"""Letters from which is told how the lines of a page are turned."""
MOST_GLYPHS = 60_000
"""Of one page; the rest of it is not read."""


@dataclass(slots=True)
class Word:
    """Place in points, y growing upwards; `order` is pdfium's reading order."""

    text: str
    x0: float
    x1: float
    y0: float
    y1: float
    size: float
    bold: bool
    order: int
    glyph: tuple[float, float] = (0.0, 0.0)
    """Left and right edge of the last glyph."""
    style: tuple[str, int] = ("", 0)
    """Font and colour."""
    glyph_at: int = 0
    """Where in the text the letters of that glyph begin."""


@dataclass(slots=True)
class Sheet:
    """One page: words, the y of horizontal rules, and whether a picture covers it."""

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[tuple[float, float, float]] = field(default_factory=list)
    """(y, x0, x1)"""
    picture: bool = False


def sheet(document: Any, index: int) -> Sheet:
    """Read page `index` (from 0)."""
    page = document[index]
    try:
        width, height = page.get_size()
        if page.get_rotation() in (90, 270):  # places are those of the page as it was drawn
            width, height = height, width
        text = page.get_textpage()
        try:
            turn = Turn(_quarters(text.raw), width, height)
            found = Sheet(index + 1, *turn.size)
            found.words = list(_words(text.raw, turn))
        finally:
            text.close()
        _paths(page, found, turn)
        return found
    finally:
        page.close()


class Box(NamedTuple):
    """Edges in points."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A page's places seen along its lines: by how many quarters these are turned against the
    page's own (1: they run upwards), and the page's size."""

    quarters: int
    width: float
    height: float

    @property
    def size(self) -> tuple[float, float]:
        return (self.height, self.width) if self.quarters % 2 else (self.width, self.height)

    def seen(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Edges as they are where the lines run to the right."""
        if self.quarters == 1:
            return Box(bottom, self.width - right, top, self.width - left)
        if self.quarters == 2:
            return Box(
                self.width - right, self.height - top, self.width - left, self.height - bottom
            )
        if self.quarters == 3:
            return Box(self.height - top, left, self.height - bottom, right)
        return Box(left, bottom, right, top)


def _quarters(text: Any) -> int:
    """The turn that most of the first letters have; pdfium tells angles clockwise."""
    import pypdfium2.raw as pdfium

    count = min(pdfium.FPDFText_CountChars(text), SAMPLE)
    angles = (pdfium.FPDFText_GetCharAngle(text, at) for at in range(count))
    turns = Counter(-round(angle / (math.pi / 2)) % 4 for angle in angles if angle >= 0)
    return turns.most_common(1)[0][0] if turns else 0


def _words(text: Any, turn: Turn) -> Iterator[Word]:
    import pypdfium2.raw as pdfium

    rect = pdfium.FS_RECTF()
    where = ctypes.byref(rect)
    current: Word | None = None
    height = size = 0.0
    for index in range(min(pdfium.FPDFText_CountChars(text), MOST_GLYPHS)):
        char = _char(pdfium.FPDFText_GetUnicode(text, index))
        if not char or char.isspace():
            if current is not None:
                yield current
                current = None
            continue
        pdfium.FPDFText_GetLooseCharBox(text, index, where)
        box = turn.seen(rect.left, rect.bottom, rect.right, rect.top)
        if current is None or box.top - box.bottom != height:  # else the font is the one before
            height = box.top - box.bottom
            size = max(pdfium.FPDFText_GetFontSize(text, index), abs(height) * 0.7, 1.0)
        if current is not None and _joins(current, box, size):
            _extend(current, char, box)
            continue
        if current is not None:
            yield current
        style = _style(pdfium, text, index)
        bold = _is_bold(style[0], pdfium.FPDFText_GetFontWeight(text, index))
        edges = (box.left, box.right)
        current = Word(char, *edges, box.bottom, box.top, size, bold, index, edges, style)
    if current is not None:
        yield current


def _style(pdfium: Any, text: Any, index: int) -> tuple[str, int]:
    name = ctypes.create_string_buffer(80)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, index, name, 80, ctypes.byref(flags))
    parts = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFText_GetFillColor(text, index, *(ctypes.byref(part) for part in parts))
    colour = sum(part.value << shift for part, shift in zip(parts[:3], (16, 8, 0), strict=True))
    return name.value.decode("utf-8", errors="replace"), colour


def _is_bold(font: str, weight: int) -> bool:
    plain = font.lower()
    if "regular" in plain or "light" in plain:
        return False
    return weight >= 600 or any(word in plain for word in ("bold", "black", "heavy"))


@cache
def _char(code: int) -> str:
    if code in HYPHENS:
        return "-"
    if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return ""
    char = chr(code)
    return (
        ""
        if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn") and char not in "\t\n\r"
        else char
    )


def _joins(word: Word, box: Box, size: float) -> bool:
    """Same line, and no gap as wide as a blank, on either side."""
    if abs((box.bottom + box.top) - (word.y0 + word.y1)) > 0.8 * max(size, word.size):
        return False
    gap = max(box.left - word.x1, word.x0 - box.right)
    return bool(gap < 0.18 * max(size, word.size) + 0.3)


def _extend(word: Word, char: str, box: Box) -> None:
    """Append a letter. Letters of one right-to-left ligature (same box) arrive last one first."""
    glyph = (box.left, box.right)
    if glyph == word.glyph and unicodedata.bidirectional(char) in RTL:
        word.text = word.text[: word.glyph_at] + char + word.text[word.glyph_at :]
    else:
        word.glyph, word.glyph_at = glyph, len(word.text)
        word.text += char
    word.x0, word.x1 = min(word.x0, box.left), max(word.x1, box.right)
    word.y0, word.y1 = min(word.y0, box.bottom), max(word.y1, box.top)


def _paths(page: Any, found: Sheet, turn: Turn) -> None:
    """Rules and row backgrounds; and how much of the page pictures cover."""
    import pypdfium2.raw as pdfium

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for number in range(min(pdfium.FPDFPage_CountObjects(page.raw), 5_000)):
        thing = pdfium.FPDFPage_GetObject(page.raw, number)
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE):
            continue
        if not pdfium.FPDFPageObj_GetBounds(
            thing, *(ctypes.byref(v) for v in (left, bottom, right, top))
        ):
            continue
        x0, y0, x1, y1 = turn.seen(left.value, bottom.value, right.value, top.value)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            found.picture |= (x1 - x0) * (y1 - y0) > 0.4 * found.width * found.height
        elif x1 - x0 > 20:
            edges = [(y0 + y1) / 2] if y1 - y0 < 3 else [y0, y1] if y1 - y0 < 250 else []
            found.rules += [(edge, x0, x1) for edge in edges]


def is_rtl(text: str) -> bool:
    """Whether most letters run right to left."""
    letters = [c for c in text if c.isalpha()]
    return 2 * sum(unicodedata.bidirectional(c) in RTL for c in letters) > len(letters) > 0

"""A document's pages as pictures, and where on them the chunks were read."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from invekto.errors import NotFound

PDFIUM = threading.Lock()
"""The library is not safe for threads."""
SCALE = 1.6  # pixels a point
COLOURS = 32
FAST_OCTREE = 2
"""Pillow's number of the method; the others take three times as long on a page of text."""
SHORTEST = 8  # characters of a piece worth looking for
PIECES = re.compile(r"\n| · |(?<=[.!?]) |: ")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page, in points from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page's size in points, and the boxes of each text that was looked for."""

    width: float
    height: float
    boxes: list[list[Box]]


def render_png(data: bytes, number: int) -> bytes:
    """The page (from 1) as PNG.

    Raises:
        NotFound: the document has no such page.
    """
    import pypdfium2 as pdfium

    with PDFIUM:
        document = pdfium.PdfDocument(data)
        try:
            if not 1 <= number <= len(document):
                raise NotFound(f"the document has no page {number}")
            picture = document[number - 1].render(scale=SCALE).to_pil()
        finally:
            document.close()
    out = io.BytesIO()
    picture.quantize(COLOURS, method=FAST_OCTREE).save(out, "PNG", compress_level=4)
    return out.getvalue()


def find_boxes(data: bytes, number: int, texts: Sequence[str]) -> PageSeen:
    """Where on a page (from 1) the pieces of each text stand; none for what is not found."""
    import pypdfium2 as pdfium

    with PDFIUM:
        document = pdfium.PdfDocument(data)
        try:
            if not 1 <= number <= len(document):
                raise NotFound(f"the document has no page {number}")
            page = document[number - 1]
            width, height = page.get_size()
            words = page.get_textpage()
            boxes = [_boxes(words, text, height) for text in texts]
        finally:
            document.close()
    return PageSeen(width, height, boxes)


def _boxes(words: object, text: str, height: float) -> list[Box]:
    found: list[Box] = []
    for piece in dict.fromkeys(p.strip() for p in PIECES.split(text)):
        if len(piece) < SHORTEST:
            continue
        hit = words.search(piece).get_next()  # type: ignore[attr-defined]
        if hit is None and len(piece) > 40:
            hit = words.search(piece[:40]).get_next()  # type: ignore[attr-defined]
        if hit is None:
            continue
        for place in range(words.count_rects(*hit)):  # type: ignore[attr-defined]
            left, bottom, right, top = words.get_rect(place)  # type: ignore[attr-defined]
            found.append(Box(left, height - top, right - left, top - bottom))
    return found

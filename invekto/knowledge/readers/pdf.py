"""PDF: text with its layout, by pdfium; pypdf gives a second opinion."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from invekto.knowledge.blocks import Block, Page, Unreadable
from invekto.knowledge.readers.glyphs import Sheet, sheet
from invekto.knowledge.readers.layout import blocks_of, in_margin, lines_of, margin_text
from invekto.knowledge.readers.ocr import recognised

SAMPLE = 12
"""Pages from which headers, footers and the size of running text are learnt."""


def read_pdf(data: bytes, password: str | None = None, *, skip: int = 0) -> Iterator[Page]:
    """Pages in order, from page `skip` on. Raises Unreadable."""
    document = opened(data, password)
    try:
        count = len(document)
        if count == 0:
            raise Unreadable("damaged", kind="PDF")
        sample = [sheet(document, at) for at in _spread(count)]
        body, dropped = body_size(sample), margins(sample)
        for at in range(skip, count):
            found = _page(sheet(document, at), body, dropped, data, password)
            yield _with_picture_read(document, at, found) if found.image_only else found
    finally:
        document.close()


def page_count(data: bytes, password: str | None = None) -> int:
    """How many pages. Raises Unreadable."""
    document = opened(data, password)
    try:
        return len(document)
    finally:
        document.close()


def opened(data: bytes, password: str | None) -> Any:
    """pdfium's document. Raises Unreadable."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data, password=password or None)
    except pypdfium2.PdfiumError as error:
        words = str(error).lower()
        if "password" in words:
            raise Unreadable("password_wrong" if password else "password_needed") from error
        if "security" in words:
            raise Unreadable("encryption_unknown") from error
        raise Unreadable("damaged", kind="PDF") from error


def _spread(count: int) -> list[int]:
    step = max(1, count // SAMPLE)
    return list(range(0, count, step))[:SAMPLE]


def body_size(sheets: Sequence[Sheet]) -> float:
    """The size most characters have."""
    sizes = Counter[float]()
    for page in sheets:
        for word in page.words:
            sizes[round(word.size, 1)] += len(word.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def margins(sheets: Sequence[Sheet]) -> frozenset[str]:
    """Texts that stand in the margin of most of these pages."""
    seen = Counter[str]()
    for page in sheets:
        lines = lines_of(page.words)
        seen.update({margin_text(line) for line in lines if in_margin(line, page)})
    least = max(2, (len(sheets) + 1) // 2)
    return frozenset(text for text, count in seen.items() if count >= least)


def _page(
    found: Sheet, body: float, dropped: frozenset[str], data: bytes, password: str | None
) -> Page:
    blocks = blocks_of(found, body, dropped)
    letters = sum(len(block.text) for block in blocks)
    if letters < 8 and not found.picture:
        blocks = _second_opinion(data, password, found.number) or blocks
    return Page(found.number, blocks, image_only=letters < 8 and found.picture)


def _with_picture_read(document: Any, at: int, found: Page) -> Page:
    """A scanned page with what text recognition makes of it, where that is installed."""
    page = document[at]
    try:
        blocks = recognised(page, at + 1)
    finally:
        page.close()
    return Page(found.number, blocks, image_only=not blocks, recognised=bool(blocks))


def _second_opinion(data: bytes, password: str | None, number: int) -> list[Block]:
    from pypdf import PdfReader
    from pypdf.errors import PdfReadError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data), password=password)
        text = reader.pages[number - 1].extract_text()
    except (PyPdfError, PdfReadError, ValueError, KeyError, IndexError, TypeError, OSError):
        return []
    except (AttributeError, RecursionError, NotImplementedError):
        return []
    parts = [part.strip() for part in text.split("\n\n")]
    return [Block("text", " ".join(part.split()), number) for part in parts if part]

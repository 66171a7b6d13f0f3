"""DOCX: what stands in the document as its reader sees it, changes accepted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from invekto.knowledge.blocks import Block, Page, Unreadable
from invekto.knowledge.readers.tables import table_blocks

UNPACKED = 400_000_000
"""Bytes a zipped file may grow to."""
GONE = ("del", "moveFrom", "Fallback", "instrText", "pPr")
"""Parts that are not text: deleted, moved away, or said again for older programs."""
AROUND = ("sdt", "sdtContent", "ins", "moveTo", "customXml")
"""What paragraphs and tables may stand in."""


def bounded(data: bytes) -> None:
    """Raises Unreadable where a zipped file would grow too large."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(item.file_size for item in archive.infolist()) > UNPACKED:
            raise Unreadable("too_big_unpacked")


def read_docx(data: bytes) -> Iterator[Page]:
    """Headings, paragraphs and tables in the order of the document."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    bounded(data)
    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile) as error:
        raise Unreadable("damaged", kind="DOCX") from error  # lxml's errors are SyntaxErrors
    yield Page(None, list(_blocks(document.element.body, document)))


def _blocks(parent: Any, document: Any) -> Iterator[Block]:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for child in parent:
        match _name(child):
            case "p":
                yield from _paragraph(Paragraph(child, document))
                for box in _boxes(child):
                    yield from _blocks(box, document)
            case "tbl":
                yield from _table(Table(child, document), document)
            case name if name in AROUND:
                yield from _blocks(child, document)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _boxes(element: Any) -> Iterator[Any]:
    """Text boxes that hang on a paragraph."""
    for child in element:
        if _name(child) == "txbxContent":
            yield child
        elif _name(child) not in GONE:
            yield from _boxes(child)


def _paragraph(item: Any) -> Iterator[Block]:
    text = _said(item._p).strip()
    if not text:
        return
    style = (item.style.name or "") if item.style is not None else ""
    if style == "Title":
        yield Block("heading", text, level=1)
    elif style.startswith("Heading"):
        number = style.removeprefix("Heading").strip()
        yield Block("heading", text, level=int(number) if number.isdigit() else 2)
    else:
        yield Block("text", text)


def _said(element: Any) -> str:
    """The text of a paragraph, of its visible runs."""
    parts = []
    for child in element:
        match _name(child):
            case "t":
                parts.append(child.text or "")
            case "tab":
                parts.append(" ")
            case "br" | "cr":
                parts.append("\n")
            case "r" if _is_hidden(child):
                pass
            case name if name != "txbxContent" and name not in GONE:
                parts.append(_said(child))
    return "".join(parts)


def _is_hidden(run: Any) -> bool:
    return run.rPr is not None and any(_name(mark) == "vanish" for mark in run.rPr)


def _table(table: Any, document: Any) -> Iterator[Block]:
    """Its rows, then the tables that stand in its cells."""
    rows = [list(_cells(row)) for row in table.rows]
    yield from table_blocks(rows)
    for inner in table._tbl.findall("{*}tr/{*}tc/{*}tbl"):
        yield from _table(type(table)(inner, document), document)


def _cells(row: Any) -> Iterator[str | None]:
    """None where a cell goes on to the right."""
    before = None
    for cell in row.cells:
        yield None if cell._tc is before else "\n".join(_said(p._p) for p in cell.paragraphs)
        before = cell._tc

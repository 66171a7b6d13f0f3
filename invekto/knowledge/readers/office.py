"""DOCX and XLSX."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from invekto.knowledge.blocks import Block, Page, Unreadable, row_text
from invekto.knowledge.readers.tables import sheet_blocks

UNPACKED = 400_000_000
"""Bytes a zipped file may grow to."""


def _bounded(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(item.file_size for item in archive.infolist()) > UNPACKED:
            raise Unreadable("too_big_unpacked")


def read_docx(data: bytes) -> Iterator[Page]:
    """Headings, paragraphs and tables in the order of the document."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table

    _bounded(data)
    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Unreadable("damaged", kind="DOCX") from error
    blocks: list[Block] = []
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            blocks += _table(item)
        elif item.text.strip():
            blocks.append(_paragraph(item))
    yield Page(None, blocks)


def _paragraph(item: Any) -> Block:
    style = (item.style.name or "") if item.style is not None else ""
    if style == "Title":
        return Block("heading", item.text.strip(), level=1)
    if style.startswith("Heading"):
        number = style.removeprefix("Heading").strip()
        return Block("heading", item.text.strip(), level=int(number) if number.isdigit() else 2)
    return Block("text", item.text.strip())


def _table(table: Any) -> list[Block]:
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    if not rows:
        return []
    return [Block("row", text) for row in rows[1:] if (text := row_text(rows[0], row))]


def read_xlsx(data: bytes) -> Iterator[Page]:
    """Every sheet with its name as heading."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    _bounded(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Unreadable("damaged", kind="XLSX") from error
    for number, sheet in enumerate(book.worksheets, 1):
        rows = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        blocks = sheet_blocks(rows)
        if blocks:
            yield Page(number, [Block("heading", sheet.title, level=1), *blocks])


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime() if value.time() == time.min:
            return value.strftime("%d.%m.%Y")
        case datetime():
            return value.strftime("%d.%m.%Y %H:%M")
        case date():
            return value.strftime("%d.%m.%Y")
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)

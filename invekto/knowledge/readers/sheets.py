"""XLSX: what its reader sees on each sheet, numbers as they are shown there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from invekto.knowledge.blocks import Block, Page, Unreadable
from invekto.knowledge.readers.figures import shown
from invekto.knowledge.readers.office import bounded
from invekto.knowledge.readers.tables import table_blocks
from invekto.text.language import detect

MOST_COLUMNS = 200
"""What stands further to the right is no price list's."""
PIECE = 1 << 20
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_COLUMNS = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')
_FROM_TO = re.compile(rb'\s(min|max)="(\d+)"')

Row = list[Any]
Area = tuple[int, int, int, int]
"""First and last row, first and last column, from 0."""


def read_xlsx(data: bytes) -> Iterator[Page]:
    """Every sheet that is shown, with its name as heading."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    bounded(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Unreadable("damaged", kind="XLSX") from error
    for number, sheet in enumerate(book.worksheets, 1):
        if sheet.sheet_state != "visible":
            continue
        blocks = table_blocks(_texts(_rows(sheet)))
        if blocks:
            yield Page(number, [Block("heading", sheet.title, level=1), *blocks])


def _texts(rows: list[Row]) -> list[list[str | None]]:
    words = " ".join(cell.value for row in rows for cell in row if _is_text(cell))
    language = detect(words[:4_000], default="tr").language
    return [
        [cell if cell is None else shown(cell.value, cell.number_format, language) for cell in row]
        for row in rows
    ]


def _is_text(cell: Any) -> bool:
    return cell is not None and isinstance(cell.value, str)


def _rows(sheet: Any) -> list[Row]:
    """The rows that hold something, hidden columns left out; None where a merged cell goes on to
    the right, the merged cell itself in each of its rows."""
    areas, hidden = _layout(sheet)
    sheet.reset_dimensions()  # what the file says of its size may be anything
    rows, begun = [], dict[Area, Any]()
    for at, cells in enumerate(sheet.iter_rows()):
        row = list(cells[:MOST_COLUMNS])
        for area in [area for area in areas if area[0] <= at <= area[1]] if row else []:
            _spread(row, area, begun)
        row = [cell for column, cell in enumerate(row) if column not in hidden]
        if any(cell is not None and cell.value is not None for cell in row):
            rows.append(row)
    return rows


def _spread(row: Row, area: Area, begun: dict[Area, Any]) -> None:
    from openpyxl.cell.read_only import EMPTY_CELL

    _, _, first, last = area
    row += [EMPTY_CELL] * (last + 1 - len(row))
    row[first] = begun.setdefault(area, row[first])
    row[first + 1 : last + 1] = [None] * (last - first)


def _layout(sheet: Any) -> tuple[list[Area], set[int]]:
    """Merged areas and hidden columns, which reading row by row does not tell."""
    areas: list[Area] = []
    hidden: set[int] = set()
    kept = b""
    with sheet._get_source() as source:
        while piece := source.read(PIECE):
            whole, tag, rest = (kept + piece).rpartition(b"<")
            areas += [_area(*found.groups()) for found in _MERGED.finditer(whole)]
            for column in _COLUMNS.findall(whole):
                ends = {name: int(number) for name, number in _FROM_TO.findall(column)}
                if _HIDDEN.search(column) and len(ends) == 2:
                    hidden |= set(range(ends[b"min"] - 1, min(ends[b"max"], MOST_COLUMNS)))
            kept = tag + rest
    return [area for area in areas if area[2] < MOST_COLUMNS], hidden


def _area(left: bytes, top: bytes, right: bytes, bottom: bytes) -> Area:
    last = min(_column(right), MOST_COLUMNS - 1)
    return int(top) - 1, int(bottom) - 1, _column(left), last


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1

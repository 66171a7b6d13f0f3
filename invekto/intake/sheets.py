"""Files as tables of cells: CSV as Turkish Excel writes it, and XLSX with merged cells."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from invekto.errors import BadData
from invekto.text.delimited import delimited

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_BYTES = 50_000_000
ENCODINGS = {"utf-16": "UTF-16", "cp1254": "Windows-1254", "cp1256": "Windows-1256"}
"""Worth telling: not what a program writes today."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows[n]` is what Excel shows as row n + 1; `guesses` is what was guessed of the file."""

    file: str
    name: str
    rows: list[list[Any]]
    guesses: list[str] = field(default_factory=list)
    hidden: bool = False

    @property
    def label(self) -> str:
        """`liste.xlsx / Ürünler`"""
        return f"{self.file} / {self.name}" if self.name else self.file


def read_sheets(name: str, data: bytes) -> list[Sheet]:
    """The tables of a file.

    Raises:
        BadData: not a CSV or XLSX file, or too large.
    """
    if len(data) > MAX_BYTES:
        raise BadData(f"{name} is larger than {MAX_BYTES // 1_000_000} MB: split it")
    if Path(name).suffix.lower() in (".xlsx", ".xlsm"):
        return _workbook(name, data)
    return [_csv(name, data)]


def _csv(name: str, data: bytes) -> Sheet:
    table = delimited(data, name=name)
    guesses = []
    if table.encoding in ENCODINGS:
        guesses.append(f"written in {ENCODINGS[table.encoding]}")
    if table.delimiter != ",":
        mark = "tab" if table.delimiter == "\t" else repr(table.delimiter)
        guesses.append(f"columns are separated by {mark}")
    rows: list[list[Any]] = [cells[:MAX_COLUMNS] for _, cells in table.rows()]
    if len(rows) > MAX_ROWS:
        raise BadData(f"{name} has more than {MAX_ROWS} rows: split it")
    return Sheet(name, "", rows, guesses)


def _workbook(name: str, data: bytes) -> list[Sheet]:
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BadData(f"{name} is no XLSX file: save it anew from Excel", file=name) from error
    sheets = []
    for page in book.worksheets:
        if page.sheet_state != "visible":
            sheets.append(Sheet(name, page.title, [], hidden=True))
            continue
        cells = page.iter_rows(
            max_row=min(page.max_row, MAX_ROWS),
            max_col=min(page.max_column, MAX_COLUMNS),
            values_only=True,
        )
        rows = [list(row) for row in cells]
        _unmerge(rows, page.merged_cells.ranges)
        sheets.append(Sheet(name, page.title, rows))
    return sheets


def _unmerge(rows: list[list[Any]], ranges: Any) -> None:
    """Every cell of a merged range holds its value."""
    for merged in ranges:
        value = _at(rows, merged.min_row, merged.min_col)
        for row in range(merged.min_row, min(merged.max_row, len(rows)) + 1):
            for column in range(merged.min_col, min(merged.max_col, len(rows[row - 1])) + 1):
                rows[row - 1][column - 1] = value


def _at(rows: list[list[Any]], row: int, column: int) -> Any:
    inside = row <= len(rows) and column <= len(rows[row - 1])
    return rows[row - 1][column - 1] if inside else None

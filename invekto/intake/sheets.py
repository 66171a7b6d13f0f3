"""Files as tables of cells: CSV as Turkish Excel writes it, and XLSX with merged cells."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from invekto.errors import BadData

DELIMITERS = ";,\t|"
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_BYTES = 50_000_000


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
    text, guesses = _decoded(name, data)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        delimiter, text = first.strip()[-1], rest
    else:
        delimiter = _delimiter(text)
    if delimiter != ",":
        guesses.append(f"columns are separated by {'tab' if delimiter == chr(9) else delimiter!r}")
    csv.field_size_limit(1_000_000)
    try:
        rows: list[list[Any]] = [
            row[:MAX_COLUMNS] for row in csv.reader(io.StringIO(text), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise BadData(f"{name} is no table: {error}", file=name) from error
    if len(rows) > MAX_ROWS:
        raise BadData(f"{name} has more than {MAX_ROWS} rows: split it")
    return Sheet(name, "", rows, guesses)


def _decoded(name: str, data: bytes) -> tuple[str, list[str]]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace"), ["written in UTF-16"]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        text = data.decode("cp1254", errors="replace")
    if "\x00" in text:
        raise BadData(f"{name} is no text: save it as CSV or XLSX", file=name)
    return text, ["written in Windows-1254"]


def _delimiter(text: str) -> str:
    """The mark that splits the first lines most, and most evenly."""
    lines = [_unquoted(line) for line in text.splitlines()[:30] if line.strip()]

    def evenness(mark: str) -> int:
        counts = Counter(line.count(mark) for line in lines if mark in line)
        return max((alike * count for count, alike in counts.items()), default=0)

    return max(DELIMITERS, key=evenness)


def _unquoted(line: str) -> str:
    return "".join(line.split('"')[::2])


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

"""Tables on a PDF page: cells that line up over several lines, with or without rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from invekto.knowledge.blocks import row_text
from invekto.knowledge.readers.glyphs import is_rtl

if TYPE_CHECKING:
    from invekto.knowledge.readers.layout import Cell, Line

Rule = tuple[float, float, float]
Row = list[str]

LEAST_ROWS = 2


def table_rows(lines: Sequence[Line], rules: Sequence[Rule]) -> tuple[list[str], int]:
    """If a table begins at the first line: its rows as text, and how many lines it takes."""
    used = _extent(lines, rules)
    table = lines[:used]
    if sum(len(line.cells) > 1 for line in table) < LEAST_ROWS:
        return [], 0
    columns = _columns(table)
    if len(columns) < 2:
        return [], 0
    rows = _rows(table, columns, rules)
    if len(rows) < LEAST_ROWS or not _is_table(rows):
        return [], 0
    if is_rtl(" ".join(cell for row in rows for cell in row)):
        rows = [row[::-1] for row in rows]
    head, body = _head(rows)
    return [text for row in body if (text := row_text(head, row))], used


def _extent(lines: Sequence[Line], rules: Sequence[Rule]) -> int:
    """How many lines from the first on belong to one table."""
    if len(lines[0].cells) < 2 and not _cell_beside(lines, rules):
        return 0
    used = last = 1
    for at in range(1, len(lines)):
        before, line = lines[at - 1], lines[at]
        gap = before.y0 - line.y1
        if gap > 2.6 * max(before.size, line.size):
            break
        used = at + 1
        if len(line.cells) > 1:
            last = used
        elif (not _inside_rules(line, rules) and not _aligned(line, lines[:at])) or used - last > 4:
            break
        else:
            last = used if _inside_rules(line, rules) or gap < 0.6 * line.size else last
    return last


def _cell_beside(lines: Sequence[Line], rules: Sequence[Rule]) -> bool:
    """A one-cell first line of a row: the next line of its ruled band has more."""
    if len(lines) < 2 or len(lines[1].cells) < 2:
        return False
    return _band(lines[0], rules) is not None and _band(lines[0], rules) == _band(lines[1], rules)


def _inside_rules(line: Line, rules: Sequence[Rule]) -> bool:
    return _band(line, rules) is not None


def _band(line: Line, rules: Sequence[Rule]) -> tuple[int, int] | None:
    """The rules directly above and below a line (rounded y), where both are near."""
    across = [y for y, x0, x1 in rules if x0 - 4 <= line.x0 and line.x1 <= x1 + 4]
    above = min((y for y in across if y >= line.middle), default=None)
    below = max((y for y in across if y < line.middle), default=None)
    if above is None or below is None or above - below > 14 * line.size:
        return None
    return round(above), round(below)


def _aligned(line: Line, before: Sequence[Line]) -> bool:
    """A wrapped cell: it stands under a cell of the lines before it, and not under the first
    column alone unless that is where text continues."""
    cell = line.cells[0]
    return any(
        abs(cell.x0 - other.x0) < 3 or abs(cell.x1 - other.x1) < 3
        for row in before[-3:]
        if len(row.cells) > 1
        for other in row.cells
    ) and all(cell.x1 <= _limit(row, cell) for row in before[-3:] if len(row.cells) > 1)


def _limit(row: Line, cell: Cell) -> float:
    """How far right a cell may reach before it would touch the row's next column."""
    return min((other.x0 for other in row.cells if other.x0 > cell.x0 + 3), default=float("inf"))


def _columns(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Intervals of x in which the cells of the table stand."""
    full = [line for line in lines if len(line.cells) > 1]
    usual = max(len(line.cells) for line in full)
    intervals = sorted(
        (cell.x0, cell.x1)
        for line in full
        if len(line.cells) >= max(2, usual - 1)
        for cell in line.cells
    )
    merged: list[tuple[float, float]] = []
    for x0, x1 in intervals:
        if merged and x0 < merged[-1][1] - 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return merged


def _rows(
    lines: Sequence[Line], columns: Sequence[tuple[float, float]], rules: Sequence[Rule]
) -> list[Row]:
    rows: list[Row] = []
    bands: list[tuple[int, int] | None] = []
    for line in lines:
        cells = _placed(line, columns)
        band = _band(line, rules)
        same_band = bool(rows) and band is not None and band == bands[-1]
        if rows and (same_band or (band is None and _is_rest(cells, rows[-1]))):
            rows[-1] = [f"{old} {new}".strip() for old, new in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
            bands.append(band)
    return rows


def _placed(line: Line, columns: Sequence[tuple[float, float]]) -> Row:
    cells = [""] * len(columns)
    for cell in line.cells:
        shared = [min(cell.x1, x1) - max(cell.x0, x0) for x0, x1 in columns]
        best = max(range(len(columns)), key=shared.__getitem__)
        cells[best] = f"{cells[best]} {cell.text}".strip()
    return cells


def _is_rest(cells: Row, before: Row) -> bool:
    """A line that only continues cells of the row before it."""
    filled = [at for at, cell in enumerate(cells) if cell]
    return len(filled) < len(cells) and not cells[0] and all(before[at] for at in filled)


def _is_table(rows: Sequence[Row]) -> bool:
    """Mostly full rows of short cells."""
    full = sum(sum(1 for cell in row if cell) >= 2 for row in rows)
    cells = [cell for row in rows for cell in row if cell]
    return full >= 0.6 * len(rows) and sum(len(c) for c in cells) / len(cells) < 90


def _head(rows: list[Row]) -> tuple[Row, list[Row]]:
    """Headings and body. A first row with digits where others have them too is no heading."""
    first = rows[0]
    digits = [sum(any(c.isdigit() for c in cell) for cell in row) for row in rows]
    usual = sorted(digits[1:])[len(digits[1:]) // 2]
    if digits[0] == 0 or digits[0] < usual:
        return first, rows[1:]
    return [""] * len(first), rows

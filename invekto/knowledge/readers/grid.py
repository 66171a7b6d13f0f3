"""Tables on a PDF page.

Ruled tables first: horizontal rules (or the edges of filled rows) of one width stand above each
other, and what lies between two of them is a row, however many lines it has. Then tables without
rules: lines of several cells that follow each other. Columns are the blank strips that go through
all rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from invekto.knowledge.blocks import row_text
from invekto.knowledge.readers.glyphs import Word, is_rtl

if TYPE_CHECKING:
    from invekto.knowledge.readers.layout import Line

Rule = tuple[float, float, float]
Row = list[str]

LEAST_ROWS = 2
SAME = 4.0
"""Points by which edges of one table may differ."""
STRIP = 0.5
"""Ems a blank strip between two columns is wide, at least."""
LONGEST_ROW = 9
"""Lines."""


@dataclass(slots=True)
class Table:
    """A ruled table's place, words and rows."""

    top: float
    bottom: float
    x0: float
    x1: float
    words: list[Word] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)


def full_rules(rules: Sequence[Rule]) -> list[Rule]:
    """Pieces of a rule on one height joined, from top to bottom."""
    rows: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: -r[0]):
        if rows and rows[-1][0][0] - rule[0] < 1.6:
            rows[-1].append(rule)
        else:
            rows.append([rule])
    joined: list[Rule] = []
    for row in rows:
        pieces: list[list[float]] = []
        for _, x0, x1 in sorted(row, key=lambda r: r[1]):
            if pieces and x0 <= pieces[-1][1] + SAME:
                pieces[-1][1] = max(pieces[-1][1], x1)
            else:
                pieces.append([x0, x1])
        joined += [(row[0][0], x0, x1) for x0, x1 in pieces]
    return joined


def ruled_tables(words: Sequence[Word], rules: Sequence[Rule], body: float) -> list[Table]:
    """The ruled tables of a page, from top to bottom."""
    tables: list[Table] = []
    by_edges: list[list[Rule]] = []
    joined = full_rules(rules)
    for rule in joined:
        same = next((g for g in by_edges if _same_edges(g[0], rule)), None)
        if same is None:
            by_edges.append([rule])
        else:
            same.append(rule)
    for group in sorted(by_edges, key=lambda group: group[0][1] - group[0][2]):
        outer = [rule for rule in group if not any(_is_inside(rule, table) for table in tables)]
        if len(outer) > LEAST_ROWS:
            tables += _stacked(words, outer, joined, body)
    return sorted(tables, key=lambda table: -table.top)


def _is_inside(rule: Rule, table: Table) -> bool:
    """A rule of a table that was found: it divides rows beside a cell that goes through them."""
    y, x0, x1 = rule
    return table.bottom < y < table.top and table.x0 - SAME <= x0 and x1 <= table.x1 + SAME


def _same_edges(left: Rule, right: Rule) -> bool:
    return abs(left[1] - right[1]) < SAME and abs(left[2] - right[2]) < SAME


def _stacked(
    words: Sequence[Word], rules: Sequence[Rule], every: Sequence[Rule], body: float
) -> list[Table]:
    """Tables among rules of one width: bands that hold rows, next to each other."""
    found: list[Table] = []
    bands: list[list[Line]] = []
    edges: list[tuple[float, float]] = []
    x0, x1 = rules[0][1], rules[0][2]
    for upper, lower in [*pairwise(rules), (rules[-1], rules[-1])]:
        inside = [w for w in words if _within(w, upper[0], lower[0], x0, x1)]
        if not inside and upper is not lower:
            continue
        lines = _lines(inside)
        parts = _divided(inside, upper, lower, every) if bands else []
        if parts and all(_is_row(part, body, started=True) for part in parts):
            bands += parts
            edges.append((upper[0], lower[0]))
            continue
        if lines and _is_row(lines, body, started=bool(bands)):
            if len(bands) > 1 and _is_head_again(lines, bands):
                found += _finished(bands, edges, x0, x1)
                bands, edges = [], []
            bands.append(lines)
            edges.append((upper[0], lower[0]))
            continue
        found += _finished(bands, edges, x0, x1)
        bands, edges = [], []
    return found


def _divided(
    words: Sequence[Word], upper: Rule, lower: Rule, rules: Sequence[Rule]
) -> list[list[Line]]:
    """The rows of a band with a cell that goes through several of them: rules beside it divide the
    others, and each of the rows has it. Nothing where no rule does."""
    _, x0, x1 = upper
    inner = [
        rule for rule in rules
        if lower[0] < rule[0] < upper[0] and x0 - SAME <= rule[1] and rule[2] <= x1 + SAME
    ]  # fmt: skip
    if not inner or not all(_same_edges(inner[0], rule) for rule in inner):
        return []
    _, left, right = inner[0]
    through = [word for word in words if not left - SAME <= (word.x0 + word.x1) / 2 <= right + SAME]
    if not through:
        return []
    rows = []
    for above, below in pairwise([upper[0], *(rule[0] for rule in inner), lower[0]]):
        rows.append([word for word in words if _within(word, above, below, left, right)])
    return [_lines([*through, *row]) for row in rows if row]


def _within(word: Word, top: float, bottom: float, x0: float, x1: float) -> bool:
    middle = (word.y0 + word.y1) / 2
    return bottom < middle < top and x0 - SAME <= word.x0 and word.x1 <= x1 + SAME


def _lines(words: Sequence[Word]) -> list[Line]:
    from invekto.knowledge.readers.layout import lines_of

    return lines_of(words)


def _is_row(lines: Sequence[Line], body: float, *, started: bool) -> bool:
    """Several cells, few lines; inside a table one short cell that is no heading will do."""
    if len(lines) > LONGEST_ROW or max(line.size for line in lines) > 1.25 * body:
        return False
    if any(len(line.cells) > 1 for line in lines):
        return True
    return started and len(lines) == 1 and len(lines[0].text) < 60 and not lines[0].bold


def _is_head_again(lines: Sequence[Line], bands: Sequence[Sequence[Line]]) -> bool:
    """In the one style of the first row, which the rows since then do not have."""
    style = _styles(bands[0])
    return len(style) == 1 and _styles(lines) == style and _styles(bands[-1]) != style


def _styles(lines: Sequence[Line]) -> set[tuple[str, int]]:
    return {word.style for line in lines for cell in line.cells for word in cell.words}


def _finished(
    bands: list[list[Line]], edges: list[tuple[float, float]], x0: float, x1: float
) -> list[Table]:
    if len(bands) < LEAST_ROWS:
        return []
    columns = columns_of_rows(bands)
    if len(columns) < 2:
        return []
    rows = [_cells(band, columns) for band in bands]
    words = [word for band in bands for line in band for c in line.cells for word in c.words]
    return [Table(edges[0][0], edges[-1][1], x0, x1, words, row_texts(rows))]


def columns_of_rows(bands: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """Intervals of x between the blank strips that go through all rows of several cells."""
    several = [band for band in bands if any(len(line.cells) > 1 for line in band)]
    words = [w for band in several for line in band for cell in line.cells for w in cell.words]
    if not words:
        return []
    least = STRIP * min(word.size for word in words)
    merged: list[tuple[float, float]] = []
    for x0, x1 in sorted((word.x0, word.x1) for word in words):
        if merged and x0 - merged[-1][1] < least:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return merged


def _cells(band: Sequence[Line], columns: Sequence[tuple[float, float]]) -> Row:
    """The words of a row by column, lines in order."""
    from invekto.knowledge.readers.layout import Cell

    cells = [""] * len(columns)
    for line in band:
        parts: list[list[Word]] = [[] for _ in columns]
        for cell in line.cells:
            for word in cell.words:
                shared = [min(word.x1, x1) - max(word.x0, x0) for x0, x1 in columns]
                parts[max(range(len(columns)), key=shared.__getitem__)].append(word)
        for at, part in enumerate(parts):
            if part:
                cells[at] = f"{cells[at]} {Cell(part).text}".strip()
    return cells


def table_rows(lines: Sequence[Line], body: float) -> tuple[list[str], int]:
    """If a table without rules begins at the first line: its rows, and how many lines it takes."""
    used = _extent(lines, body)
    if used < LEAST_ROWS + 1:
        return [], 0
    table = lines[:used]
    columns = columns_of_rows([[line] for line in table])
    if len(columns) < 2:
        return [], 0
    rows: list[Row] = []
    for line in table:
        cells = _cells([line], columns)
        if rows and _is_rest(cells, rows[-1]):
            rows[-1] = [f"{old} {new}".strip() for old, new in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    if len(rows) <= LEAST_ROWS or not _is_table(rows):
        return [], 0
    return row_texts(rows), used


def _extent(lines: Sequence[Line], body: float) -> int:
    """How many lines from the first on belong to one table without rules."""
    if len(lines[0].cells) < 2:
        return 0
    used = 1
    for at in range(1, len(lines)):
        before, line = lines[at - 1], lines[at]
        if before.y0 - line.y1 > 2.2 * max(before.size, line.size) or line.size > 1.25 * body:
            break
        if len(line.cells) > 1:
            used = at + 1
        elif at - used >= 2 or not _under_a_cell(line, lines[used - 1]):
            break
    return used


def _under_a_cell(line: Line, row: Line) -> bool:
    """A wrapped cell: it begins or ends with a cell of the row above and keeps its width."""
    cell = line.cells[0]
    right = min((c.x0 for c in row.cells if c.x0 > cell.x0 + 3), default=float("inf"))
    near = any(abs(cell.x0 - c.x0) < 3 or abs(cell.x1 - c.x1) < 3 for c in row.cells)
    return near and cell.x1 <= right


def _is_rest(cells: Row, before: Row) -> bool:
    """A line that only continues cells of the row before it."""
    filled = [at for at, cell in enumerate(cells) if cell]
    return len(filled) < len(cells) and not cells[0] and all(before[at] for at in filled)


def _is_table(rows: Sequence[Row]) -> bool:
    """Mostly full rows of short cells."""
    full = sum(sum(1 for cell in row if cell) >= 2 for row in rows)
    cells = [cell for row in rows for cell in row if cell]
    return full >= 0.6 * len(rows) and sum(len(c) for c in cells) / len(cells) < 60


def row_texts(rows: list[Row]) -> list[str]:
    """Rows as text with their headings; a right-to-left table is read from the right."""
    if is_rtl(" ".join(cell for row in rows for cell in row)):
        rows = [row[::-1] for row in rows]
    head, body = _head(rows)
    half = len(head) // 2
    if any(head) and head[:half] == head[half:]:  # a list set in two columns
        head, body = head[:half], [*(row[:half] for row in body), *(row[half:] for row in body)]
    return [text for row in body if row != head and (text := row_text(head, row))]


def _head(rows: list[Row]) -> tuple[Row, list[Row]]:
    """Headings and body. A first row with digits where others have them too is no heading."""
    first = rows[0]
    digits = [sum(any(c.isdigit() for c in cell) for cell in row) for row in rows]
    usual = sorted(digits[1:])[len(digits[1:]) // 2]
    if sum(1 for cell in first if cell) > 1 and (digits[0] == 0 or digits[0] < usual):
        return first, rows[1:]
    return [""] * len(first), rows

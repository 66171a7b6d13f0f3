"""Tables of sheets, web pages, Word and Markdown: where the headings stand, and each row with its
own. (A PDF's tables are found by their places first: `grid`.)"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from invekto.knowledge.blocks import Block, row_text
from invekto.text.money import find_money

Cells = Sequence[str | None]
"""A row. None: the cell to the left goes on here; a cell that goes on downwards is said again."""


def table_blocks(rows: Sequence[Cells], *, named: bool = False) -> list[Block]:
    """Blocks of one table: a title line above it becomes a heading, a line with one cell between
    rows a section heading, every other line a row with its headings. `named`: the file says that
    the first line holds the headings."""
    filled = [_trimmed(row) for row in rows]
    filled = [row for row in filled if any(row)]
    at = 0 if named else _head_at(filled)
    blocks = [Block("heading", _joined(row), level=1) for row in filled[:at]]
    head, body = _head(filled[at:], named=named)
    width = max(map(len, filled), default=0)
    for row in body:
        if _is_section(row, width):
            blocks.append(Block("heading", _joined(row), level=2))
        elif row != filled[at] or not any(head):
            blocks.append(Block("row", row_text(head, [cell or "" for cell in row])))
    return blocks


def _trimmed(row: Cells) -> list[str | None]:
    cells = [cell if cell is None else " ".join(cell.split()) for cell in row]
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def _joined(row: Cells) -> str:
    return " ".join(cell for cell in row if cell)


def _head_at(rows: Sequence[Cells]) -> int:
    """The first line that is as wide as lines usually are: above it stand titles."""
    widths = sorted(_width(row) for row in rows)
    usual = widths[len(widths) // 2] if widths else 0
    return next((at for at, row in enumerate(rows[:10]) if _width(row) >= min(usual, 2)), 0)


def _width(row: Cells) -> int:
    return sum(1 for cell in row if cell)


def _is_section(row: Cells, width: int) -> bool:
    """One cell that goes through the table, or stands alone in a table of several columns."""
    return _width(row) == 1 and bool(row[0]) and (width > 2 or None in row)


def _head(rows: Sequence[Cells], *, named: bool) -> tuple[list[str], Sequence[Cells]]:
    """The headings, none where the first line is a row like the others, and what is under them.
    A heading over several columns has its parts in the line below."""
    if not rows or not (named or _names_columns(rows)):
        return [], rows
    first = list(_over_all(rows[0]))
    if len(rows) > 2 and None in rows[0] and _goes_on(rows[0], rows[1]):
        below = [*rows[1], *[""] * len(first)]
        parts = zip(first, below, strict=False)
        return [
            top if low in (None, "", top) else f"{top} {low}".strip() for top, low in parts
        ], rows[2:]
    return first, rows[1:]


def _over_all(row: Cells) -> Iterator[str]:
    text = ""
    for cell in row:
        text = text if cell is None else cell
        yield text


def _goes_on(above: Cells, below: Cells) -> bool:
    """Only what stands under a heading of several columns is new in the line below."""
    wide = {at for at, cell in enumerate(above) if cell is None}
    wide |= {at - 1 for at in wide}
    new = {at for at, cell in enumerate(below) if cell and cell != _at(above, at)}
    return new <= wide


def _at(row: Cells, at: int) -> str | None:
    return row[at] if at < len(row) else None


def _names_columns(rows: Sequence[Cells]) -> bool:
    """Whether the first line can be headings: it names no money, and where there are two columns
    no figures stand in it beside the others' figures."""
    first, *others = [[cell for cell in row if cell] for row in rows]
    if not others or any(m.currency for cell in first for m in find_money(cell, "tr")):
        return False
    if max(map(len, others)) > 2 or not _figured(first):
        return True
    return 2 * sum(map(_figured, others)) < len(others)


def _figured(cells: Sequence[str]) -> bool:
    """Digits after the first cell."""
    return any(c.isdigit() for cell in cells[1:] for c in cell)

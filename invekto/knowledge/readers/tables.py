"""Sheets of rows: where the headings stand, and FAQ sheets."""

from __future__ import annotations

from collections.abc import Sequence

from invekto.knowledge.blocks import Block, row_text


def sheet_blocks(rows: Sequence[Sequence[str]]) -> list[Block]:
    """Blocks of one sheet: a title line above the table becomes a heading, a line with one cell
    between rows a section heading, every other line a row with its headings."""
    filled = [[cell.strip() for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    head_at = _head(filled)
    blocks = [
        Block("heading", " ".join(cell for cell in row if cell), level=1)
        for row in filled[:head_at]
    ]
    if head_at >= len(filled):
        return blocks
    head = filled[head_at]
    width = sum(1 for cell in head if cell)
    for row in filled[head_at + 1 :]:
        cells = [cell for cell in row if cell]
        if len(cells) == 1 and width > 2 and row[0]:
            blocks.append(Block("heading", cells[0], level=2))
        elif row != head:
            blocks.append(Block("row", row_text(head, row)))
    return blocks


def _head(rows: Sequence[Sequence[str]]) -> int:
    """The first row that is as wide as rows usually are and holds no digits."""
    if not rows:
        return 0
    widths = sorted(sum(1 for cell in row if cell) for row in rows)
    usual = widths[len(widths) // 2]
    for at, row in enumerate(rows[:10]):
        if sum(1 for cell in row if cell) >= min(usual, 2):
            return at
    return 0

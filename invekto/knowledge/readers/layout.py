"""From words with places to lines, columns of text, tables, headings and paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from invekto.knowledge.blocks import Block
from invekto.knowledge.readers.glyphs import Sheet, Word, is_rtl
from invekto.knowledge.readers.grid import ruled_tables, table_rows

CELL_GAP = 1.1
"""Ems between words from where on they stand in different cells."""
_PAGE_NUMBER = re.compile(
    r"^(?:\W*(?:sayfa|sf|s|page|p|صفحة|الصفحة)?\W*\d{1,4}\W*(?:(?:/|of|من|\|)\W*\d{1,4})?\W*)$",
    re.IGNORECASE,
)
_LEADER = re.compile(r"^(?:[._·•]{4,}|…{2,})$")
_BULLET = re.compile(r"^(?:[•▪●◦‣*–-]|\d{1,2}[.)]|[a-zçğıöşü][.)])$", re.IGNORECASE)


@dataclass(slots=True)
class Cell:
    """Words that stand together on one line."""

    words: list[Word]

    @property
    def x0(self) -> float:
        return min(word.x0 for word in self.words)

    @property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @property
    def text(self) -> str:
        words = self.words
        if is_rtl("".join(word.text for word in words)):
            words = _right_to_left(words)
        return " ".join(word.text for word in words)


def _right_to_left(words: Sequence[Word]) -> list[Word]:
    """Right to left, but runs of Latin words and numbers left to right."""
    out: list[Word] = []
    run: list[Word] = []
    for word in sorted(words, key=lambda w: -w.x1):
        if is_rtl(word.text) or not any(c.isalnum() for c in word.text):
            out += [*reversed(run), word]
            run = []
        else:
            run.append(word)
    return out + run[::-1]


@dataclass(slots=True)
class Line:
    """Cells of one line from left to right."""

    cells: list[Cell]
    y0: float
    y1: float
    size: float
    bold: bool

    @property
    def text(self) -> str:
        """The whole line; cells of a right-to-left line begin at the right."""
        cells = self.cells
        joined = " ".join(cell.text for cell in cells)
        return " ".join(cell.text for cell in reversed(cells)) if is_rtl(joined) else joined

    @property
    def x0(self) -> float:
        return self.cells[0].x0

    @property
    def x1(self) -> float:
        return max(cell.x1 for cell in self.cells)

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Lines from top to bottom, without the dots that lead from one cell to the next."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: -(w.y0 + w.y1)):
        if _LEADER.match(word.text):
            continue
        middle = (word.y0 + word.y1) / 2
        last = rows[-1] if rows else None
        if last and _middle(last) - middle < 0.45 * max(word.size, last[0].size):
            last.append(word)
        else:
            rows.append([word])
    return [_line(row) for row in rows]


def _middle(row: Sequence[Word]) -> float:
    return sum(w.y0 + w.y1 for w in row) / (2 * len(row))


def _line(row: list[Word]) -> Line:
    row.sort(key=lambda w: w.x0)
    sizes = Counter(round(w.size, 1) for w in row for _ in w.text)
    size = sizes.most_common(1)[0][0]
    cells = [Cell([row[0]])]
    reach = row[0].x1
    for word in row[1:]:
        bullet = len(cells[-1].words) == 1 and bool(_BULLET.match(cells[-1].words[0].text))
        if word.x0 - reach > CELL_GAP * size * (3 if bullet else 1):
            cells.append(Cell([word]))
        else:
            cells[-1].words.append(word)
        reach = max(reach, word.x1)
    return Line(
        cells,
        min(w.y0 for w in row),
        max(w.y1 for w in row),
        size,
        2 * sum(len(w.text) for w in row if w.bold) > sum(len(w.text) for w in row),
    )


def columns_of(words: Sequence[Word]) -> list[list[Line]]:
    """Lines in reading order: one list, or, where prose stands in columns, one list for each
    stretch of a column."""
    lines = lines_of(words)
    gutter = _gutter(lines)
    if gutter is None:
        return [lines] if lines else []
    x, top, bottom = gutter
    inside = [w for w in words if bottom <= (w.y0 + w.y1) / 2 <= top]
    above = [w for w in words if (w.y0 + w.y1) / 2 > top]
    below = [w for w in words if (w.y0 + w.y1) / 2 < bottom]
    sides = [[w for w in inside if w.x1 <= x], [w for w in inside if w.x1 > x]]
    if is_rtl("".join(w.text for w in inside)):
        sides.reverse()
    parts = [lines_of(above)] if above else []
    for side in sides:
        parts += columns_of(side)
    return parts + (columns_of(below) if below else [])


def _gutter(lines: Sequence[Line]) -> tuple[float, float, float] | None:
    """(x, top, bottom) of a blank strip between two columns of prose, if there is one."""
    gaps: Counter[int] = Counter()
    for line in lines:
        for left, right in zip(line.cells, line.cells[1:], strict=False):
            for at in range(int(left.x1) + 1, int(right.x0), 4):
                gaps[at // 4] += 1
    for slot, count in gaps.most_common(3):
        if count < 5:
            return None
        x = slot * 4 + 2.0
        stretch = _stretch(lines, x)
        if len(stretch) >= 6 and _is_prose(stretch, x):
            return x, stretch[0].y1, stretch[-1].y0
    return None


def _stretch(lines: Sequence[Line], x: float) -> list[Line]:
    """The longest run of lines that no cell of which crosses `x`."""
    best: list[Line] = []
    run: list[Line] = []
    for line in lines:
        if any(cell.x0 < x < cell.x1 for cell in line.cells):
            run = []
            continue
        run.append(line)
        if len(run) > len(best):
            best = list(run)
    return best


def _is_prose(lines: Sequence[Line], x: float) -> bool:
    """Both sides are filled with running text rather than with cells of a table."""
    for left in (True, False):
        cells = [[c for c in line.cells if (c.x1 <= x if left else c.x0 >= x)] for line in lines]
        filled = [row for row in cells if row]
        if len(filled) < 0.4 * len(lines):
            return False
        single = [row[0] for row in filled if len(row) == 1]
        words = sum(len(c.words) for c in single) / max(len(single), 1)
        if len(single) < 0.7 * len(filled) or words < 4:
            return False
    return True


def blocks_of(page: Sheet, body: float, dropped: frozenset[str]) -> list[Block]:
    """The blocks of a page. `body` is the size of running text in the document, `dropped` the
    normalised texts of its headers and footers."""
    blocks: list[Block] = []
    rest = page.words
    for table in ruled_tables(page.words, page.rules, body):
        taken = {id(word) for word in table.words}
        above = [w for w in rest if (w.y0 + w.y1) / 2 > table.top]
        rest = [w for w in rest if (w.y0 + w.y1) / 2 <= table.top and id(w) not in taken]
        blocks += _stretch_blocks(above, page, body, dropped)
        blocks += [Block("row", row, page.number) for row in table.rows]
    return blocks + _stretch_blocks(rest, page, body, dropped)


def _stretch_blocks(
    words: Sequence[Word], page: Sheet, body: float, dropped: frozenset[str]
) -> list[Block]:
    blocks: list[Block] = []
    for column in columns_of(words):
        kept = [line for line in column if not _is_margin(line, page, dropped)]
        at = 0
        while at < len(kept):
            rows, used = table_rows(kept[at:], body)
            if used:
                blocks += [Block("row", row, page.number) for row in rows]
                at += used
            else:
                at = _prose(kept, at, page, body, blocks)
    return blocks


def margin_text(line: Line) -> str:
    """A header's or footer's text without its numbers, for comparing pages."""
    return re.sub(r"\d+", "#", " ".join(line.text.split())).lower()


def in_margin(line: Line, page: Sheet) -> bool:
    """Whether a line stands in the top or bottom ninth of the page."""
    return line.middle > page.height * 8 / 9 or line.middle < page.height / 9


def _is_margin(line: Line, page: Sheet, dropped: frozenset[str]) -> bool:
    if not in_margin(line, page):
        return False
    return margin_text(line) in dropped or bool(_PAGE_NUMBER.match(line.text.strip()))


def _prose(lines: list[Line], at: int, page: Sheet, body: float, blocks: list[Block]) -> int:
    """Append the heading or paragraph that begins at `at`; returns where the next begins."""
    first = lines[at]
    heading = is_heading(first, body) and not _runs_on(lines, at, body)
    part = [first]
    while at + len(part) < len(lines) and _continues(
        part[-1], lines[at + len(part)], heading, body
    ):
        part.append(lines[at + len(part)])
    text = _joined([line.text for line in part])
    if heading and len(text) <= 160:
        level = 1 if first.size > 1.7 * body else 2 if first.size > 1.25 * body else 3
        blocks.append(Block("heading", text, page.number, level))
    elif text:
        blocks.append(Block("text", text, page.number))
    return at + len(part)


def is_heading(line: Line, body: float) -> bool:
    """Clearly larger than running text, or short and bold; and not the end of a sentence."""
    text = line.text.strip()
    if len(text) > 120 or not any(c.isalpha() for c in text) or text.endswith((".", ",", ";", "،")):
        return False
    return line.size > 1.25 * body or (line.bold and len(text) < 90 and line.size >= 0.95 * body)


def _runs_on(lines: Sequence[Line], at: int, body: float) -> bool:
    """A large line that the next one finishes as a sentence: a lead, not a heading."""
    if at + 1 == len(lines):
        return False
    first, after = lines[at], lines[at + 1]
    near = first.y0 - after.y1 < 0.75 * first.size and abs(first.size - after.size) < 0.5
    return near and first.bold == after.bold and not is_heading(after, body)


def _continues(before: Line, line: Line, heading: bool, body: float) -> bool:
    gap = before.y0 - line.y1
    if (heading and not is_heading(line, body)) or abs(
        before.size - line.size
    ) > 0.15 * before.size:
        return False
    if len(line.cells) > 1 and len(before.cells) > 1 and not heading:
        return False
    if gap > 0.75 * before.size or gap < -2 * before.size:
        return False
    if not heading and is_heading(line, body) and line.bold and not before.bold:
        return False
    return not _BULLET.match(line.cells[0].words[0].text) or heading


def _joined(texts: Sequence[str]) -> str:
    """Lines as one paragraph; a word divided at a line's end is put together."""
    out = ""
    for text in texts:
        if out.endswith("-") and text[:1].islower() and out[-2:-1].isalpha():
            out = out[:-1] + text
        else:
            out = f"{out} {text}" if out else text
    return " ".join(out.split())

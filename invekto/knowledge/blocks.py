"""What a reader finds in a file: headings, text and table rows, page by page."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Block:
    """`kind` is heading, text or row; `level` orders headings, 1 is the highest. A row's text is
    `Heading: cell · Heading: cell`."""

    kind: str
    text: str
    page: int | None = None
    level: int = 0


@dataclass(slots=True)
class Page:
    """The blocks of one page (`number` is None where the format has no pages). `recognised`: text
    recognition made them of a picture."""

    number: int | None
    blocks: list[Block] = field(default_factory=list)
    image_only: bool = False
    recognised: bool = False


class Unreadable(Exception):  # noqa: N818 - a state of the file
    """A file that cannot be read. `problem` is a stable word of `data/problems.yaml`."""

    def __init__(self, problem: str, **detail: object) -> None:
        super().__init__(problem)
        self.problem = problem
        self.detail = detail


ROW_GAP = " · "


def row_text(headings: list[str], cells: list[str]) -> str:
    """A table row as one line, each cell with its heading; empty cells are left out."""
    parts = []
    for at, cell in enumerate(cells):
        value = " ".join(cell.split())
        if not value:
            continue
        heading = " ".join(headings[at].split()) if at < len(headings) else ""
        parts.append(f"{heading}: {value}" if heading and at > 0 else value)
    return ROW_GAP.join(parts)

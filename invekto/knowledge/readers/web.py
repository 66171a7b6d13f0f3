"""HTML: what a reader of the page would see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from invekto.knowledge.blocks import Block, Page
from invekto.knowledge.readers.tables import table_blocks

HIDDEN = ("script", "style", "noscript", "template", "svg", "nav", "iframe", "head", "form")
TEXT = ("p", "li", "dd", "dt", "blockquote", "pre", "figcaption", "address", "summary")
WIDEST_SPAN = 100
"""Rows or columns of one cell."""


def read_html(data: bytes) -> Iterator[Page]:
    """Headings, paragraphs, list items and table rows; scripts and hidden parts are dropped."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(data, "lxml")
    for tag in soup.find_all(HIDDEN):
        tag.decompose()
    for tag in soup.find_all(_is_hidden):
        if not tag.decomposed:
            tag.decompose()
    yield Page(None, list(_blocks(soup.body or soup)))


def _is_hidden(tag: Any) -> bool:
    style = str(tag.get("style", "")).replace(" ", "").lower()
    return tag.has_attr("hidden") or "display:none" in style or "visibility:hidden" in style


def _blocks(node: Any) -> Iterator[Block]:
    from bs4.element import Comment, NavigableString

    loose: list[str] = []
    for child in node.children:
        if isinstance(child, Comment):
            continue
        if isinstance(child, NavigableString) or child.name in (
            "b",
            "i",
            "a",
            "span",
            "strong",
            "em",
            "u",
            "small",
            "br",
        ):
            loose.append("\n" if getattr(child, "name", "") == "br" else _text(child))
            continue
        yield from _flushed(loose)
        if child.name and child.name[0] == "h" and child.name[1:].isdigit():
            yield from _one("heading", _text(child), int(child.name[1:]))
        elif child.name == "table":
            yield from _table(child)
        elif child.name in TEXT and not child.find(["p", "table", "ul", "ol"]):
            yield from _one("text", _text(child))
        else:
            yield from _blocks(child)
    yield from _flushed(loose)


def _flushed(loose: list[str]) -> Iterator[Block]:
    yield from _one("text", " ".join(loose))
    loose.clear()


def _one(kind: str, text: str, level: int = 0) -> Iterator[Block]:
    clean = " ".join(text.split())
    if clean:
        yield Block(kind, clean, level=level)


def _text(node: Any) -> str:
    return str(node) if isinstance(node, str) else str(node.get_text(" "))


def _table(table: Any) -> Iterator[Block]:
    """Rows with their headings; a table that only lays out the page is read cell by cell."""
    if caption := table.find("caption"):
        yield from _one("heading", _text(caption), 4)
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    cells = [row.find_all(["td", "th"], recursive=False) for row in rows]
    if table.find("table") or all(len(row) < 2 for row in cells):
        for cell in (cell for row in cells for cell in row):
            yield from _blocks(cell)
        return
    named = any(row and all(cell.name == "th" for cell in row) for row in cells[:1])
    yield from table_blocks(_spread(cells), named=named)


def _spread(rows: list[list[Any]]) -> list[list[str | None]]:
    """Texts by column: a cell of several rows in each of them, None where one of several columns
    goes on."""
    below: dict[int, tuple[int, str | None]] = {}
    spread = []
    for row in rows:
        texts: list[str | None] = []
        waiting = list(row)
        while waiting or len(texts) in below:
            left, text = below.pop(len(texts), (0, None))
            if left:
                parts, down = [text], left
            else:
                cell = waiting.pop(0)
                parts = [_text(cell), *[None] * (_span(cell, "colspan") - 1)]
                down = _span(cell, "rowspan")
            for part in parts:
                if down > 1:
                    below[len(texts)] = (down - 1, part)
                texts.append(part)
        spread.append(texts)
    return spread


def _span(cell: Any, name: str) -> int:
    said = str(cell.get(name, "1")).strip()
    return max(1, min(int(said), WIDEST_SPAN)) if said.isdecimal() else 1

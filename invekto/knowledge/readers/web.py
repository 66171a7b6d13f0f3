"""HTML: what a reader of the page would see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from invekto.knowledge.blocks import Block, Page, row_text

HIDDEN = ("script", "style", "noscript", "template", "svg", "nav", "iframe", "head", "form")
TEXT = ("p", "li", "dd", "dt", "blockquote", "pre", "figcaption", "address", "summary")


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
            yield from _rows(child)
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


def _rows(table: Any) -> Iterator[Block]:
    if caption := table.find("caption"):
        yield from _one("heading", _text(caption), 4)
    rows = [
        [" ".join(_text(cell).split()) for cell in row.find_all(["td", "th"], recursive=False)]
        for row in table.find_all("tr")
    ]
    rows = [row for row in rows if any(row)]
    if len(rows) == 1 or all(len(row) == 1 for row in rows):
        for row in rows:
            yield from _one("text", " ".join(row))
        return
    for row in rows[1:]:
        yield from _one("row", row_text(rows[0], row))

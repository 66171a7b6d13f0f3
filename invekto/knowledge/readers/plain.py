"""Plain text, Markdown and CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from invekto.errors import BadData
from invekto.knowledge.blocks import Block, Page, Unreadable
from invekto.knowledge.readers.tables import table_blocks
from invekto.text.decoding import decoded
from invekto.text.delimited import delimited

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
_RULE = re.compile(r"^\s*\|?[\s:|-]*-[\s:|-]*\|?\s*$")
_CELL_END = re.compile(r"(?<!\\)\|")
_FENCE = re.compile(r"^\s*(```|~~~)")
_MARKUP = re.compile(r"(\*\*|__|`)(.+?)\1")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_UNSEEN = re.compile(r"\A---\n.*?\n---\n|<!--.*?-->", re.DOTALL)


def read_txt(data: bytes) -> Iterator[Page]:
    """One page of paragraphs."""
    paragraphs = re.split(r"\n\s*\n", decoded(data).text.replace("\r\n", "\n").replace("\r", "\n"))
    yield Page(None, [Block("text", p.strip()) for p in paragraphs if p.strip()])


def read_markdown(data: bytes) -> Iterator[Page]:
    """Headings, paragraphs, lists, code and pipe tables; comments and front matter are dropped."""
    text = decoded(data).text.replace("\r\n", "\n").replace("\r", "\n")
    lines = _UNSEEN.sub("", text).split("\n")
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        found, at = _block(lines, at)
        blocks += found
    yield Page(None, blocks)


def _block(lines: list[str], at: int) -> tuple[list[Block], int]:
    """What begins on a line, and where the next begins."""
    line = lines[at]
    if heading := _HEADING.match(line):
        return [Block("heading", _bare(heading.group(2)), level=len(heading.group(1)))], at + 1
    if _FENCE.match(line):
        end = _while(lines, at + 1, lambda one: not _FENCE.match(one))
        return _text(lines[at + 1 : end]), end + 1
    if _is_table(lines, at):
        end = _while(lines, at + 2, lambda one: "|" in one)
        rows = [_cells(one) for one in (line, *lines[at + 2 : end])]
        return table_blocks(rows, named=True), end
    if not line.strip():
        return [], at + 1
    under = _UNDERLINE.match(lines[at + 1]) if at + 1 < len(lines) else None
    if under:
        return [
            Block("heading", _bare(line.strip()), level=1 if "=" in under.group(1) else 2)
        ], at + 2
    end = _while(lines, at + 1, lambda one: bool(one.strip()) and not _begins(one))
    return _text([_bare(one) for one in lines[at:end]]), end


def _while(lines: list[str], at: int, holds: Callable[[str], bool]) -> int:
    while at < len(lines) and holds(lines[at]):
        at += 1
    return at


def _text(lines: list[str]) -> list[Block]:
    text = "\n".join(lines).strip()
    return [Block("text", text)] if text else []


def _is_table(lines: list[str], at: int) -> bool:
    if "|" not in lines[at] or at + 1 == len(lines):
        return False
    return "|" in lines[at + 1] and bool(_RULE.match(lines[at + 1]))


def _begins(line: str) -> bool:
    return bool(_HEADING.match(line) or _FENCE.match(line)) or line.lstrip().startswith("|")


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner if inner.endswith("\\|") else inner.removesuffix("|")
    return [_bare(cell.replace("\\|", "|").strip()) for cell in _CELL_END.split(inner)]


def _bare(text: str) -> str:
    return _MARKUP.sub(r"\2", _LINK.sub(r"\1", text))


def read_csv(data: bytes) -> Iterator[Page]:
    """Rows with the headings of the first full row. Ragged rows keep what they have."""
    try:
        rows = [cells for _, cells in delimited(data, name="").rows()]
    except BadData as error:
        raise Unreadable("damaged") from error
    yield Page(None, table_blocks(rows))

"""Plain text, Markdown and CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator

from invekto.errors import BadData
from invekto.knowledge.blocks import Block, Page, Unreadable, row_text
from invekto.knowledge.readers.tables import sheet_blocks
from invekto.text.decoding import decoded
from invekto.text.delimited import delimited

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_RULE = re.compile(r"^\s*\|?[\s:|-]*-[\s:|-]*\|?\s*$")
_MARKUP = re.compile(r"(\*\*|__|`)(.+?)\1")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


def read_txt(data: bytes) -> Iterator[Page]:
    """One page of paragraphs."""
    paragraphs = re.split(r"\n\s*\n", decoded(data).text.replace("\r\n", "\n").replace("\r", "\n"))
    yield Page(None, [Block("text", p.strip()) for p in paragraphs if p.strip()])


def read_markdown(data: bytes) -> Iterator[Page]:
    """Headings, paragraphs, lists and pipe tables."""
    blocks: list[Block] = []
    lines = decoded(data).text.replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        heading = _HEADING.match(line)
        if heading:
            blocks.append(Block("heading", _bare(heading.group(2)), level=len(heading.group(1))))
        elif line.lstrip().startswith("|") and at + 1 < len(lines) and _RULE.match(lines[at + 1]):
            head = _cells(line)
            at += 2
            while at < len(lines) and lines[at].lstrip().startswith("|"):
                if text := row_text(head, _cells(lines[at])):
                    blocks.append(Block("row", text))
                at += 1
            continue
        elif line.strip():
            begin = at
            while at + 1 < len(lines) and lines[at + 1].strip() and not _begins(lines[at + 1]):
                at += 1
            blocks.append(Block("text", _bare("\n".join(lines[begin : at + 1]).strip())))
        at += 1
    yield Page(None, blocks)


def _begins(line: str) -> bool:
    return bool(_HEADING.match(line)) or line.lstrip().startswith(("|", "```"))


def _cells(line: str) -> list[str]:
    return [_bare(cell.strip()) for cell in line.strip().strip("|").split("|")]


def _bare(text: str) -> str:
    return _MARKUP.sub(r"\2", _LINK.sub(r"\1", text))


def read_csv(data: bytes) -> Iterator[Page]:
    """Rows with the headings of the first full row. Ragged rows keep what they have."""
    try:
        rows = [cells for _, cells in delimited(data, name="").rows()]
    except BadData as error:
        raise Unreadable("damaged") from error
    yield Page(None, sheet_blocks(rows))

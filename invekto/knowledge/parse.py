"""The process that opens a foreign file: limited in time and memory, it fails alone.

`python -m invekto.knowledge.parse` reads one JSON line and the file from standard input, and
writes JSON lines: {"kind", "pages"}, then one a page, or {"problem", "detail"}.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from invekto.knowledge.blocks import Block, Page, Unreadable
from invekto.knowledge.readers.kinds import kind_of

MEMORY = 2_000_000_000
"""Bytes of address space."""
SECONDS = 600
"""Of processor time."""
PART, PART_SIZE = 50, 100_000
"""Blocks and characters that are handed on at once where a format has no pages."""


def main() -> None:
    """Serve one file."""
    limit()
    logging.disable(logging.CRITICAL)
    wanted = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        for line in _lines(data, wanted):
            _say(line)
    except Unreadable as error:
        _say({"problem": error.problem, "detail": error.detail})
    except MemoryError:
        _say({"problem": "too_much_memory", "detail": {}})
    except RecursionError:
        _say({"problem": "damaged", "detail": {}})


def limit() -> None:
    """Bound this process in memory and processor time."""
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        resource.setrlimit(what, (most, most))


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def _lines(data: bytes, wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
    kind, most = kind_of(data, wanted["name"]), int(wanted["most_pages"])
    skip, password = int(wanted.get("skip", 0)), wanted.get("password")
    if kind == "pdf":
        from invekto.knowledge.readers.pdf import page_count, read_pdf

        count, pages = page_count(data, password), read_pdf(data, password, skip=skip)
        if count > most:
            raise Unreadable("too_many_pages", pages=count, most=most)
    else:
        parts = [part for page in _pages(data, kind) for part in _parts(page)]
        count, pages = len(parts), iter(parts[skip:])
        if count > most:
            rows = sum(len(part.blocks) for part in parts)
            raise Unreadable("too_many_rows", rows=rows, most=most * PART)
    yield {"kind": kind, "pages": count}
    for page in pages:
        yield asdict(page)


def _parts(page: Page) -> Iterator[Page]:
    """A page of a format without pages in pieces that are written, and counted, one by one."""
    part: list[Block] = []
    size = 0
    for block in page.blocks:
        if part and (len(part) == PART or size + len(block.text) > PART_SIZE):
            yield Page(page.number, part, page.image_only)
            part, size = [], 0
        part.append(block)
        size += len(block.text)
    yield Page(page.number, part, page.image_only)


def _pages(data: bytes, kind: str) -> Iterator[Page]:
    match kind:
        case "docx":
            from invekto.knowledge.readers.office import read_docx

            return read_docx(data)
        case "xlsx":
            from invekto.knowledge.readers.sheets import read_xlsx

            return read_xlsx(data)
        case "html":
            from invekto.knowledge.readers.web import read_html

            return read_html(data)
        case "csv":
            from invekto.knowledge.readers.plain import read_csv

            return read_csv(data)
        case "markdown":
            from invekto.knowledge.readers.plain import read_markdown

            return read_markdown(data)
        case _:
            from invekto.knowledge.readers.plain import read_txt

            return read_txt(data)


if __name__ == "__main__":
    main()

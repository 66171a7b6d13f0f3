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

from invekto.knowledge.blocks import Page, Unreadable
from invekto.knowledge.readers.kinds import kind_of

MEMORY = 2_000_000_000
"""Bytes of address space."""
SECONDS = 600
"""Of processor time."""


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
    kind = kind_of(data, wanted["name"])
    password = wanted.get("password")
    count = _count(data, kind, password)
    if count > wanted["most_pages"]:
        raise Unreadable("too_many_pages", pages=count, most=wanted["most_pages"])
    yield {"kind": kind, "pages": count}
    for page in _pages(data, kind, password, int(wanted.get("skip", 0))):
        yield asdict(page)


def _count(data: bytes, kind: str, password: str | None) -> int:
    if kind != "pdf":
        return 1
    from invekto.knowledge.readers.pdf import page_count

    return page_count(data, password)


def _pages(data: bytes, kind: str, password: str | None, skip: int) -> Iterator[Page]:
    match kind:
        case "pdf":
            from invekto.knowledge.readers.pdf import read_pdf

            return read_pdf(data, password, skip=skip)
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

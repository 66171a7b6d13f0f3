"""Pages of a foreign file, read in a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from invekto.knowledge.blocks import Block, Page, Unreadable

PAGE_SECONDS = 60.0
"""How long one page may take, the first one with the opening of the file."""
LONGEST_LINE = 8_000_000
"""Bytes of a page, or of one paragraph where there are no pages."""
AHEAD = 1 << 20
"""Bytes that the process may be ahead of who indexes its pages."""
TOLD = {signal.SIGABRT: "too_much_memory", signal.SIGXCPU: "too_slow", signal.SIGKILL: "too_slow"}
"""What ends the process says of the file: pdfium aborts where it gets no memory."""


@dataclass(slots=True)
class Opened:
    """What the reading process said first."""

    kind: str
    pages: int


async def read_pages(
    data: bytes, name: str, *, password: str | None = None, skip: int = 0, most_pages: int
) -> AsyncIterator[Opened | Page]:
    """`Opened`, then the pages after the first `skip`. Raises Unreadable, also when the process
    takes too long, too much memory, or dies."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "invekto.knowledge.parse",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, limit=LONGEST_LINE, pipesize=AHEAD,
    )  # fmt: skip
    try:
        head = {"name": name, "password": password, "skip": skip, "most_pages": most_pages}
        feeding = asyncio.create_task(_feed(process, json.dumps(head).encode() + b"\n" + data))
        async for line in _lines(process):
            yield _read(line)
        await feeding
        if await process.wait() != 0:
            raise died(process.returncode)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def died(code: int | None) -> Unreadable:
    """Why a reading process ended with this code."""
    problem = next((word for number, word in TOLD.items() if code == -number), "crashed")
    return Unreadable(problem, code=code)


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
        process.stdin.close()


async def _lines(process: asyncio.subprocess.Process) -> AsyncIterator[dict[str, Any]]:
    assert process.stdout is not None
    while True:
        try:
            line = await asyncio.wait_for(process.stdout.readline(), PAGE_SECONDS)
        except TimeoutError as error:
            raise Unreadable("too_slow", seconds=PAGE_SECONDS) from error
        except ValueError as error:
            raise Unreadable("page_too_big") from error
        if not line:
            return
        yield json.loads(line)


def _read(line: dict[str, Any]) -> Opened | Page:
    if "problem" in line:
        raise Unreadable(line["problem"], **line["detail"])
    if "kind" in line:
        return Opened(line["kind"], line["pages"])
    return Page(**line | {"blocks": [Block(**block) for block in line["blocks"]]})

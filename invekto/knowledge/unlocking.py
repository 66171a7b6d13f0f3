"""A protected PDF opened with its password once and kept without: what is read again later needs no
password, and none is stored.

`python -m invekto.knowledge.unlocking` is the process that does it, with the reading process's
limits: one JSON line and the file on standard input, one JSON line and the open file on its output.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys

from invekto.knowledge.blocks import Unreadable
from invekto.knowledge.opening import died
from invekto.knowledge.parse import limit

SECONDS = 60.0


async def unlocked(data: bytes, password: str) -> bytes:
    """The PDF without its protection; other files as they are. Raises Unreadable."""
    if b"%PDF-" not in data[:1024]:
        return data
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "invekto.knowledge.unlocking", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    head = json.dumps({"password": password}).encode() + b"\n"
    try:
        told, _ = await asyncio.wait_for(process.communicate(head + data), SECONDS)
    except TimeoutError as error:
        raise Unreadable("too_slow", seconds=SECONDS) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    line, _, opened = told.partition(b"\n")
    if process.returncode != 0 or not line:
        raise died(process.returncode)
    problem = json.loads(line).get("problem")
    if problem:
        raise Unreadable(problem)
    return opened


def main() -> None:
    """Serve one file."""
    limit()
    password = json.loads(sys.stdin.buffer.readline())["password"]
    data = sys.stdin.buffer.read()
    try:
        line, opened = {}, _open(data, password)
    except Unreadable as error:
        line, opened = {"problem": error.problem}, b""
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n" + opened)
    sys.stdout.buffer.flush()


def _open(data: bytes, password: str) -> bytes:
    from pypdfium2 import raw

    from invekto.knowledge.readers.pdf import opened

    document, out = opened(data, password), io.BytesIO()
    try:
        document.save(out, flags=raw.FPDF_REMOVE_SECURITY)
    finally:
        document.close()
    return out.getvalue()


if __name__ == "__main__":
    main()

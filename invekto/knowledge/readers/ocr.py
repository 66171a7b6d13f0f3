"""Text recognition of scanned pages by tesseract, where it is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
from functools import cache
from typing import Any

from invekto.knowledge.blocks import Block
from invekto.knowledge.readers.glyphs import is_rtl

ARABIC = "ara"
WANTED = ("tur", "eng", ARABIC)
SCALE = 300 / 72
"""Pixels a point: 300 dpi, what tesseract was trained for."""
SECONDS = 25
LARGEST = 5_000
"""Pixels of a page's longer side."""


@cache
def languages() -> str:
    """tesseract's languages among those we read, joined as it wants them; empty without it."""
    program = shutil.which("tesseract")
    if program is None:
        return ""
    listed = subprocess.run(  # noqa: S603 - the program that `which` found
        [program, "--list-langs"], capture_output=True, text=True, timeout=20, check=False
    )
    return "+".join(name for name in WANTED if name in listed.stdout.split())


def recognised(page: Any, number: int) -> list[Block]:
    """The paragraphs of a pdfium page's picture; none where tesseract is missing or gives up."""
    known = languages()
    if not known:
        return []
    scale = min(SCALE, LARGEST / max(page.get_size()))
    picture = io.BytesIO()
    page.render(scale=scale).to_pil().convert("L").save(picture, "PNG")
    text = _read(picture.getvalue(), known)
    if is_rtl(text) and ARABIC in known:  # beside Latin languages it takes Arabic words for theirs
        text = _read(picture.getvalue(), ARABIC)
    texts = (" ".join(part.split()) for part in text.split("\n\n"))
    return [Block("text", text, number) for text in texts if sum(c.isalnum() for c in text) > 2]


def _read(picture: bytes, known: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            [str(shutil.which("tesseract")), "stdin", "stdout", "-l", known],
            input=picture, capture_output=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", errors="replace")

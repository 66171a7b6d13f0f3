"""What a file is, by its content and not by its name."""

from __future__ import annotations

import io
import re
import zipfile

from invekto.knowledge.blocks import Unreadable
from invekto.text.decoding import decoded

_HTML = re.compile(rb"<\s*(!doctype\s+html|html|head|body|table|div|p|h[1-6])[\s>]", re.IGNORECASE)
_MARKDOWN = re.compile(r"^(#{1,6} \S|\s*[-*] \S|\|.+\|\s*$|```)", re.MULTILINE)

ENCRYPTED = "EncryptedPackage".encode("utf-16le")
"""What Word and Excel put a file with a password into."""


def kind_of(data: bytes, name: str) -> str:
    """pdf, docx, xlsx, html, csv, markdown or txt. Raises Unreadable with what is wrong.

    The name decides only between kinds of plain text.
    """
    if not data.strip():
        raise Unreadable("empty")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data[:4] == b"PK\x03\x04" or data[:4] == b"PK\x05\x06":
        return _of_zip(data)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable("password_office" if ENCRYPTED in data else "old_office")
    if _is_picture(data):
        raise Unreadable("picture")
    if _HTML.search(data[:4096]):
        return "html"
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("truncated_pdf" if name.lower().endswith(".pdf") else "unknown_kind")
    if name.lower().endswith(".pdf"):
        raise Unreadable("not_a_pdf")
    return _of_text(decoded(data).text, name)


def _of_zip(data: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except zipfile.BadZipFile as error:
        raise Unreadable("truncated_zip") from error
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    raise Unreadable("archive")


def _is_picture(data: bytes) -> bool:
    return data[:3] == b"\xff\xd8\xff" or data[:8] == b"\x89PNG\r\n\x1a\n" or data[:4] == b"GIF8"


def _of_text(text: str, name: str) -> str:
    ending = name.rsplit(".", 1)[-1].lower()
    if ending in ("csv", "tsv") or _looks_like_a_sheet(text):
        return "csv"
    if ending in ("md", "markdown") or len(_MARKDOWN.findall(text[:20_000])) >= 3:
        return "markdown"
    return "txt"


def _looks_like_a_sheet(text: str) -> bool:
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    if len(lines) < 3:
        return False
    for delimiter in ";\t":
        counts = {line.count(delimiter) for line in lines}
        if len(counts) == 1 and counts.pop() >= 1:
            return True
    return False

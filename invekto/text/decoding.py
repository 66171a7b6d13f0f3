"""Bytes of unknown encoding as text."""

from __future__ import annotations

import re
from dataclasses import dataclass

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WORDS = re.compile(r"[^\W\d_]{2,}")
_ARABIC_WORD = re.compile("[\u0621-\u0652]{2,}")


@dataclass(frozen=True, slots=True)
class Decoded:
    """`encoding` is Python's name of what was taken."""

    text: str
    encoding: str


def decoded(data: bytes) -> Decoded:
    """UTF-8 and UTF-16 by their marks, then UTF-8, then Turkish or Arabic Windows, whichever
    reads more naturally. What fits none becomes U+FFFD."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return Decoded(data.decode(encoding, errors="replace"), encoding)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        turkish, arabic = (
            Decoded(data.decode(name, errors="replace"), name) for name in ("cp1254", "cp1256")
        )
        return arabic if _reads_as_arabic(arabic.text) else turkish


def _reads_as_arabic(text: str) -> bool:
    """Whole words of Arabic letters; Turkish bytes give single ones inside Latin words."""
    words = _WORDS.findall(text)
    return 3 * sum(bool(_ARABIC_WORD.fullmatch(word)) for word in words) > len(words)

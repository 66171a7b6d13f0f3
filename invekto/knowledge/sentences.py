"""Where sentences end, in Turkish, English and Arabic."""

from __future__ import annotations

import re

_ABBREVIATIONS = (
    "dr", "prof", "doç", "av", "uzm", "dt", "op", "sn", "st", "mr", "mrs", "ms", "vb", "vs", "bkz",
    "örn", "no", "tel", "mah", "cad", "sok", "sk", "apt", "min", "max", "e.g", "i.e", "etc", "inc",
    "ltd", "şti", "a.ş", "yy", "sf", "s", "dk", "saat",
)  # fmt: skip
_END = re.compile(r"(?<=[.!?؟…])[\"'”’)\]]*\s+(?=[^\s.,;:!?])|\n+")


def sentences(text: str) -> list[str]:
    """The sentences of a text in order, each as it stands; line breaks end a sentence too."""
    parts: list[str] = []
    begin = 0
    for match in _END.finditer(text):
        if "\n" not in match.group() and _goes_on(text[begin : match.start()], text[match.end() :]):
            continue
        parts.append(text[begin : match.end()].strip())
        begin = match.end()
    parts.append(text[begin:].strip())
    return [part for part in parts if part]


def _goes_on(before: str, after: str) -> bool:
    """An abbreviation, an ordinal or an initial ends in a full stop without ending a sentence."""
    if not before.endswith("."):
        return False
    last = before[:-1].split()[-1].lower().strip("(\"'") if before[:-1].split() else ""
    if last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()):
        return True
    return last.isdigit() and len(last) <= 3 and after[:1].islower()

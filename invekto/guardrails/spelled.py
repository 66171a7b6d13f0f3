"""Phone numbers spelled in words, wholly or in part: "sıfır beş yüz otuz iki 111 22 33"."""

from __future__ import annotations

import re

_TR = {
    "sifir": 0, "bir": 1, "iki": 2, "uc": 3, "dort": 4, "bes": 5, "alti": 6, "yedi": 7, "sekiz": 8,
    "dokuz": 9, "on": 10, "yirmi": 20, "otuz": 30, "kirk": 40, "elli": 50, "altmis": 60,
    "yetmis": 70, "seksen": 80, "doksan": 90, "yuz": 100,
}  # fmt: skip
_EN = {
    "zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_AR = {
    "صفر": 0, "واحد": 1, "اثنان": 2, "اثنين": 2, "ثلاثه": 3, "اربعه": 4, "خمسه": 5, "سته": 6,
    "سبعه": 7, "ثمانيه": 8, "تسعه": 9,
}  # fmt: skip
WORDS = {**_TR, **_EN, **_AR}
_UNIT = "|".join(sorted(WORDS, key=len, reverse=True))
_RUN = re.compile(
    rf"(?<!\w)(?:(?:{_UNIT}){{1,4}}(?!\w)|\d{{1,4}}(?!\w))(?:[ ,-]{{1,2}}(?:(?:{_UNIT}){{1,4}}(?!\w)|\d{{1,4}}(?!\w))){{2,14}}"
)
_SIGNS = ("sifir", "bes", "yuz", "otuz", "elli", "zero", "five", "صفر", "خمسه")
_TOKEN = re.compile(rf"{_UNIT}|\d+")


def find_spelled(folded: str) -> list[tuple[int, int]]:
    """Spans of Turkish mobile numbers with at least one part in words."""
    if not any(word in folded for word in _SIGNS):
        return []
    spans = []
    for run in _RUN.finditer(folded):
        tokens = list(_TOKEN.finditer(folded, run.start(), run.end()))
        if not any(t.group() in WORDS for t in tokens):
            continue
        spans += _mobile_in(tokens)
    return spans


def _mobile_in(tokens: list[re.Match[str]]) -> list[tuple[int, int]]:
    """The first stretch of tokens that reads 05xxxxxxxxx or 5xxxxxxxxx."""
    for first in range(len(tokens)):
        for last in range(len(tokens), first + 2, -1):
            said = read(tuple(t.group() for t in tokens[first:last]))
            if re.fullmatch(r"(?:90)?0?5\d{9}", said):
                return [(tokens[first].start(), tokens[last - 1].end())]
    return []


def read(tokens: tuple[str, ...]) -> str:
    """The digits that a row of number words and figures says, each group on its own."""
    out: list[str] = []
    open_value: int | None = None
    room = 0
    for token in tokens:
        value = WORDS.get(token)
        if value is None:
            out += [str(open_value)] if open_value is not None else []
            out.append(token)
            open_value, room = None, 0
        elif value == 100:
            if open_value is not None and 2 <= open_value <= 9:
                open_value, room = open_value * 100, 100
            else:
                out += [str(open_value)] if open_value is not None else []
                open_value, room = 100, 100
        elif open_value is not None and 0 < value < room:
            open_value, room = open_value + value, 10 if value >= 10 and value % 10 == 0 else 0
        else:
            out += [str(open_value)] if open_value is not None else []
            open_value, room = value, 10 if value >= 10 else 0
    out += [str(open_value)] if open_value is not None else []
    return "".join(out)

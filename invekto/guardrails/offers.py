"""Offers that make the last of several cheaper: the second at half price, three for two."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "bir": 1, "iki": 2, "uc": 3, "dort": 4, "bes": 5,
    "واحده?": 1, "اثنين": 2, "قطعتين": 2, "ثلاث": 3, "ثلاثه": 3,
}  # fmt: skip
_N = rf"(\d|{'|'.join(_NUMBERS)})"
_FOR_FEWER = re.compile(
    rf"\b{_N} (?:\w{{3,8}} )?(?:al|kal|gel)\w{{0,3}},? ?{_N} (?:\w{{3,8}} )?ode|\bbuy[ -]{_N},?(?: and)? ?[ -]?pay[ -](?:for )?{_N}|\b{_N} for (?:the price of )?{_N}\b|"
    rf"اشتر {_N} (?:و)?ادفع (?:ثمن )?{_N}"
)
"""`3 al 2 öde`, `buy three, pay for two`."""
_NTH = {
    2: re.compile(r"\b(?:ikinci|second)|\b2(?:\.|nd)(?!\d)|الثاني"),
    3: re.compile(r"\b(?:ucuncu|third)|\b3(?:\.|rd)(?!\d)|الثالث"),
}
_HALF = re.compile(
    r"[^.;|,]{0,40}(?:\byari(?:si|m)?\b|\bhalf[ -](?:price|off)|\bhalf the price|نصف)"
)


def nth_of(label: str) -> int:
    """The how manieth thing a rate is for; 0 where it is for all."""
    return next((n for n, pattern in _NTH.items() if pattern.search(label)), 0)


def offers(folded: str) -> Iterator[tuple[int, float]]:
    """(the how manieth thing is cheaper, by how many per cent) of a fact that tells no rate."""
    for match in _FOR_FEWER.finditer(folded):
        taken, paid = (_number(g) for g in match.groups() if g)
        if 0 < paid < taken:
            yield taken, 100.0 * (taken - paid)
    for number, pattern in _NTH.items():
        if any(_HALF.match(folded, m.end()) for m in pattern.finditer(folded)):
            yield number, 50.0


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS.get(word, 0)

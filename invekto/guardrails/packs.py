"""How many are in a pack or a set: "altılı", "6'lı", "pack of six", "six-pack"."""

from __future__ import annotations

import re

_TURKISH = {
    "ikili": 2, "uclu": 3, "dortlu": 4, "besli": 5, "altili": 6, "yedili": 7, "sekizli": 8, "dokuzlu": 9, "onlu": 10,
    "on ikili": 12,
}  # fmt: skip
_ENGLISH = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12,
}  # fmt: skip
_NAMED = _TURKISH | _ENGLISH
_PACK = re.compile(
    rf"(?<!\w)(?:(?P<tr>on ikili|{'|'.join(_TURKISH)})|(?P<f1>\d{{1,3}})'?l[iu](?!\w)|(?:pack|set|box) of (?:(?P<en1>{'|'.join(_ENGLISH)})|(?P<f2>\d{{1,3}}))|"
    rf"(?:(?P<en2>{'|'.join(_ENGLISH)})|(?P<f3>\d{{1,3}}))[ -]pack(?!\w))"
)


def packs(folded: str) -> frozenset[str]:
    """Packs as codes that tell things apart."""
    found = set()
    for match in _PACK.finditer(folded):
        told = next(word for word in match.groups() if word)
        found.add(f"c:pack{_NAMED.get(told, told)}")
    return frozenset(found)

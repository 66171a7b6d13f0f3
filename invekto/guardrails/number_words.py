"""Number words of a text as the text room reads them."""

from __future__ import annotations

import re

from invekto.guardrails.flat import flat

_EACH = {
    "birer": "bir", "ikiser": "iki", "ucer": "uc", "dorder": "dort", "beser": "bes", "altisar": "alti",
    "yediser": "yedi", "sekizer": "sekiz", "dokuzar": "dokuz", "onar": "on", "yirmiser": "yirmi", "otuzar": "otuz",
    "kirkar": "kirk", "elliser": "elli", "biner": "bin",
}  # fmt: skip
_APIECE = re.compile(rf"(?<!\w)(?:{'|'.join(_EACH)})(?!\w)")
"""`dörder bin lira`: four thousand each."""
_STEMS = r"(?:(?:اثن|ثلاث|اربع|خمس|ست|سبع|ثماني|ثمان|تسع|عشر|الف|احد)\w{0,5}|ما?ي(?:ه|ت\w{1,2}))"
_GLUED = re.compile(rf"(?<!\w)[بل](?={_STEMS}(?!\w))")
"""A preposition written with the number that follows it."""
_AND = re.compile(rf"(?P<before>\w{{1,12}}[،,]? )و(?={_STEMS}(?!\w))")
_IN_NUMBER = re.compile(rf"[وبل]?{_STEMS}")
"""`و` after the word of a number makes one number of both; after any other it is "and"."""
_HALF = re.compile(
    r"(?<!\w)bucug\w{1,4}(?!\w)(?! (?:bes|on|ceyrek|yirmi)(?: bes)? (?:kala|var|gec))"
)
"""`dokuz buçuğa`."""
_TEEN = re.compile(r"(?<!\w)(?:احد[ىي]?|(?P<two>اثن(?:ت?ا|ت?ي))) عشره?(?!\w)")
"""Eleven and twelve in two words, which the text room has in one."""
_ONLY_ONE = re.compile(r"(?<!\w)الواحده?(?!\w)")
"""`المنطقة الواحدة بألفي ليرة`: no part of the number that follows."""
_TOGETHER = re.compile(r"(?<!\w)(?<!on )birden(?= (?!(?:bes|on|uc)[ea]\b))")
"""`ikisi birden otuz bin lira`: no one to thirty thousand."""


def counts_apiece(folded: str) -> bool:
    """Whether a text tells how many each is or has."""
    return bool(_APIECE.search(folded))


def readable(raw: str) -> str:
    """The text with plain numbers for those that are glued, apiece or none; of the same length."""
    folded = flat(raw)
    for pattern in (_GLUED, _TOGETHER, _ONLY_ONE):
        for match in pattern.finditer(folded):
            raw = raw[: match.start()] + " " * len(match.group()) + raw[match.end() :]
    for match in _AND.finditer(folded):
        if not _IN_NUMBER.match(match.group("before")):
            raw = f"{raw[: match.end() - 1]} {raw[match.end() :]}"
    for match in _HALF.finditer(folded):
        raw = raw[: match.start()] + "buçuk".ljust(len(match.group())) + raw[match.end() :]
    for match in _TEEN.finditer(folded):
        plain = ("اثنعش" if match.group("two") else "احدعش").rjust(len(match.group()))
        raw = raw[: match.start()] + plain + raw[match.end() :]
    for match in _APIECE.finditer(folded):
        plain = _EACH[match.group()].rjust(len(match.group()))
        raw = raw[: match.start()] + plain + raw[match.end() :]
    return raw

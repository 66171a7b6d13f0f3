"""Amounts of a text that are told in words, as the text room reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from invekto.guardrails.flat import flat
from invekto.guardrails.number_words import readable
from invekto.guardrails.said import Said, beside

_BEFORE = frozenset({"Ön", "ön", "ÖN"})  # "pre-", not the number ten
_PARTITIVE = re.compile(
    r"(?:iki|alti|yedi)(?:si|miz|niz)\w{0,3}|(?:uc|bes|sekiz|dokuz|on|dord)(?:u|i)(?:n\w{0,3}|m[iu]z\w{0,3})?|bina\w{0,8}"
)
"""`ikisi`, `üçü`: so many of what was spoken of; `bina` is a building."""
_MEASURED = re.compile(
    r"\d ?(?:kg|kilo|gram|gr|yas|tl|lira|euro|eur|usd|cm|metre|m2|adet|kisi|gun|ay|yil|litre|derece)?\w{0,4} $"
)
"""Before `altı` where it is "below" and not six: `10 kg altı`."""
_NAME = re.compile(r"[^\W\d_]{1,6}\d")
"""`X40`: a name with a figure, which its figures tell."""
_MONEY_WORDS = (
    "lira", "tl", "dolar", "euro", "avro", "sterlin", "dollar", "pound", "usd", "eur", "ليره",
    "دولار", "يورو", "جنيه",
)  # fmt: skip
_COUNTED_NTH = re.compile(r"[ ](?:kat|floor|gun|day|seans|session|hafta|week)")
_BESIDE = re.compile(
    r"^(?:hotel|full|extra|whole|free|more|additional|consecutive|tam|ek|ucretsiz) "
)
"""A word that may stand between a number and its unit: "five hotel nights"."""
_NEXT = re.compile(r"^(?:, |-|ya da |veya |or |to )?(?:iki|uc|dort|two|three|four) ")
"""`bir buçuk, iki yıl`: the unit stands with the second of two."""
_NO_COUNTS = frozenset({"0", "1", "-1", "-2", "0.5"})

UnitAt = Callable[[str, str], str | None]
"""The unit that follows a number, by what stands after it and its own last word."""


def worded(
    whole: str,
    stretch: tuple[int, int],
    language: str,
    taken: Sequence[tuple[int, int]],
    unit_at: UnitAt,
) -> Iterator[Said]:
    """Amounts in words in a stretch of the text; what is `taken` was found by its figures."""
    from invekto.text.money import find_money
    from invekto.text.numbers import find_numbers

    start, end = stretch
    raw = readable(whole[start:end])
    found: list[Said] = []
    for low, begin, finish in beside(flat(raw)):
        found += _counted(whole, (start + begin, start + finish), low, "", unit_at)
    named = any(word in flat(raw) for word in _MONEY_WORDS)
    for money in find_money(raw, language) if named else ():
        if any(c.isdecimal() for c in money.text) or money.currency is None:
            continue
        for ends in {v for v in (money.min, money.max) if v is not None}:
            said = (f"{ends.normalize():f}", money.currency)
            found.append(("money", said, start + money.begin, start + money.finish))
    places = [*taken, *((a, b) for _, _, a, b in found)]
    for number in find_numbers(raw, language):
        begin, finish = start + number.begin, start + number.finish
        told = whole[begin:finish]
        if any(a < finish and begin < b for a, b in places) or told in _BEFORE:
            continue
        if _PARTITIVE.fullmatch(flat(told)) or _named(whole, begin, told):
            continue
        if flat(told) == "alti" and _MEASURED.search(flat(whole[max(0, begin - 20) : begin])):
            continue
        value = f"{number.value.normalize():f}"
        found += _counted(whole, (begin, finish), value, number.kind, unit_at)
    yield from found


def _named(whole: str, begin: int, told: str) -> bool:
    """`X40`, the 5 of `G5`, and `All-on-4`: a figure of a name."""
    before = whole[:begin][-1:]
    glued = (told[0].isdecimal() and before.isalpha()) or (before == "-" and told.lower() == "on")
    return glued or _NAME.match(told) is not None


def _counted(
    raw: str, place: tuple[int, int], value: str, kind: str, unit_at: UnitAt
) -> list[Said]:
    begin, finish = place
    if kind == "ordinal" and not _COUNTED_NTH.match(flat(raw[finish : finish + 10])):
        return []
    if value in _NO_COUNTS:
        return []
    if kind == "percent":
        return [("percent", (value,), begin, finish)]
    last = flat(raw[begin:finish]).split()[-1]
    after = flat(raw[finish : finish + 24]).lstrip(" -'")
    unit = unit_at(after, last) or unit_at(_BESIDE.sub("", after, count=1), last)
    if unit is None and value.endswith(".5"):
        unit = unit_at(_NEXT.sub("", after, count=1), last)
    return [
        ("amount", (value, unit), begin, finish) if unit else ("number", (value,), begin, finish)
    ]

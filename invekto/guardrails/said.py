"""Clock times, lengths of time and small amounts told in words that no other rule reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from invekto.guardrails.clock_words import clock_words

Said = tuple[str, tuple[str, ...], int, int]
"""Kind, value, start, end: a claim's parts."""
_ENGLISH = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_ARABIC = {
    "الواحده": 1, "الثانيه عشره": 12, "الحاديه عشره": 11, "الثانيه": 2, "الثالثه": 3,
    "الرابعه": 4, "الخامسه": 5, "السادسه": 6, "السابعه": 7, "الثامنه": 8, "التاسعه": 9,
    "العاشره": 10,
}  # fmt: skip
_HALF = re.compile(rf"(?<!\w)half past (?P<hour>{'|'.join(_ENGLISH)})(?!\w)")
_HOUR = re.compile(
    rf"(?<!ليله )(?<!جلسه )(?<!قطعه )(?<!حبه )(?<!مره )(?P<hour>{'|'.join(_ARABIC)})(?P<half> و?النصف)?(?P<part> ظهر| مساء| عصر| العصر| بعد الظهر| بعد العصر)?(?!\w)"
)
_ONE = re.compile(
    r"(?<!\w)(?:(?:an?|one|per|(?<=within )the) (?P<en>hour|day|week|month|year)(?! and a half)|bir (?P<tr>saat(?= ic| son| sur)|hafta|yil|sene|ay(?=da|dan| ic| son)|gun(?=de| ic| son)))\w{0,8}(?!\w)"
)
_AND_HALF = re.compile(r"(?<!\w)(?:an?|one) (?P<unit>hour|day|week|month|year) and a half(?!\w)")
_ONE_AR = re.compile(
    r"(?<!\w)(?:(?<=خلال )|(?<=لمده )|(?<=بعد ))(?P<in>ساعه|يوم|اسبوع|شهر|سنه|عام)(?!\w)(?! \d)|"
    r"(?<!\w)(?P<ar>ساعه|يوم|اسبوع|شهر|سنه|عام)(?: واحد| كامل)ه?(?!\w)"
)
_TWO = re.compile(r"(?<!\w)(?:ال|ل|ب)?(?P<ar>سنت|عام|شهر|اسبوع|يوم|ساعت|ليلت)(?:ين|ان)(?!\w)")
_HOURS = re.compile(r"(?<![\d.,:])(\d{1,2}) ?h\b")
_NEXT = re.compile(r"(?<!\w)(?:ertesi gun|next[ -]day|اليوم التالي)")
_UNIT_OF = {
    "hafta": "week", "ay": "month", "gun": "day", "yil": "year", "sene": "year", "سنت": "year", "ساعت": "hour", "ليلت": "night", "ساعه": "hour", "يوم": "day",
    "اسبوع": "week", "شهر": "month", "سنه": "year", "عام": "year", "saat": "hour",
}  # fmt: skip


def said_in_words(folded: str) -> Iterator[Said]:
    """Clock times and lengths of time in words that no other rule reads."""
    for match in _HALF.finditer(folded):
        hour = _ENGLISH[match.group("hour")]
        yield "time", (f"{hour:02d}:30",), *match.span()
    for match in _HOUR.finditer(folded):
        hour = _ARABIC[match.group("hour")]
        if match.group("part") and 1 <= hour <= 11 and not (hour == 11 and "ظهر" in match.group()):
            hour += 12
        yield "time", (f"{hour:02d}:{'30' if match.group('half') else '00'}",), *match.span()
    for match in _AND_HALF.finditer(folded):
        yield "amount", ("1.5", match.group("unit")), *match.span()
    for match in _ONE.finditer(folded):
        unit = match.group("en") or _UNIT_OF[match.group("tr")]
        yield "amount", ("1", unit), *match.span()
    for match in _ONE_AR.finditer(folded):
        unit = _UNIT_OF[match.group("ar") or match.group("in")]
        yield "amount", ("1", unit), *match.span()
    for clock, start, end in clock_words(folded):
        yield "time", (clock,), start, end
    for match in _HOURS.finditer(folded):
        yield "amount", (match.group(1), "hour"), *match.span()
    for match in _NEXT.finditer(folded):
        yield "amount", ("1", "day"), *match.span()
    for match in _TWO.finditer(folded):
        yield "amount", ("2", _UNIT_OF[match.group("ar")]), *match.span()


_DIGITS = {
    **{w: i + 1 for i, w in enumerate(["bir", "iki", "uc", "dort", "bes", "alti", "yedi", "sekiz", "dokuz", "on"])},
    **{w: n for w, n in _ENGLISH.items() if n <= 10},
}  # fmt: skip
_PAIR = re.compile(rf"(?<!\w)({'|'.join(_DIGITS)})(?: |-| to | ila )({'|'.join(_DIGITS)})(?!\w)")


def beside(folded: str) -> Iterator[tuple[str, int, int]]:
    """(value, start, end) of `iki üç ay`, `altı-sekiz ay`: two amounts, not one number."""
    for match in _PAIR.finditer(folded):
        low, high = _DIGITS[match.group(1)], _DIGITS[match.group(2)]
        if low < high <= low + 3 and low < 10:
            for value in (low, high):
                yield str(value), match.start(), match.end()

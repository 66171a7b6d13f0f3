"""Clock times told by the minutes past or to an hour, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENGLISH = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_HOURS_TR = (
    "bir", "iki", "uc", "dor", "bes", "alti", "yedi", "sekiz", "dokuz", "on bir", "on iki", "on",
)  # fmt: skip
_HOUR_OF = {**{w: i + 1 for i, w in enumerate(_HOURS_TR[:9])}, "on bir": 11, "on iki": 12, "on": 10}
_PAST_OF = {
    "bes": 5, "on": 10, "on bes": 15, "ceyrek": 15, "yirmi": 20, "yirmi bes": 25, "otuz": 30, "otuz bes": 35,
    "kirk": 40, "kirk bes": 45, "elli": 50, "elli bes": 55, "five": 5, "ten": 10, "quarter": 15,
    "a quarter": 15, "twenty": 20, "twenty-five": 25,
}  # fmt: skip
_MINUTES = "|".join(sorted(_PAST_OF, key=len, reverse=True))
_HOUR_NAMES = "|".join(sorted(_HOUR_OF, key=len, reverse=True))
_CLOCK_TR = re.compile(
    rf"(?<!\w)(?P<h>{_HOUR_NAMES}|(?<![.,:])\d{{1,2}}'?)[dty]?(?:y?[iua]|y?e)"
    rf" (?P<m>{_MINUTES}|[1-5]?\d) (?:dakika )?(?P<d>gec|var|kala)\w{{0,4}}"
)
_TURNED_TR = re.compile(
    rf"(?<!\w)(?P<m>ceyrek) (?P<d>gec|var|kala)\w{{0,4}} (?P<h>{_HOUR_NAMES})[dt][ae](?!\w)"
)
"""`çeyrek geçe onda`."""
_CLOCK_EN = re.compile(
    r"(?<!\w)(?<!from )(?<!between )(?:(?P<m>(?:a )?quarter|twenty-five|five|ten|twenty|[1-5]?\d(?= minutes)|(?<=at )[1-5]?\d|[1-5]?\d(?= past))"
    rf"(?: minutes)? (?P<d>past|to) (?P<h>{'|'.join(_ENGLISH)}|1[0-2]|\d))(?![\w:]|[.]\d)"
    r"(?! (?:\w+ )?(?:day|week|month|year|hour|minute|night|session|person|people|piece)s?\b)"
)


_CASED = {
    "bire": 1, "ikiye": 2, "uce": 3, "dorde": 4, "bese": 5, "altiya": 6, "yediye": 7, "sekize": 8, "dokuza": 9,
    "ona": 10, "on bire": 11, "on ikiye": 12,
}  # fmt: skip
_TILL_TR = re.compile(
    r"(?:(?P<cue>saat|sabah|ogleden sonra|aksam|gece) )?"
    rf"(?<!\w)(?P<h>{'|'.join(sorted(_CASED, key=len, reverse=True))}) (?:kadar|dek)\b"
)
_AT = {
    "birde": 1, "ikide": 2, "ucte": 3, "dortte": 4, "beste": 5, "altida": 6, "yedide": 7, "sekizde": 8,
    "dokuzda": 9, "onda": 10, "on birde": 11, "on ikide": 12,
}  # fmt: skip
_AT_NAMES = "|".join(sorted(_AT, key=len, reverse=True))
_AT_TR = re.compile(
    rf"(?<!\w)(?:(?<=saat )(?P<at>{_AT_NAMES})(?!\w| (?:bir|iki)\b)|(?P<h>{_AT_NAMES})"
    r"(?= (?:de |da )?(?:bir )?(?:yeri?|bos|musait|gorusebilir\w{0,5})(?!\w)))"
)
"""`saat birde`, `dörtte yeri var`: at four, and no four parts."""
_AT_ONE = re.compile(r"(?<=\bat )one(?= o'?clock|[.,;!?]|$| (?:in the|on|and) | ?pm\b)")
_HALF_DAY = re.compile(
    r"(?:(?<=saat )|(?<=ile )|(?<=ila ))yarim(?:da|a|i)?(?= (?:aras|kadar|icin|uygun|bos)|\w? ?[.,;]|(?<=yarimda) )"
)
"""`saat yarımda`: at half past twelve."""
_SPAN_EN = re.compile(
    rf"\b(?:between|from) (?P<a>{'|'.join(_ENGLISH)}|noon|midnight) (?:and|to|till|until) (?P<b>{'|'.join(_ENGLISH)}|noon|midnight)(?!\w)"
    r"(?! (?:\w+ )?(?:day|week|month|year|hour|minute|night|session|person|people|piece|percent)s?\b)"
)
_NAMED = re.compile(
    r"(?<!\w)(?<!after )(?<!past )(?<!بعد )(?!gece yarisi\w{0,3} sonra)(?:(?P<noon>noon|oglen (?:on ikide|12(?![:.]\d)))|(?P<midnight>midnight|gece yarisi\w{0,3}|منتصف الليل))(?!\w)"
)
_DAY_WORDS = (
    r"(?:hafta ?ici|hafta ?sonu|her ?gun|gunu|saat\w{0,5}|(?:pazartesi|sali|carsamba|persembe|cuma|cumartesi|pazar)(?:leri)?|"
    r"(?:pzt|sal|car|per|cum|cmt|paz|mon|tue|wed|thu|fri|sat|sun)|(?:mon|tues|wednes|thurs|fri|satur|sun|week)days?|weekends?|daily|every day|hours|open|acik)"
)
_HOURS_FIGURES = re.compile(
    rf"(?:(?<!\w){_DAY_WORDS}\)?[ :,(]{{1,3}}|(?<![\w.,:/-])(?=0\d))(?P<a>[01]?\d|2[0-4])[-–](?P<b>[01]?\d|2[0-4])"
    r"(?![\w:./-]|,\d| ?(?:[-–]|gun|is gun|hafta(?! ?(?:ici|sonu))|ay\b|yas|yil|dk|dak|saat\b|kisi|adet|tl|day|week|month|year|min|hour|business|working|people|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ocak|subat|nisan|mayis|haz|tem|agu|eyl|eki|kas|ara\w))"
)
"""`Cumartesi 11-17`, `09-18`: hours from one to another, in figures."""
_SMALL_HOURS = 6
_LATE = frozenset({"ogleden sonra", "aksam", "gece"})


def clock_words(folded: str) -> Iterator[tuple[str, int, int]]:
    """(clock, start, end): `biri yirmi geçe` is 01:20, `a quarter to three` 02:45."""
    for pattern, hours in ((_CLOCK_TR, _HOUR_OF), (_TURNED_TR, _HOUR_OF), (_CLOCK_EN, _ENGLISH)):
        for match in pattern.finditer(folded):
            minutes = _number(match.group("h"), hours) * 60
            past = _number(match.group("m"), _PAST_OF)
            minutes += past if match.group("d") in {"gec", "past"} else -past
            clock = f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
            yield clock, *match.span()
    for match in _SPAN_EN.finditer(folded):
        for name in ("a", "b"):
            hour = {"noon": 12, "midnight": 0}.get(match.group(name)) or _ENGLISH.get(
                match.group(name), 0
            )
            yield f"{hour:02d}:00", *match.span()
    for match in _HOURS_FIGURES.finditer(folded):
        for name in ("a", "b"):
            yield f"{int(match.group(name)):02d}:00", match.start("a"), match.end("b")
    for match in _NAMED.finditer(folded):
        yield "12:00" if match.group("noon") else "00:00", *match.span()
    for match in _AT_TR.finditer(folded):
        yield f"{_AT[match.group('at') or match.group('h')]:02d}:00", *match.span()
    for match in _AT_ONE.finditer(folded):
        yield "01:00", *match.span()
    for match in _HALF_DAY.finditer(folded):
        yield "12:30", *match.span()
    for match in _TILL_TR.finditer(folded):
        hour = _CASED[match.group("h")]
        at_night = match.group("cue") == "gece" and hour < _SMALL_HOURS
        hour += 12 if match.group("cue") in _LATE and hour < 12 and not at_night else 0
        yield f"{hour:02d}:00", match.start("h"), match.end("h")


def _number(said: str, names: dict[str, int]) -> int:
    """The number of a word, or of figures with what stands before their ending."""
    figures = said.rstrip("'")
    return int(figures) if figures.isdecimal() else names[said]

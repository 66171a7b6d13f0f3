"""Clock times, lengths of time and small amounts told in words that no other rule reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from invekto.guardrails.clock_words import clock_words
from invekto.guardrails.readings import marks

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
_PAST_AR = {
    "خمس": 5, "عشر": 10, "عشرين": 20, "خمس وعشرين": 25, "خمس وثلاثين": 35, "اربعين": 40,
    "خمس واربعين": 45, "خمسين": 50,
}  # fmt: skip
_HALF = re.compile(rf"(?<!\w)half past (?P<hour>{'|'.join(_ENGLISH)})(?!\w)")
_HOUR = re.compile(
    rf"(?<!ليله )(?<!جلسه )(?<!قطعه )(?<!حبه )(?<!مره )(?P<hour>{'|'.join(_ARABIC)})(?! عشره)(?! الا )(?! وال?(?:ربع|ثلث))(?: و(?P<past>\d{{1,2}}|{'|'.join(_PAST_AR)}) دقي?ق\w{{1,3}})?(?P<half> و?النصف)?(?P<part> ظهر| مساء| عصر| العصر| بعد الظهر| بعد العصر)?(?!\w)"
)
_COUNTED = re.compile(
    r"(?:سعر|الجلسه|جلستك|زيارتك|الزياره|القطعه|الحبه|الليله|المره|الطفله?|طفله?|ابنك|ابنتك|بنت|ولد|عمر|السن|دون|فوق|تحت)(?:ه|ك)? (?:في )?$"
)
"""Before an ordinal that is no hour: the second session, a child of seven."""
_OF_A_THING = re.compile(r"(?<!\w)[وبفل]?ال(?!ساعه|جمعه)\w{3,12}ه $")
"""A thing told of before its number, as in `المنطقة الثانية`; an hour and Friday are none."""
_ONE_OF_TWO = re.compile(r"الاولي|الاول\b")
_NTH_AR = re.compile(
    r"(?<!\w)ال(?P<n>حادي|ثاني|ثالث|رابع|خامس|سادس|سابع|ثامن|تاسع)(?: عشر|ه عشره)(?!\w)"
)
_NTHS = ("حادي", "ثاني", "ثالث", "رابع", "خامس", "سادس", "سابع", "ثامن", "تاسع")
_LESS = re.compile(
    rf"(?P<hour>{'|'.join(_ARABIC)}) (?:(?P<to>الا) ?|و)(?:ال)?(?P<part>ربع|ثلث|خمس|عشرين|عشر)(?!\w{{3}})\w{{0,2}}(?: دقا?ئ?ي?قه?)?(?!\w)"
)
_PARTS = {"ربع": 15, "ثلث": 20, "خمس": 5, "عشر": 10, "عشرين": 20}
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth",
    "twenty-sixth", "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first",
)  # fmt: skip
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_DATED = re.compile(
    rf"(?<!\w)(?:(?P<d1>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))}) of (?P<m1>{'|'.join(_MONTHS)})|"
    rf"(?P<m2>{'|'.join(_MONTHS)}) (?:the )?(?P<d2>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))}))(?!\w)"
)
_TENS_TR = {"on": 10, "yirmi": 20, "otuz": 30}
_ONES_TR = ("bir", "iki", "uc", "dort", "bes", "alti", "yedi", "sekiz", "dokuz")
_MONTHS_TR = (
    "ocak", "subat", "mart", "nisan", "mayis", "haziran", "temmuz", "agustos", "eylul", "ekim", "kasim", "aralik",
)  # fmt: skip
_DATED_TR = re.compile(
    rf"(?<!\w)(?:(?P<tens>{'|'.join(_TENS_TR)}) ?)?(?P<ones>{'|'.join(_ONES_TR)})?(?<! ) (?P<month>{'|'.join(_MONTHS_TR)})(?!\w{{4}})"
)
_AND_HALF = re.compile(r"(?<!\w)(?:an?|one) (?P<unit>hour|day|week|month|year) and a half(?!\w)")
_TWO = re.compile(
    r"(?<!\w)(?:ال|ل|ب)?(?:(?P<ar>سنت|عام|شهر|اسبوع|يوم|ساعت|ليلت|زيارت|جلست)(?:ين|ان)|(?P<of>سنت|ساعت|ليلت|زيارت|جلست)(?:ا|ي)(?= \w)|(?P<work>يوم)ي(?= عمل))(?!\w)"
)
_HOURS = re.compile(r"(?<![\d.,:])(\d{1,2}) ?h\b")
_VOLUMES = re.compile(r"(?<!\w)uc ceyrek (?P<unit>litre|kilo)")
_PART_OF_AN_HOUR = {
    45: r"uc ceyrek saat|three[- ]quarters of an hour|ثلاثه ارباع (?:ال)?ساعه|(?<!\w)(?:ال)?ساعه الا ربعا?",
    30: r"yarim saat|half an hour|half-hour|نصف ساعه",
    20: r"a third of an hour|ثلث ساعه",
    15: r"(?<!uc )ceyrek saat|(?<!three )quarter of an hour|ربع ساعه",
    75: r"(?:an?|one) hour and a quarter|(?<!\w)ساعه وربع",
    80: r"(?:an?|one) hour and a third|(?<!\w)ساعه وثلث",
    90: r"(?<!\w)ساعه ونصف",
    105: r"(?:an?|one) hour and three[- ]quarters",
    150: r"ساعتين ونصف|ساعتان ونصف",
}
_MINUTES = {n: re.compile(words) for n, words in _PART_OF_AN_HOUR.items()}
_HOURLY = ("saat", "hour", "ساع")
"""Without one of these a text has no parts of an hour."""
_AND_A_HALF = re.compile(
    r"(?<![\d.,:])(\d{1,3}) bucuk(?!\w{0,3} (?:saat|ay|yil|sene|kilo|litre|metre|bin|milyon|lira|tl|gun|hafta|dakika|kat)\b)"
)
"""`9 buçuk`: half past, or so many and a half."""
_QUARTER = re.compile(r"(?<!\w)ربع (?:ال)?(?:سعر|ثمن)|\ba quarter off\b")
_FLOORS = ("اول", "ثاني", "ثالث", "رابع", "خامس", "سادس", "سابع", "ثامن", "تاسع", "عاشر")
_FLOOR = re.compile(rf"(?:الطابق|الدور) ال(?P<n>{'|'.join(_FLOORS)})(?!\w| عشر)")
_SINGLE = re.compile(
    r"(?<!\w)(?:tek seans|tek ziyaret|(?:single|one) (?:session|visit)|(?:جلسه|زياره) واحده)"
)
_SIX = re.compile(
    r"(?<!\w)(?<!\d )alti(?= (?:kez|kere|defa|urun|paket|kutu|sube|model|renk|cesit)\w{0,4}\b)"
)
_LONG = {
    ("1.5", "year"): r"سنه ونصف|عام ونصف",
    ("1.5", "month"): r"شهر ونصف",
    ("0.5", "year"): r"half a year|yarim yil|نصف (?:سنه|عام)",
    ("2", "week"): r"\ba fortnight",
}
_LONGER = {value: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for value, words in _LONG.items()}
_NTH = re.compile(
    r"(?<![\d.,])(\d{1,3})\. gun(?:de|den|u|un)?\b|(?<!\w)(?:day|اليوم) (\d{1,3})(?![\d.,:])"
)
"""`7. gün`, `day 7`: so many days after something."""
_HOLIDAYS = {
    (
        "1",
        "1",
    ): r"yilbas(?!i (?:gece|arife|aksam))|yilin ilk gunu|new year(?:'s)?(?: day)?(?! eve)|راس السنه",
    ("4", "23"): r"(?:ulusal egemenlik|cocuk bayram)",
    ("5", "1"): r"(?:isci bayram|emek ve dayanisma|labou?r day)",
    ("5", "19"): r"(?:genclik (?:ve spor )?bayram|ataturk'u anma)",
    ("7", "15"): r"demokrasi ve milli",
    ("8", "30"): r"(?:zafer bayram|victory day)",
    ("10", "29"): r"(?:cumhuriyet bayram|republic day)",
    (
        "12",
        "31",
    ): r"(?:yilbasi (?:gece|arife|aksam)|yeni yil (?:gece|arife)|new year(?:'s)? eve|ليله راس السنه)",
    ("2", "14"): r"(?:sevgililer gun|valentine)",
    ("12", "25"): r"christmas(?: day)?(?! eve)",
}
"""Month and day of the holidays that have a name."""
_HOLIDAY = {day: re.compile(rf"(?<!\w)(?:{names})\w{{0,8}}") for day, names in _HOLIDAYS.items()}
_DATE_BEFORE = re.compile(r"\d\W?\w{0,8}\W{0,2}$")
_DATE_AFTER = re.compile(r"\W{0,3}\d{1,2}[ .](?!\d\d)\w| \d\d'")
"""A holiday with its date beside it."""
_NEXT = re.compile(
    r"(?<!\w)(?:ertesi (?P<work>is )?gun|next[ -](?P<en>business |working )?day|اليوم التالي)"
)
_UNIT_OF = {
    "hafta": "week", "ay": "month", "gun": "day", "yil": "year", "sene": "year", "سنت": "year", "ساعت": "hour", "ليلت": "night", "زيارت": "session", "جلست": "session", "ساعه": "hour", "يوم": "day",
    "اسبوع": "week", "شهر": "month", "سنه": "year", "عام": "year", "saat": "hour",
}  # fmt: skip


def said_in_words(folded: str) -> Iterator[Said]:
    """Clock times, days, lengths of time and counts in words that no other rule reads."""
    for read in (_times, _dates, _lengths, _numbers):
        yield from read(folded)


def _times(folded: str) -> Iterator[Said]:
    for match in _HALF.finditer(folded):
        yield "time", (f"{_ENGLISH[match.group('hour')]:02d}:30",), *match.span()
    for match in _HOUR.finditer(folded):
        if not _no_hour(match, folded):
            yield "time", (_arabic_clock(match),), *match.span()
    for match in _LESS.finditer(folded):
        part = _PARTS[match.group("part")] * (-1 if match.group("to") else 1)
        minutes = _ARABIC[match.group("hour")] * 60 + part
        yield "time", (f"{minutes // 60:02d}:{minutes % 60:02d}",), *match.span()
    for clock, start, end in clock_words(folded):
        yield "time", (clock,), start, end


def _arabic_clock(match: re.Match[str]) -> str:
    hour = _ARABIC[match.group("hour")]
    if match.group("part") and 1 <= hour <= 11 and not (hour == 11 and "ظهر" in match.group()):
        hour += 12
    past = match.group("past") or ("30" if match.group("half") else "0")
    return f"{hour:02d}:{int(past) if past.isdecimal() else _PAST_AR[past]:02d}"


def _dates(folded: str) -> Iterator[Said]:
    for match in _DATED.finditer(folded):
        month = str(_MONTHS.index(match.group("m1") or match.group("m2")) + 1)
        nth = str(_ORDINALS.index(match.group("d1") or match.group("d2")) + 1)
        yield "date", (month, nth), *match.span()
    for match in _DATED_TR.finditer(folded):
        told = _day_tr(match)
        if told:
            month = str(_MONTHS_TR.index(match.group("month")) + 1)
            yield "date", (month, str(told)), *match.span()
    for day, pattern in _HOLIDAY.items():
        for match in pattern.finditer(folded):
            dated = _DATE_BEFORE.search(folded[max(0, match.start() - 12) : match.start()])
            if not (dated or _DATE_AFTER.match(folded, match.end())):
                yield "date", day, *match.span()


def _lengths(folded: str) -> Iterator[Said]:
    for match in _AND_HALF.finditer(folded):
        yield "amount", ("1.5", match.group("unit")), *match.span()
    for match in marks("said.one").finditer(folded):
        unit = match.group("en") or _UNIT_OF[match.group("tr")]
        yield "amount", ("1", unit), *match.span()
    for match in marks("said.one_ar").finditer(folded):
        unit = _UNIT_OF[match.group("ar") or match.group("in") or match.group("head")]
        yield "amount", ("1", unit), *match.span()
    for match in _HOURS.finditer(folded):
        yield "amount", (match.group(1), "hour"), *match.span()
    for length, pattern in _LONGER.items():
        for match in pattern.finditer(folded):
            yield "amount", length, *match.span()
    if any(word in folded for word in _HOURLY):
        yield from _parts_of_hours(folded)
    for match in marks("said.keyed").finditer(folded):
        unit = next(u for u, told in match.groupdict().items() if told and u != "n")
        yield "amount", (str(int(match.group("n"))), unit), *match.span("n")
    for match in _NTH.finditer(folded):
        yield "amount", (match.group(1) or match.group(2), "day"), *match.span()
    for match in _NEXT.finditer(folded):
        working = match.group("work") or match.group("en")
        yield "amount", ("1", "work_day" if working else "day"), *match.span()
    for match in _TWO.finditer(folded):
        named = match.group("ar") or match.group("of")
        yield "amount", ("2", "work_day" if match.group("work") else _UNIT_OF[named]), *match.span()


def _numbers(folded: str) -> Iterator[Said]:
    for match in _NTH_AR.finditer(folded):
        nth = int(_NTHS.index(match.group("n")))
        if not match.group().endswith("ه") or nth > 1:
            yield "number", (str(nth + 11),), *match.span()
    for match in _VOLUMES.finditer(folded):
        unit = "litre" if match.group("unit") == "litre" else "weight"
        yield "amount", ("0.75", unit), *match.span()
    for match in _AND_A_HALF.finditer(folded):
        yield "number", (f"{match.group(1)}.5",), *match.span()
    for match in _QUARTER.finditer(folded):
        yield "percent", ("25",), *match.span()
    for match in _FLOOR.finditer(folded):
        yield "number", (str(_FLOORS.index(match.group("n")) + 1),), *match.span()
    for match in _SINGLE.finditer(folded):
        yield "amount", ("1", "session"), *match.span()
    for match in _SIX.finditer(folded):
        yield "number", ("6",), *match.span()


def _parts_of_hours(folded: str) -> Iterator[Said]:
    for minutes, pattern in _MINUTES.items():
        for match in pattern.finditer(folded):
            yield "amount", (str(minutes), "minute"), *match.span()


def _no_hour(match: re.Match[str], folded: str) -> bool:
    """An Arabic ordinal that tells the second of two, or an age."""
    before = folded[: match.start()].removesuffix("و")
    if _OF_A_THING.search(before):
        return True
    if match.group("part") or match.group("half") or "الساعه" in before:
        return False
    return bool(_COUNTED.search(before) or _ONE_OF_TWO.search(before))


def _day_tr(match: re.Match[str]) -> int:
    """`on dokuz` as 19; nought where no number is told, or `bir ekim`: an October, a transplant."""
    ones = match.group("ones")
    if ones == "bir" and not match.group("tens"):
        return 0
    return _TENS_TR.get(match.group("tens"), 0) + (_ONES_TR.index(ones) + 1 if ones else 0)


def is_holiday(month: int, day: int) -> bool:
    """Whether a day is one of the holidays that have a name."""
    return (str(month), str(day)) in _HOLIDAYS


def names_holiday(folded: str) -> bool:
    """Whether a text is the name of a holiday."""
    return any(pattern.match(folded) for pattern in _HOLIDAY.values())


_DIGITS_TR = {
    w: i + 1 for i, w in enumerate(["bir", "iki", "uc", "dort", "bes", "alti", "yedi", "sekiz", "dokuz", "on"])
}  # fmt: skip
_DIGITS_EN = {w: n for w, n in _ENGLISH.items() if n <= 10}
_DIGITS = {**_DIGITS_TR, **_DIGITS_EN}
_PAIR = re.compile(
    "|".join(
        rf"(?<!\w)(?P<{name}1>{'|'.join(words)})(?P<{name}2> |-| to | ila )(?P<{name}3>{'|'.join(words)})(?!\w)"
        for name, words in (("tr", _DIGITS_TR), ("en", _DIGITS_EN))
    )
)


def beside(folded: str) -> Iterator[tuple[str, int, int]]:
    """(value, start, end) of `iki üç ay`, `altı-sekiz ay`: two amounts, not one number."""
    for match in _PAIR.finditer(folded):
        first, between, second = filter(None, match.groups())
        low, high = _DIGITS[first], _DIGITS[second]
        if low < high <= low + (3 if between == " " else 9):
            for value in (low, high):
                yield str(value), match.start(), match.end()

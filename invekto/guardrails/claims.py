"""What a sentence states that can be checked: money, percentages, dates, clock times, durations,
counts, codes and links, in one form whatever the language and the way of writing."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from invekto.guardrails.calendar_words import days_of_week, ends_of_months
from invekto.guardrails.claim_words import one_of, whole_units, words
from invekto.guardrails.flat import flat
from invekto.guardrails.measures import measures
from invekto.guardrails.number_words import counts_apiece
from invekto.guardrails.said import said_in_words
from invekto.guardrails.worded import worded

WINDOW = 400  # characters read at once for amounts in words
_WORDS_READ = 8
"""Number words by which a text's language is told."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`kind` is money, percent, date, weekday, time, dotted (a date or a time, such as 12.10), amount
    (with a unit), measure (50x70), number, code or link; equal claims have equal values."""

    kind: str
    value: tuple[str, ...]
    start: int
    end: int
    year: int = 0
    """Of a date, where it was written."""


def _spelt(tongue: str, entries: list[str]) -> str:
    """A pattern for the number words of a language; `on` is ten only before what it counts."""
    ten = r"|(?<!\w)on (?:bir|iki|uc|dort|bes|alti|yedi|sekiz|dokuz|gun|tl|lira|dakika|saat|ay|adet|is|yil|hafta|seans|kisi|gece|dis|parca|metre|santim|kilo|litre|kat|cift|kutu|koli|taksit|puan|yas|tane|derece)\w{0,6}(?!\w)"
    return (
        rf"(?P<{tongue}>(?<!\w)(?<!\d )[وبل]?(?:{'|'.join(map(flat, entries))}){{1,4}}"
        rf"(?:'?[adeinstuy][a-z]{{0,3}})?(?!\w)(?<!\Won)(?<!^on){ten if tongue == 'tr' else ''})"
    )


@lru_cache(maxsize=1)
def _grammar() -> dict[str, Any]:
    table = words()
    months, month_of = one_of(table["months"])
    weekdays, _ = one_of(table["weekdays"])
    money, currency_of = one_of(table["currencies"])
    units, _ = one_of(
        {k: [w for w in v if not str(w).startswith("=")] for k, v in table["units"].items()}
    )
    _, unit_of = one_of({k: [str(w).lstrip("=") for w in v] for k, v in table["units"].items()})
    short = "|".join(whole_units())
    units = rf"(?:{short})(?!\w)|{units}"
    number = r"(?<!\d)(?<!\bm)(?:(?<!\dx)\d{1,3}(?:(?:[.,']|(?<![a-z]\d)(?<![a-z]\d\d)(?<![a-z]\d\d\d) )\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,12}(?:[.,]\d{1,2})?(?!\d))"
    joined = r"(?:[ ]?(?:-|–|ila|ile|to|and|ve|الى|ل)[ ]?|[ ]و[ ]?)"
    big = r"(?:[ ]?(?:bin|milyon|thousand|million|k|الف|مليون)(?!\w))?"
    coin = r"(?:kurus|cents?(?!\w)|pence|قرش|قروش)"
    host = r"[a-z0-9-]{2,40}"
    clock = r"(?:[01]?\d|2[0-4])[:.][0-5]\d(?!\d|[.,]\d)"
    parts = [
        rf"(?P<link>(?:https?://|www\.)[^\s<>()\"،؛]+|(?<![\w@]){host}(?:\.{host}){{0,2}}"
        r"\.(?:com|net|org|io|co|tr|shop|store|link|gl|site|online|app|info|biz|xyz|click|example)"
        r"(?:\.tr)?(?:/[^\s<>()\"،؛]*)?(?![\w@])"
        r"|(?<![\w@.])(?:t|wa|fb|m)\.me/[^\s<>()\"،؛]+)",
        r"(?P<phone>(?<![\w.,])(?:\+|00|\(?0)[ (]{0,2}\d(?:[ )-]{0,2}\d|[ -]?\(\d{3}\)){6,13}(?!\w))",
        rf"(?P<span>(?<![\d.,]){clock}[ ]?[-–][ ]?{clock}(?P<noon>[ ]?[ap]\.?m(?!\w))?)",
        r"(?P<date>(?<![\d.,])\d{1,2}(?P<sep>[./-])\d{1,2}(?P=sep)(?:20)?\d{2}(?!\d)"
        r"|(?<!\d)20\d{2}-\d{2}-\d{2}(?!\d))",
        r"(?P<dm>(?<![\d.,])(?P<d1>\d{1,2})(?:st|nd|rd|th)?"
        r"(?:[ ]?(?:-|–|ve|ile|and|to|ila|الي|و)[ ]?(?P<d2>\d{1,2}))?[ .]{1,2}(?:of )?(?!jant)"
        rf"(?P<m1>{months})(?!\w{{4}})\w{{0,5}}(?:[ ,]{{1,2}}(?P<y1>20\d{{2}}))?)",
        rf"(?P<md>(?<!\w)(?P<m2>{months})[ ](?P<d3>\d{{1,2}})(?:st|nd|rd|th)?(?:[ ]?[-–][ ]?(?P<d4>\d{{1,2}})(?!\d|[:.,]\d))?(?!\d|[.,]\d)"
        r"(?:,? (?P<y2>20\d{2}))?)",
        rf"(?P<percent>(?:%|٪|yuzde )[ ]?(?P<p1>{number})"
        rf"|(?P<p2>{number})[ ]?(?:%|٪|percent|yuzde|بالمئه|في المئه|بالمائه))",
        rf"(?P<money>(?P<c1>[₺$€£]|(?<!\w)(?:try|usd|eur|gbp|tl))[ ]?(?P<n1>{number}){big}"
        rf"(?:{joined}[₺$€£]?(?P<n1b>{number}){big})?"
        rf"|(?P<n2>{number}){big}(?:{joined}(?P<n2b>{number}){big})?[ ]?(?P<c2>{money})(?![a-z]{{6}})"
        rf"(?:\w{{0,2}} (?:ve |and |و ?)?(?P<coins>\d{{1,2}}) ?{coin})?|(?P<few>(?<![\d.,])\d{{1,2}}) ?(?P<coin>{coin}))",
        rf"(?P<time>(?<![\d.,]){clock}(?:[ ]?(?:am|pm|a\.m|p\.m|صباحا|مساء|عصرا|ظهرا)(?!\w))?"
        r"|(?<![\d.,:])\d{1,2}[ ]?(?:am|pm|صباحا|مساء|عصرا|ظهرا)(?!\w))",
        r"(?P<dotted>(?<![\d.,])(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])(?!\d|[.,/]\d"
        r"|[ ]?(?:hours?|hrs?|saat|kg|kilo|km|cm(?!t)|metre|litre|lt|bin|milyon|gun|yil|yas|months?|years?|days?|weeks?|ساعه|كيلو|كغ|كم|سم|لتر|متر)))",
        rf"(?P<amount>(?<![a-wyz])(?P<a1>{number}){big}(?:{joined}(?P<a2>{number}))?[ '-]{{0,2}}(?:(?:hotel|full|extra|free|more) )?(?P<unit>{units})"
        rf"(?!\w{{8}})(?! (?:ici|sonu)\b|days?\b|ends?\b|ي?(?:ن|ي)? ?(?:{weekdays})))",
        r"(?P<code>(?<![\w.,])(?=[a-z0-9-]{0,30}\d)(?:[a-z]{1,6}-?\d[a-z0-9-]{2,24}|\d{1,2}[a-z]{1,2}\d[a-z0-9]{4,20}|[a-z]{4,14}\d{2,4}|#\d{3,20}"
        r"|\d{7,24}|\d{2,8}-\d{2,8}(?:-\d{1,8})+|\d{3,4}(?: \d{3}){2})(?!\w))",
        rf"(?P<number>(?:(?<!\w)|(?<=\dx)|(?<=\b[وبل]))(?:{number})(?:{big}(?! ?\d)|))",
    ]
    digit = re.compile("|".join(parts))
    return {
        "digit": digit,
        "month_of": month_of,
        "currency_of": currency_of,
        "unit_of": unit_of,
        "longest_units": sorted(unit_of.items(), key=lambda unit: -len(unit[0])),
        "number_word": re.compile(
            "|".join(itertools.starmap(_spelt, table["number_words"].items()))
        ),
    }


@lru_cache(maxsize=1_024)
def find_claims(raw: str, folded: str, language: str) -> tuple[Claim, ...]:
    """All claims in order of place. Kept: rails ask for the same sentence several times."""
    found = list(_by_figures(folded))
    found += find_weekdays(folded)
    said = [Claim(*parts) for parts in said_in_words(folded)]
    found = [c for c in found if not any(_part_of(c, s) for s in said)] + said
    found += (Claim("date", (m, d), a, b) for m, d, a, b in ends_of_months(folded))
    spoken = _spoken(folded, language)
    if spoken or counts_apiece(folded):
        for start in range(0, len(raw), WINDOW):
            taken = [(c.start, c.end) for c in found]
            stretch = (start, start + WINDOW)
            told = worded(raw, stretch, spoken or language, taken, _unit_at)
            found += [Claim(*parts) for parts in told]
    bare = [c for c in found if c.kind == "number" or c.value[1:] == ("length",)]
    places = sorted((c.start, c.end, c.value[0]) for c in bare)
    found += (Claim("measure", (value,), a, b) for a, b, value in measures(folded, places))
    return tuple(sorted(found, key=lambda c: (c.start, c.end)))


def _part_of(claim: Claim, other: Claim) -> bool:
    """Whether a figure is one of a longer saying, as the minutes are that are told past an hour."""
    figures = claim.kind == "number" or (claim.kind == "amount" and other.kind == "time")
    return figures and other.start <= claim.start and claim.end <= other.end


def _spoken(folded: str, language: str) -> str | None:
    """The language whose number words a text has; its own, where they may be of that."""
    words = itertools.islice(_grammar()["number_word"].finditer(folded), _WORDS_READ)
    found = [(str(m.lastgroup), m.group()) for m in words]
    if not found or any(tongue == language for tongue, _ in found):
        return language if found else None
    sure = (t for t, said in found if " " in said or not said.startswith(_EITHER))
    return next(sure, language)


_EITHER = ("on", "ten")
"""Number words of one language that are other words of another: `one`, `14.00'ten`."""


def find_weekdays(folded: str) -> list[Claim]:
    """Days of the week named or meant: "Pzt-Cum" and "hafta içi" are five."""
    return [Claim("weekday", (day,), start, end) for day, start, end in days_of_week(folded)]


def _by_figures(folded: str) -> Iterator[Claim]:
    grammar = _grammar()
    for match in grammar["digit"].finditer(folded):
        kind = match.lastgroup if match.lastgroup in _KINDS else _kind(match)
        yield from _KINDS[kind](match, grammar)


def _kind(match: re.Match[str]) -> str:
    return next(name for name in _KINDS if match.group(name) is not None)


def _link(match: re.Match[str], _: Any) -> Iterator[Claim]:
    yield Claim("link", (host_of(match.group()),), *match.span())


def host_of(link: str) -> str:
    """`shop.example` of `https://www.shop.example/x?y`."""
    bare = re.sub(r"^[a-z]+://", "", flat(link)).split("/")[0].split("?")[0].split("#")[0]
    bare = bare.rpartition("@")[2].split(":")[0].rstrip(".,;:!'\")")
    return bare.removeprefix("www.")


def _code(match: re.Match[str], _: Any) -> Iterator[Claim]:
    yield Claim("code", (re.sub(r"[^a-z0-9]", "", match.group("code")),), *match.span())


def _phone(match: re.Match[str], _: Any) -> Iterator[Claim]:
    yield Claim("code", (re.sub(r"\D", "", match.group("phone")),), *match.span())


def _date(match: re.Match[str], _: Any) -> Iterator[Claim]:
    parts = [int(p) for p in re.split(r"[./-]", match.group("date"))]
    if parts[0] > 31:
        parts.reverse()
    day, month = (parts[0], parts[1]) if parts[1] <= 12 else (parts[1], parts[0])
    year = parts[2] if parts[2] > 99 else 2000 + parts[2]
    yield Claim("date", (str(month), str(day)), *match.span(), year)


def _clock_span(match: re.Match[str], _: Any) -> Iterator[Claim]:
    for said in re.findall(r"\d{1,2}[:.]\d{2}", match.group("span")):
        hour, minute = re.split("[:.]", said)
        late = "p" in (match.group("noon") or "") and int(hour) < 12
        if _A_DAY.fullmatch(said) and not match.group("noon"):
            yield from _day_or_time(said, match.span())
        elif late:
            yield Claim("time", (f"{int(hour) + 12:02d}:{minute}",), *match.span())
        else:
            yield Claim("time", (f"{int(hour):02d}:{minute}",), *match.span())


_A_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])")
"""What may be the day of a month as well as a time."""


def _dotted(match: re.Match[str], _: Any) -> Iterator[Claim]:
    """`03.12` is the third of December or twelve past three: the facts tell."""
    yield from _day_or_time(match.group("dotted"), match.span())


def _day_or_time(said: str, span: tuple[int, int]) -> Iterator[Claim]:
    first, second = re.split("[./]", said)
    yield Claim("dotted", (str(int(first)), str(int(second))), *span)


def _day_month(match: re.Match[str], grammar: Any) -> Iterator[Claim]:
    month = grammar["month_of"][match.group("m1")]
    year = int(match.group("y1") or 0)
    yield Claim("date", (month, str(int(match.group("d1")))), *match.span(), year)
    if match.group("d2"):
        yield Claim("date", (month, str(int(match.group("d2")))), *match.span(), year)


def _month_day(match: re.Match[str], grammar: Any) -> Iterator[Claim]:
    month = grammar["month_of"][match.group("m2")]
    for day in filter(None, match.group("d3", "d4")):
        yield Claim("date", (month, str(int(day))), *match.span(), int(match.group("y2") or 0))


def _percent(match: re.Match[str], _: Any) -> Iterator[Claim]:
    value = amount(match.group("p1") or match.group("p2"))
    yield Claim("percent", (value,), *match.span())


def _money(match: re.Match[str], grammar: Any) -> Iterator[Claim]:
    if match.group("few"):
        yield Claim("money", (f"{int(match.group('few')) / 100:g}", _coined(match)), *match.span())
        return
    currency = grammar["currency_of"][match.group("c1") or match.group("c2")]
    if match.group("coins"):
        whole = Decimal(amount(match.group("n2"))) + Decimal(match.group("coins")) / 100
        yield Claim("money", (f"{whole.normalize():f}", currency), *match.span())
        return
    times = _scale(match.group("money"))
    before = _THOUSANDS.search(match.string[max(0, match.start() - 12) : match.start()])
    if before and match.group("n2") and match.group("n2").isdecimal() and times == 1:
        value = int(before.group(1)) * 1_000 + int(match.group("n2"))
        yield Claim("money", (str(value), currency), *match.span())
        return
    for name in ("n1", "n1b", "n2", "n2b"):
        if match.group(name):
            yield Claim("money", (amount(match.group(name), times), currency), *match.span())


def _coined(match: re.Match[str]) -> str:
    """The currency of so many cents: of dollars where the text has some."""
    if not match.group("coin").startswith("cent"):
        return "GBP" if match.group("coin") == "pence" else "TRY"
    return "USD" if re.search(r"\$|dollar|usd", match.string) else "EUR"


_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3}) (?:bin|thousand) $")
"""`12 bin` before `500 TL`."""


def _scale(text: str) -> int:
    if re.search(r"\d[ ]?(?:bin|thousand|k|الف)(?!\w)", text):
        return 1_000
    return 1_000_000 if re.search(r"\d[ ]?(?:milyon|million|مليون)", text) else 1


def _time(match: re.Match[str], _: Any) -> Iterator[Claim]:
    said = match.group("time")
    if _A_DAY.fullmatch(said):
        yield from _day_or_time(said, match.span())
        return
    figures = [int(f) for f in re.findall(r"\d+", said)]
    hour, minute = figures[0], figures[1] if len(figures) > 1 else 0
    if re.search("p|مساء|عصرا|ظهرا", said) and hour < (11 if "ظهرا" in said else 12):
        hour += 12
    yield Claim("time", (f"{hour:02d}:{minute:02d}",), *match.span())


def _amount(match: re.Match[str], grammar: Any) -> Iterator[Claim]:
    unit = grammar["unit_of"][match.group("unit")]
    for name in ("a1", "a2"):
        if match.group(name):
            value = amount(match.group(name), _scale(match.group("amount")))
            yield Claim("amount", (value, unit), *match.span())


def _number(match: re.Match[str], _: Any) -> Iterator[Claim]:
    said = match.group("number")
    figures = re.match(r"[\d., ']*\d", said)
    yield Claim(
        "number", (amount(figures.group() if figures else said, _scale(said)),), *match.span()
    )


_KINDS = {
    "link": _link,
    "phone": _phone,
    "code": _code,
    "date": _date,
    "span": _clock_span,
    "dotted": _dotted,
    "dm": _day_month,
    "md": _month_day,
    "percent": _percent,
    "money": _money,
    "time": _time,
    "amount": _amount,
    "number": _number,
}


def amount(figures: str, times: int = 1) -> str:
    """The canonical decimal: one separator before exactly three figures marks thousands."""
    compact = figures.replace(" ", "").replace("'", "")
    last = max(compact.rfind("."), compact.rfind(","))
    if last >= 0 and len(compact) - last - 1 == 3:
        compact = compact.replace(".", "").replace(",", "")
    elif last >= 0:
        whole = compact[:last].replace(".", "").replace(",", "")
        compact = f"{whole}.{compact[last + 1 :]}"
    try:
        value = Decimal(compact) * times
    except InvalidOperation:
        return figures
    return f"{value.normalize():f}"


def _unit_at(after: str, last: str) -> str | None:
    """The unit that follows a number in words, or that its last word begins with."""
    for unit, key in _grammar()["longest_units"]:
        longer = unit in whole_units() and after[len(unit) : len(unit) + 1].isalpha()
        if (after.startswith(unit) and not longer) or (len(unit) > 1 and last.startswith(unit)):
            return str(key)
    return None

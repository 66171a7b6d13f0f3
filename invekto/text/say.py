"""How dates, times, money, counts and phone numbers are said in Turkish, English and Arabic."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from invekto.text.normalise import lower
from invekto.text.resources import resource

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
SYMBOLS = {"TRY": "TL"}


@cache
def _words(language: str) -> dict[str, Any]:
    table: dict[str, dict[str, Any]] = resource("data/say.yaml")
    return table.get(language) or table["en"]


def isolate(text: str) -> str:
    """`text` between U+2068 and U+2069, so that it keeps its own direction."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if text else text


def in_language(text: str, language: str) -> str:
    """A number, time or Latin run as it stands safely in a sentence of `language`."""
    return isolate(text) if language == "ar" else text


def say_date(day: date, language: str = "tr", now: date | None = None) -> str:
    """`25 Kasım Salı`, `Tuesday 25 November`, `الثلاثاء 25 نوفمبر`; the year where it is not the
    year of `now`; today and tomorrow named first where `now` is given."""
    day, today = _day(day), _day(now) if now is not None else None
    plain = _plain_date(day, language, with_year=today is not None and day.year != today.year)
    near = _near(day, today, language)
    return f"{near} ({plain})" if near else plain


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _plain_date(day: date, language: str, *, with_year: bool) -> str:
    said = _words(language)
    weekday, month = said["weekdays"][day.weekday()], said["months"][day.month - 1]
    number = in_language(str(day.day), language)
    year = f" {in_language(str(day.year), language)}" if with_year else ""
    if language == "tr":
        return f"{day.day} {month}{year} {weekday}"
    return f"{weekday} {number} {month}{year}"


def _near(day: date, today: date | None, language: str) -> str | None:
    if today is None:
        return None
    word: str | None = _words(language)["near"].get((day - today).days)
    return word


def say_time(moment: time | datetime, language: str = "tr") -> str:
    """`14.30` in Turkish, `14:30` elsewhere."""
    mark = "." if language == "tr" else ":"
    return in_language(f"{moment.hour:02d}{mark}{moment.minute:02d}", language)


def say_moment(moment: datetime, language: str = "tr", now: date | None = None) -> str:
    """`25 Kasım Salı 14.30`, `Tuesday 25 November at 14:30`, `الثلاثاء 25 نوفمبر الساعة 14:30`."""
    joint = _words(language)["at"]
    return f"{say_date(moment, language, now)}{joint}{say_time(moment, language)}"


def say_range(
    begin: datetime, finish: datetime, language: str = "tr", now: date | None = None
) -> str:
    """One day's span says its day once: `25 Kasım Salı 14.00–16.00`."""
    if begin.date() != finish.date():
        return f"{say_moment(begin, language, now)} – {say_moment(finish, language, now)}"
    plain = "tr" if language == "tr" else "en"
    hours = f"{say_time(begin, plain)}–{say_time(finish, plain)}"
    joint = ", " if language == "en" else _words(language)["at"]
    return f"{say_date(begin, language, now)}{joint}{in_language(hours, language)}"


def say_number(value: float | Decimal, language: str = "tr", places: int | None = None) -> str:
    """`1.250` in Turkish, `1,250` elsewhere; `places` decimals, by default as many as there are."""
    return in_language(_grouped(Decimal(str(value)), language, places), language)


def _grouped(value: Decimal, language: str, places: int | None) -> str:
    if not value.is_finite():
        return str(value)
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    else:
        value = value.to_integral() if value == value.to_integral() else value.normalize()
    text = f"{value:,f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "tr" else text


def say_money(
    amount: float | Decimal, currency: str = "TRY", language: str = "tr", *, short: bool = False
) -> str:
    """`1.250,00 TL`, `1,250.00 TL`, `1,250.00 EUR`; `short` leaves out cents that are zero."""
    value = Decimal(str(amount))
    whole = value == value.to_integral() if value.is_finite() else True
    number = _grouped(value, language, 0 if short and whole else 2)
    return in_language(f"{number} {SYMBOLS.get(currency, currency)}", language)


def say_money_range(
    low: float | Decimal, high: float | Decimal, currency: str = "TRY", language: str = "tr"
) -> str:
    """`4.000–6.000 TL`; one amount where both ends are the same."""
    if Decimal(str(low)) == Decimal(str(high)):
        return say_money(low, currency, language, short=True)
    numbers = "–".join(
        _grouped(v, language, 0 if v == v.to_integral() else 2)
        for v in (Decimal(str(low)), Decimal(str(high)))
    )
    return in_language(f"{numbers} {SYMBOLS.get(currency, currency)}", language)


def say_phone(number: str, language: str = "tr") -> str:
    """`+905321112233` → `0532 111 22 33` in Turkish, `+90 532 111 22 33` elsewhere; other
    countries' numbers stay as they are."""
    digits = "".join(c for c in number if c.isdecimal() and c.isascii())
    if len(digits) == 12 and digits.startswith("90"):
        parts = f"{digits[2:5]} {digits[5:8]} {digits[8:10]} {digits[10:]}"
        return f"0{parts}" if language == "tr" else in_language(f"+90 {parts}", language)
    return in_language(number, language)


def say_list(items: Iterable[object], language: str = "tr") -> str:
    """`a, b ve c`, `a, b and c`, `a، b وc`."""
    said = [str(item) for item in items]
    if len(said) < 2:
        return "".join(said)
    words = _words(language)
    shown = [_beside(item, language) for item in said]
    return f"{words['comma'].join(shown[:-1])}{words['and']}{shown[-1]}"


def say_count(count: int, noun: dict[str, str], language: str = "tr") -> str:
    """A count with its noun; `noun` holds the forms by Arabic and English number category (one,
    two, few, many, other) as in the Unicode plural rules; Turkish needs only `other`."""
    return f"{say_number(count, language)} {noun.get(plural(count, language)) or noun['other']}"


def plural(count: int, language: str) -> str:
    """The Unicode plural category of a whole number (CLDR rules for tr, en, ar)."""
    if language == "ar":
        if count in (0, 1, 2):
            return ("zero", "one", "two")[count]
        rest = count % 100
        return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"
    return "one" if language == "en" and count == 1 else "other"


def salutation(name: str | None, language: str, tone: str) -> str:
    """`Merhaba Ayşe, ` friendly, `Merhaba, ` formal, nothing when short; ends with a blank.
    No Bey or Hanım: a name does not tell for certain."""
    if tone == "short":
        return ""
    said = _words(language)
    first = first_name(name, language) if tone == "friendly" else ""
    if first:
        return str(said["hello_name"]).format(name=_beside(first, language))
    return str(said["hello"])


def _beside(text: str, language: str) -> str:
    """A word of the sentence's own script stands as it is."""
    return (
        text
        if language == "ar" and "\u0600" <= text[:1] <= "\u06ff"
        else in_language(text, language)
    )


def first_name(name: str | None, language: str = "tr") -> str:
    """The first word of a contact's name where it looks like a name, in title case, else nothing:
    channel profiles hold nicknames, emoji and numbers."""
    first = (name or "").split(" ")[0].strip(".,!?*_~-")
    if not 2 <= len(first) <= 20 or not first.replace("'", "").isalpha():
        return ""
    if not (first.islower() or first.isupper()):
        return first
    head = first[0].replace("i", "İ") if language == "tr" else first[0]
    return head.upper() + lower(first[1:], language)

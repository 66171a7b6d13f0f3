"""The filters that reply templates use: `{{ isim|e_hali }}`, `{{ gun|tarih(language, now) }}`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from invekto.text import say, suffix


def filters() -> dict[str, Callable[..., Any]]:
    """Filter names → functions, all pure; the language defaults to Turkish."""
    return {
        "e_hali": suffix.dative,
        "i_hali": suffix.accusative,
        "de_hali": suffix.locative,
        "den_hali": suffix.ablative,
        "in_hali": suffix.genitive,
        "le_hali": suffix.instrumental,
        "ler_hali": suffix.plural,
        "li_hali": suffix.having,
        "lik_hali": suffix.measured,
        "inci": suffix.ordinal,
        "mi": suffix.question,
        "tarih": tarih,
        "saat": saat,
        "tarih_saat": tarih_saat,
        "para": para,
        "sayi": sayi,
        "telefon": telefon,
        "liste": liste,
    }


def tarih(value: date | str, language: str = "tr", now: date | None = None) -> str:
    """`25 Kasım Salı`; with `now`, today and tomorrow are named."""
    return say.say_date(_moment(value), language, now)


def saat(value: time | datetime | str, language: str = "tr") -> str:
    """`14.30`, `14:30`; a date without a time says nothing."""
    moment = _clock(value) if isinstance(value, str) else value
    return say.say_time(moment, language) if isinstance(moment, time | datetime) else ""


def tarih_saat(value: datetime | date | str, language: str = "tr", now: date | None = None) -> str:
    """`25 Kasım Salı 14.30`; a date without a time is said as a date."""
    moment = _moment(value)
    if isinstance(moment, datetime):
        return say.say_moment(moment, language, now)
    return say.say_date(moment, language, now)


def para(
    value: float | Decimal | str, currency: str = "TRY", language: str = "tr", short: bool = False
) -> str:
    """`1.250,00 TL`; `short` leaves out zero cents."""
    return say.say_money(_amount(value), currency, language, short=short)


def sayi(value: float | Decimal | str, language: str = "tr", places: int | None = None) -> str:
    """`1.250`, `1,5`."""
    return say.say_number(_amount(value), language, places)


def telefon(value: str, language: str = "tr") -> str:
    """`0532 111 22 33`."""
    return say.say_phone(str(value), language)


def liste(values: Iterable[object], language: str = "tr") -> str:
    """`a, b ve c`."""
    return say.say_list(values, language)


def _clock(value: str) -> time | datetime:
    return time.fromisoformat(value) if len(value) <= 8 else datetime.fromisoformat(value)


def _moment(value: date | str) -> date:
    if not isinstance(value, str):
        return value
    return datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)


def _amount(value: float | Decimal | str) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(
            f"an amount must be a number with a decimal point, got {value!r}"
        ) from error

"""How values look on a page: moments, money, shares, names, masked numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

MONTHS = {
    "tr": ["Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki", "Kas", "Ara"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
NOW = {"tr": "şimdi", "en": "now"}
MINUTES = {"tr": "{n} dk", "en": "{n} min"}
SIGNS = {"TRY": "₺", "EUR": "€", "USD": "$", "GBP": "£"}
HUES = 8
BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
"""Marks in a browser's name, the telling ones first: Edge says Chrome, and Chrome says Safari."""
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def clock(moment: datetime, zone: str) -> str:
    """`14:05` in the business's timezone."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def day(moment: datetime | date | str | None, language: str, zone: str = "Europe/Istanbul") -> str:
    """`3 Kas 2026`; a moment is first moved to the business's timezone."""
    if moment is None or moment == "":
        return "—"
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if isinstance(moment, datetime):
        moment = moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment
    return f"{moment.day} {MONTHS[language][moment.month - 1]} {moment.year}"


def moment(value: datetime | str, language: str, zone: str) -> str:
    """`3 Kas 14:05`."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = at.astimezone(ZoneInfo(zone)) if at.tzinfo else at
    return f"{at.day} {MONTHS[language][at.month - 1]} {at:%H:%M}"


def ago(at: datetime | None, now: datetime, language: str, zone: str) -> str:
    """`4 dk`, `14:05`, `3 Kas`: as short as a list needs it."""
    if at is None:
        return ""
    passed = now - at
    if passed < timedelta(minutes=1):
        return NOW[language]
    if passed < timedelta(hours=1):
        return MINUTES[language].format(n=int(passed.total_seconds() // 60))
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local.day} {MONTHS[language][local.month - 1]}"


def number(value: float | Decimal, language: str, digits: int = 0) -> str:
    """With the language's own separators."""
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "tr" else text


def money(value: Any, currency: str, language: str) -> str:
    """`₺1.250`; cents only where there are some."""
    if value is None:
        return "—"
    amount = Decimal(str(value))
    digits = 0 if amount == amount.to_integral_value() else 2
    return f"{SIGNS.get(currency, currency + ' ')}{number(amount, language, digits)}"


def percent(share: float | None, language: str, digits: int = 0) -> str:
    """`%87` in Turkish, `87 %` in English; a dash for no share at all."""
    if share is None:
        return "—"
    text = number(100 * share, language, digits)
    return f"%{text}" if language == "tr" else f"{text}%"


def masked_phone(phone: str | None) -> str:
    """`+90 532 ••• •• 33`: enough to recognise, not enough to call."""
    if not phone:
        return "—"
    digits = phone.lstrip("+")
    if len(digits) <= 7:
        return "•••"
    if digits.startswith("90"):
        return f"+90 {digits[2:5]} ••• •• {digits[-2:]}"
    return f"+{digits[:4]} ••••• {digits[-2:]}"


def monogram(name: str | None) -> str:
    """`AY` of `Ayşe Yılmaz`."""
    parts = [p for p in (name or "").split() if p[0].isalpha()]
    return (
        "".join(p[0] for p in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper() or "?"
    )


def hue(name: str | None) -> int:
    """One of a few colours, the same for the same name."""
    return sum(map(ord, name or "?")) % HUES


def filesize(count: int) -> str:
    """`64 kB`."""
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, count // 1000)} kB"


def device(user_agent: str | None) -> str:
    """`Chrome · Linux` of a browser's own long name; what is not known stays as it is."""
    said = user_agent or ""
    browser = next((name for mark, name in BROWSERS if mark in said), None)
    system = next((name for mark, name in SYSTEMS if mark in said), None)
    return " · ".join(filter(None, (browser, system))) or said[:60] or "—"


FILTERS: dict[str, Callable[..., str]] = {
    "clock": clock, "day": day, "moment": moment, "ago": ago, "number": number, "money": money,
    "percent": percent, "masked_phone": masked_phone, "filesize": filesize, "device": device,
}  # fmt: skip

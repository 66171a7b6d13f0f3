"""A JSON record of the facts as lines of fields, each with the words above it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from invekto.guardrails.flat import flat
from invekto.guardrails.signs import availability

_LEAF = 400
"""Characters of a record's text that are read as one row."""
_MOST = 60
_DECIMALS = re.compile(r"\d{1,9}[.,]\d{2}")
_PRICE = re.compile(r"fiyat|ucret|tutar|toplam|price|total|amount|rate|fee|cost|سعر")
_RATE = re.compile(r"(?:seans|paket|gece|kisi|session|package|night|person)")
_LEAST = 50
"""A smaller figure of such a field is a number of them."""
_CURRENCIES = frozenset({"TL", "TRY", "EUR", "USD", "GBP", "₺", "€", "$"})
_CURRENCY = frozenset({"para", "para_birimi", "currency", "currency_code", "doviz"})


_UNITS = frozenset({"cm", "mm", "kg", "g", "gr", "ml", "lt", "m2", "km", "min", "dk"})
"""Units that end the name of a field: `width_cm`."""
_COUNTED = re.compile(
    r"(?<=[^\W_] )(\d{1,4})(?=\s*(?:,(?!\d)|[;|)؛،]|$))|(?<=[^\W_]: )(\d{1,4})(?=\s*(?:,(?!\d)|[;|)؛،]|$))"
)
_FIGURES = re.compile(r"[\d.:/ TZ+-]+")
"""A field's value that is no name."""
_NONE_LEFT = re.compile(r"[^\W_]:? 0\s*(?:,(?!\d)|[;|)؛،]|$)")


def stocked(fact: str) -> str:
    """A list of counts of which one is nought, such as `siyah S 0, M 1`, with the unit it lacks."""
    if not _NONE_LEFT.search(fact) or "=" in fact or fact.lstrip()[:1] in "{[":
        return fact
    return _COUNTED.sub(lambda m: f"{m.group()} adet", fact)


def records(fact: str) -> list[str]:
    """A fact as it is, or each leaf of a JSON record with the words above it."""
    if fact.lstrip()[:1] not in "{[":
        return [fact]
    try:
        return list(_leaves(json.loads(fact), "", ""))[:_MOST]
    except (ValueError, RecursionError):
        return [fact]


def _leaves(value: Any, head: str, currency: str) -> Iterable[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _leaves(entry, head, currency)
        return
    if not isinstance(value, dict):
        yield f"{head} {value}"[:_LEAF]
        return
    plain = " ".join(v for v in value.values() if isinstance(v, str) and not _FIGURES.fullmatch(v))
    currency = next((str(v) for k, v in value.items() if _tells_currency(k, v)), currency)
    simple = "; ".join(
        f"{k.replace('_', ' ')}={_priced(k, v, currency)}"
        for k, v in value.items()
        if not isinstance(v, dict | list)
    )
    inner = {k: v for k, v in value.items() if isinstance(v, dict | list)}
    if simple:
        yield f"{head} {simple}".strip()[:_LEAF]
    for entry in inner.values():
        if isinstance(entry, dict) and all(map(_stock, entry.values())):
            yield from (f"{head} {plain} {k} {_stock(v)}".strip()[:_LEAF] for k, v in entry.items())
        else:
            yield from _leaves(entry, f"{head} {plain}".strip(), currency)


def _tells_currency(name: str, value: Any) -> bool:
    return name.lower() in _CURRENCY or (isinstance(value, str) and value.upper() in _CURRENCIES)


def _stock(value: Any) -> str:
    """A count or a word that says whether a thing is there; nothing for any other value."""
    if isinstance(value, int):
        return f"stok={value}"
    there = isinstance(value, str) and availability(flat(value)) is not None
    return value if there else ""


def _priced(name: str, value: Any, currency: str) -> Any:
    """`980.00`, and `price: 980`, beside `currency: TRY` is an amount of money; `width_cm: 140` a
    length."""
    unit = name.rpartition("_")[2].lower()
    if unit in _UNITS and isinstance(value, int | float) and not _PRICE.search(flat(name)):
        return f"{value} {unit}"
    decimals = isinstance(value, float) or (isinstance(value, str) and _DECIMALS.fullmatch(value))
    rate = _RATE.match(flat(name)) and isinstance(value, int) and value >= _LEAST
    price = rate or (isinstance(value, int) and _PRICE.search(flat(name)))
    return f"{value} {currency}" if currency and (decimals or price) else value

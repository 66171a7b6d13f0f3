"""Results of tools as cards a person reads at a glance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from invekto.server.console import dress
from invekto.server.console.words import Words

log = structlog.get_logger(__name__)

Json = dict[str, Any]
UNFIT = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)
MOST = 4
"""Cards of one result; more would push everything else off the screen."""


@dataclass(frozen=True, slots=True)
class Card:
    """`kind` picks the icon; `state` (good, late, bad or plain) the colour of `badge`."""

    kind: str
    title: str
    badge: str = ""
    state: str = "plain"
    rows: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    link: str = ""


Maker = Callable[[Json, Json, Words, str], Card]


def cards_of(results: list[Json], w: Words, zone: str) -> list[Card]:
    """The cards of all results of a turn, each once."""
    found: list[Card] = []
    for result in results:
        for raw in result.get("cards", []):
            found += [c for c in _cards(raw, w, zone) if c not in found]
    return found


def _cards(raw: Json, w: Words, zone: str) -> list[Card]:
    """By what the result holds, not by which tool made it."""
    result: Json = raw.get("result") or {}
    for key, (make, needs) in MAKERS.items():
        many = result.get(key) or []
        fitting = [
            one
            for one in (many if isinstance(many, list) else [many])
            if isinstance(one, dict) and all(one.get(name) is not None for name in needs)
        ]
        if fitting:
            return [c for one in fitting[:MOST] for c in _made(make, one, result, w, zone)]
    return []


def _made(make: Maker, one: Json, result: Json, w: Words, zone: str) -> list[Card]:
    """The card, or none where a stored result is of another shape than today's: a panel without
    a card is better than no panel."""
    try:
        return [make(one, result, w, zone)]
    except UNFIT as error:
        log.warning("card_left_out", error=type(error).__name__)
        return []


def _order(one: Json, _: Json, w: Words, zone: str) -> Card:
    lang, currency = w.language, one.get("currency", "TRY")
    rows = [(w("card.placed"), dress.day(one.get("placed_on"), lang, zone))]
    for key in ("courier", "tracking_number", "tracking_note"):
        if one.get(key):
            rows.append((w(f"card.{key}"), str(one[key])))
    if one.get("delivered_on"):
        rows.append((w("card.delivered"), dress.day(one["delivered_on"], lang, zone)))
    elif one.get("promised_until"):
        rows.append((w("card.promised"), dress.day(one["promised_until"], lang, zone)))
    rows.append((w("card.total"), dress.money(one.get("total"), currency, lang)))
    lines = [
        " · ".join(filter(None, (i["name"], i.get("size"), i.get("colour"), f"×{i['quantity']}")))
        for i in one.get("items", [])
    ]
    late = bool(one.get("late"))
    state = (
        "late" if late else {"delivered": "good", "cancelled": "bad"}.get(one["status"], "plain")
    )
    return Card(
        "order", f"#{one['number']}", str(one.get("status_text") or one["status"]), state, rows,
        lines, one.get("tracking_url") or "",
    )  # fmt: skip


def _appointment(one: Json, _: Json, w: Words, zone: str) -> Card:
    rows = [
        (w("card.when"), dress.moment(one["starts_at"], w.language, zone)),
        (w("card.with"), one["practitioner"]),
    ]
    return Card("appointment", one["service"], str(one.get("status_text") or ""), "plain", rows)


def _slot(one: Json, result: Json, w: Words, zone: str) -> Card:
    rows = [(w("card.with"), one["practitioner"])]
    if result.get("duration_minutes"):
        rows.append((w("card.takes"), w("card.minutes", n=result["duration_minutes"])))
    title = f"{result.get('service', '')} · {dress.moment(one['starts_at'], w.language, zone)}"
    return Card("appointment", title, w("card.free"), "good", rows)


def _product(one: Json, _: Json, w: Words, __: str) -> Card:
    price = dress.money(one.get("price"), one.get("currency", "TRY"), w.language)
    variants = one.get("variants", [])
    left = [
        " ".join(filter(None, (v.get("size"), v.get("colour")))) for v in variants if v["in_stock"]
    ]
    badge = w("card.in_stock") if left else w("card.sold_out")
    rows = [(w("card.price"), price)]
    if any(left):
        rows.append((w("card.options"), ", ".join(dict.fromkeys(left))[:120]))
    return Card("product", one["name"], badge, "good" if left else "bad", rows)


def _price(one: Json, _: Json, w: Words, __: str) -> Card:
    lang, rows = w.language, []
    low, high, currency = one.get("low"), one.get("high"), one.get("currency", "TRY")
    said = dress.money(low, currency, lang)
    if high not in (None, low):
        said += f" – {dress.money(high, currency, lang)}"
    rows.append((w("card.price"), said))
    for other, (least, most) in (one.get("prices") or {}).items():
        ends = [dress.money(p, other, lang) for p in dict.fromkeys((least, most))]
        rows.append((other, " – ".join(ends)))
    if one.get("sessions"):
        rows.append((w("card.sessions"), str(one["sessions"])))
    return Card("price", one["name"], "", "plain", rows, [str(i) for i in one.get("includes", [])])


def _campaign(one: Json, _: Json, w: Words, zone: str) -> Card:
    rows = []
    if one.get("code"):
        rows.append((w("card.code"), str(one["code"])))
    if one.get("valid_until") or one.get("until"):
        until = one.get("valid_until") or one.get("until")
        rows.append((w("card.until"), dress.day(until, w.language, zone)))
    lines = [str(one["description"])] if one.get("description") else []
    return Card("price", str(one.get("name", "")), "", "plain", rows, lines)


MAKERS: dict[str, tuple[Maker, tuple[str, ...]]] = {
    "orders": (_order, ("number", "status")),
    "order": (_order, ("number", "status")),
    "appointments": (_appointment, ("starts_at", "practitioner", "service")),
    "appointment": (_appointment, ("starts_at", "practitioner", "service")),
    "options": (_slot, ("starts_at", "practitioner")),
    "products": (_product, ("name", "variants")),
    "product": (_product, ("name", "variants")),
    "items": (_price, ("name", "low")),
    "campaigns": (_campaign, ("name",)),
}
"""By the key of a result: the card's maker, and what an entry must have to be one."""

"""How promising a lead is: 0–100, a sum of named reasons. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from invekto.text.normalise import fold

HOT = 70
"""From this score on the team is alerted at once."""
SIGNALS: dict[str, tuple[str, ...]] = {
    "b2b": (
        "toptan", "bayi", "bayilik", "distributor", "koli", "adet fiyat", "kurumsal", "firma adina",
        "fatura kesebilir", "otelimiz", "magazamiz", "sirketimiz", "wholesale", "bulk", "dealer",
        "reseller", "our company", "جمله", "بالجمله", "شركتنا", "وكيل", "موزع",
    ),
    "urgent": (
        "acil", "hemen", "bugun", "bu hafta", "yarin", "en kisa", "urgent", "asap", "today",
        "this week", "tomorrow", "اليوم", "غدا", "عاجل", "هذا الاسبوع", "بكرا",
    ),
    "decided": (
        "almak istiyorum", "siparis vermek", "randevu almak", "kesin", "karar verdim", "odeme",
        "i want to buy", "book", "ready to", "deposit", "اريد شراء", "اريد حجز", "احجز", "دفع",
    ),
    "travel": (
        "ucak", "otel", "transfer", "yurt disi", "almanya", "flight", "hotel", "visa",
        "from abroad", "طيران", "فندق", "تاشيره", "سفر",
    ),
}  # fmt: skip
POINTS = {"b2b": 20, "urgent": 10, "decided": 15, "travel": 10}


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of a lead. Money in the tenant's currency."""

    text: str = ""
    source: str = "organic"
    phone: bool = False
    name: bool = False
    company: bool = False
    quantity: int | None = None
    budget: Decimal | None = None
    usual_price: Decimal | None = None
    orders: int = 0
    spent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Score:
    """Points with the reasons they were given for, largest first."""

    points: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def hot(self) -> bool:
        """Call at once."""
        return self.points >= HOT


def found_signals(text: str) -> list[str]:
    """The kinds of signals that a text gives."""
    folded = f" {fold(text)} "
    return [kind for kind, phrases in SIGNALS.items() if any(f" {p}" in folded for p in phrases)]


def score(signals: Signals) -> Score:
    """Sum of the reasons, at most 100."""
    reasons = [("contactable", 15)] if signals.phone else []
    reasons += [("named", 5)] if signals.name else []
    reasons += [("company", 10)] if signals.company else []
    reasons += [(kind, POINTS[kind]) for kind in found_signals(signals.text)]
    reasons += _size(signals)
    reasons += _budget(signals)
    reasons += _source(signals.source)
    if signals.orders >= 2:
        reasons.append(("repeat_customer", 15))
    elif signals.orders == 1:
        reasons.append(("customer", 8))
    points = min(100, sum(p for _, p in reasons))
    return Score(points, tuple(sorted(reasons, key=lambda r: -r[1])))


def _size(signals: Signals) -> list[tuple[str, int]]:
    quantity = signals.quantity or 0
    if quantity >= 100:
        return [("large_quantity", 25)]
    if quantity >= 20:
        return [("quantity", 15)]
    return []


def _budget(signals: Signals) -> list[tuple[str, int]]:
    if signals.budget is None:
        return []
    if signals.usual_price is None:
        return [("budget_named", 10)]
    return [("budget_fits", 20)] if signals.budget >= signals.usual_price else [("budget_low", 2)]


def _source(source: str) -> list[tuple[str, int]]:
    return {
        "referral": [("referred", 15)],
        "whatsapp_ad": [("from_ad", 8)],
        "google": [("searched", 8)],
        "instagram": [("from_social", 5)],
    }.get(source, [])

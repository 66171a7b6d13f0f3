"""What a tenant's profile and settings say, with the defaults of a shop that said nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

from invekto.tools.contract import TenantView

RETURN_DAYS = 14
"""The statutory right of withdrawal in Turkey for distance sales."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MARKETPLACES = ("trendyol", "hepsiburada")


def section(tenant: TenantView, name: str) -> dict[str, Any]:
    """A part of the profile, or of the settings; empty where there is none."""
    found = tenant.profile.get(name) or tenant.settings.get(name)
    return found if isinstance(found, dict) else {}


def number(value: Any) -> Decimal | None:
    """A number as it may stand in a profile; None where it is none."""
    if value is None or isinstance(value, bool | dict | list):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def whole(tenant: TenantView, name: str, *, default: int) -> int:
    """A whole number from the settings, else from the profile."""
    for source in (tenant.settings, tenant.profile):
        found = number(source.get(name))
        if found is not None:
            return int(found)
    return default


def return_days(tenant: TenantView, provider: str = "own", kind: str = "return") -> int:
    """Days after delivery within which an order may be sent back or exchanged."""
    rules = section(tenant, "returns")
    names = [f"{kind}_window_days", "return_window_days"]
    if provider in MARKETPLACES:
        names.insert(0, "marketplace_return_window_days")
    for name in names:
        found = number(rules.get(name))
        if found is not None:
            return int(found)
    return whole(tenant, "return_window_days", default=RETURN_DAYS)


def refund_days(tenant: TenantView) -> int:
    """Working days, at most, until the bank shows a refund."""
    stated = section(tenant, "returns").get("refund_days")
    found = number(stated[-1] if isinstance(stated, list) and stated else stated)
    return int(found) if found is not None else 7


@dataclass(frozen=True, slots=True)
class CouponRules:
    """What may be promised to keep a sale; `percent` 0: nothing."""

    percent: int = 0
    min_total: Decimal = Decimal(0)
    valid_days: int = 30
    once_per_days: int = 90
    prefix: str = ""


def coupon_rules(tenant: TenantView) -> CouponRules:
    """The tenant's coupon rules; the default percentage never exceeds the largest."""
    rules = section(tenant, "coupon_rules")
    most = int(number(rules.get("max_percent")) or 0)
    usual = number(rules.get("default_percent"))
    return CouponRules(
        percent=max(0, min(most, int(usual) if usual is not None else most, 100)),
        min_total=number(rules.get("min_total")) or Decimal(0),
        valid_days=int(number(rules.get("valid_days")) or 30),
        once_per_days=int(number(rules.get("per_customer_per_days")) or 90),
        prefix="".join(c for c in str(rules.get("code_prefix") or "").upper() if c.isalnum())[:8],
    )


def in_language(value: Any, language: str, default_language: str = "tr") -> str | None:
    """A text that may be given by language."""
    if isinstance(value, dict):
        value = value.get(language) or value.get(default_language) or value.get("tr")
    return str(value) if value not in (None, "", [], {}) else None


def hours_on(tenant: TenantView, weekday: int) -> tuple[time, time] | None:
    """Opening and closing time of a weekday (1 is Monday); None where closed or not stated."""
    hours = section(tenant, "hours").get(WEEKDAYS[weekday - 1])
    if not isinstance(hours, list | tuple) or len(hours) != 2:
        return None
    try:
        return time.fromisoformat(str(hours[0])), time.fromisoformat(str(hours[1]))
    except ValueError:
        return None

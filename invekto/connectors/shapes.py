"""What marketplaces know, in words of our own: moments are in UTC, states are ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next` is where the following page begins, None after the last. `total`: entries in the
    whole window, where the marketplace says so: it shrinks when one has moved on meanwhile."""

    items: list[T]
    next: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class MarketLine:
    """One line of an order."""

    name: str
    unit_price: Decimal
    quantity: int = 1
    sku: str = ""
    barcode: str = ""
    size: str = ""
    colour: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class MarketOrder:
    """One package of an order (an order may be split), or the lines of one that has none yet.
    `status` is one of our order states; `changed_at` orders what is said of a package."""

    number: str
    package_id: str
    status: str
    placed_at: datetime
    changed_at: datetime
    total: Decimal
    lines: tuple[MarketLine, ...] = ()
    currency: str = "TRY"
    discount: Decimal = Decimal(0)
    customer_name: str | None = None
    customer_phone: str | None = None
    customer_email: str | None = None
    postcode: str | None = None
    address: dict[str, str] = field(default_factory=dict)
    courier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    promised_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class MarketClaim:
    """A return that a customer opened at the marketplace. `items` are the ids that approving
    names."""

    external_id: str
    number: str
    status: str
    opened_at: datetime
    changed_at: datetime
    reason: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarketQuestion:
    """A question under a product."""

    external_id: str
    product: str
    question: str
    asked_at: datetime
    status: str
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class MarketStock:
    """What the marketplace has on stock of one variant."""

    sku: str
    barcode: str
    quantity: int

"""What may be asked of an order in which state."""

from __future__ import annotations

BEFORE_SHIPPING = ("new", "preparing")

ALLOWED: dict[str, dict[str, str | None]] = {
    "cancel": {
        "new": None,
        "preparing": None,
        "shipped": "already_shipped",
        "out_for_delivery": "already_shipped",
        "delivered": "already_delivered",
        "returned": "already_returned",
        "refund_pending": "already_returned",
        "refunded": "already_returned",
        "cancelled": "already_cancelled",
    },
    "change": {
        "new": None,
        "preparing": None,
        "shipped": "shipped_no_change",
        "out_for_delivery": "shipped_no_change",
        "delivered": "already_delivered",
        "returned": "already_returned",
        "refund_pending": "already_returned",
        "refunded": "already_returned",
        "cancelled": "already_cancelled",
    },
    "return": {
        "new": "not_delivered",
        "preparing": "not_delivered",
        "shipped": "not_delivered",
        "out_for_delivery": "not_delivered",
        "delivered": None,
        "returned": "already_returned",
        "refund_pending": "already_returned",
        "refunded": "already_returned",
        "cancelled": "already_cancelled",
    },
    "invoice": {
        "new": None,
        "preparing": None,
        "shipped": None,
        "out_for_delivery": None,
        "delivered": None,
        "returned": None,
        "refund_pending": None,
        "refunded": None,
        "cancelled": "already_cancelled",
    },
    "problem": {
        "new": "not_sent_yet",
        "preparing": "not_sent_yet",
        "shipped": None,
        "out_for_delivery": None,
        "delivered": None,
        "returned": "already_returned",
        "refund_pending": "already_returned",
        "refunded": "already_returned",
        "cancelled": "already_cancelled",
    },
}
ALLOWED["exchange"] = ALLOWED["return"]
"""Kind of request → order state → None where it may be asked, else the refusal's wording."""

EXCLUSIVE: dict[str, tuple[str, ...]] = {
    "cancel": ("cancel", "return", "exchange"),
    "change": ("cancel",),
    "return": ("cancel",),
    "exchange": ("cancel",),
    "invoice": ("invoice",),
    "problem": (),
}
"""Kind of request → open requests of the same order that stand in its way. A return and an
exchange also exclude each other line by line."""


def objection(kind: str, status: str) -> str | None:
    """None where a request of this kind may be made in this state, else the wording why not."""
    return ALLOWED[kind][status]

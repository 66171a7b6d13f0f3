"""Topic tags of a conversation: what it is about, in a few stable words for lists and reports."""

from __future__ import annotations

from collections.abc import Iterable

from invekto.contracts.understanding import Entity, Sentiment

_OF_INTENT = {
    "delivery": "cargo_tracking order_status delivery_time delivery_problem order_change",
    "returns": "return_request refund_status exchange_request return_policy order_cancel",
    "product": "stock_query product_question product_comparison product_recommendation warranty",
    "payment": "payment_options payment_link_request price_query campaign_query invoice_request"
    " insurance_query package_query referral",
    "appointment": "appointment_book appointment_change appointment_cancel appointment_query"
    " appointment_confirm",
    "treatment": "treatment_info contraindication recovery_process before_after_photos emergency",
    "visit": "working_hours location medical_tourism",
    "privacy": "privacy_request opt_out",
    "wholesale": "b2b_wholesale",
    "complaint": "complaint",
}
_TAGS = {intent: tag for tag, intents in _OF_INTENT.items() for intent in intents.split()}
_OF_ENTITY = {"courier": "courier", "treatment": "treatment", "product": "product"}


def topic_tags(
    intents: Iterable[str], entities: Iterable[Entity], sentiment: Sentiment
) -> tuple[str, ...]:
    """Tags without repetition, the subject of the first request first."""
    tags = [_TAGS[i] for i in intents if i in _TAGS]
    tags += [f"{_OF_ENTITY[e.kind]}:{e.value}" for e in entities if e.kind in _OF_ENTITY]
    if sentiment is not Sentiment.CALM:
        tags.append(sentiment.value)
    return tuple(dict.fromkeys(tags))

"""What a webhook tells of an event: the ids it carries, and what they stand for now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from psycopg import AsyncConnection

from invekto.records import leads, listings, order_requests, outbox, payments, turns

Conn = AsyncConnection[Any]
Subject = dict[str, Any]


class EventType(StrEnum):
    """Every type that an endpoint may ask for."""

    MESSAGE_RECEIVED = "message.received"
    MESSAGE_ADDED = "message.added"
    SUGGESTION_READY = "suggestion.ready"
    SUGGESTION_RESOLVED = "suggestion.resolved"
    REPLY_SENT = "reply.sent"
    REPLY_DELIVERED = "reply.delivered"
    REPLY_READ = "reply.read"
    REPLY_FAILED = "reply.failed"
    REPLY_UNCERTAIN = "reply.uncertain"
    REPLY_DEAD = "reply.dead"
    HANDOVER_CREATED = "handover.created"
    HANDOVER_TAKEN = "handover.taken"
    HANDOVER_RESOLVED = "handover.resolved"
    CONVERSATION_CHANGED = "conversation.changed"
    LEAD_CHANGED = "lead.changed"
    REQUEST_CHANGED = "request.changed"
    PAYMENT_CREATED = "payment.created"
    PAYMENT_PAID = "payment.paid"
    PAYMENT_EXPIRED = "payment.expired"
    PAYMENT_CANCELLED = "payment.cancelled"
    PAYMENT_FAILED = "payment.failed"
    TRUST_CHANGED = "trust.changed"
    TEST = "test"
    DOCUMENT_READ = "document.read"


async def told(conn: Conn, event_type: str, subject: Subject) -> Subject:
    """The data of an event.

    Raises:
        NotFound: what it was about is gone.
    """
    tell = _TELLERS.get(event_type.partition(".")[0])
    return {**subject, **(await tell(conn, subject))} if tell else subject


async def _suggestion(conn: Conn, subject: Subject) -> Subject:
    found = await turns.get_suggestion(conn, subject["suggestion_id"])
    return {
        "intent": found.intent,
        "status": found.status,
        "reply_text": found.reply_text,
        "tones": found.tones,
        "actions": [action.get("summary") for action in found.actions],
        "resolved_by": found.resolved_by,
    }


async def _reply(conn: Conn, subject: Subject) -> Subject:
    found = await outbox.get(conn, subject["outbound_id"])
    if found is None:
        return {}
    return {
        "channel": found.channel,
        "recipient": found.recipient,
        "kind": found.kind,
        "text": found.text,
        "status": found.status,
        "failed_reason": found.failed_reason,
    }


async def _handover(conn: Conn, subject: Subject) -> Subject:
    found = await listings.get_handover(conn, subject["handover_id"])
    return {
        "reason": found.reason,
        "priority": found.priority,
        "team": found.team,
        "summary": found.summary,
        "next_step": found.next_step,
        "assigned_to": found.assigned_to,
    }


async def _message(conn: Conn, subject: Subject) -> Subject:
    found = await listings.get_message(conn, subject["conversation_id"], subject["seq"])
    return {"author": found.author, "author_id": found.author_id, "text": found.text}


async def _lead(conn: Conn, subject: Subject) -> Subject:
    found = await leads.get_lead(conn, subject["lead_id"])
    return {
        "status": found.pipeline_status,
        "score": found.score,
        "reasons": [name for name, _ in found.score_reasons],
        "interest": found.interest,
        "quantity": found.quantity,
        "company": found.company,
        "source": found.source,
    }


async def _request(conn: Conn, subject: Subject) -> Subject:
    found = await order_requests.get_request(conn, subject["request_id"])
    return {
        "number": found.number,
        "kind": found.kind,
        "status": found.status,
        "reason": found.reason,
        "lines": found.lines,
        "detail": found.detail,
        "amount": str(found.amount) if found.amount is not None else None,
        "currency": found.currency,
    }


async def _payment(conn: Conn, subject: Subject) -> Subject:
    found = await payments.get_link(conn, subject["payment_id"])
    if found is None:
        return {}
    return {
        "status": found.status,
        "amount": str(found.amount),
        "currency": found.currency,
        "purpose": found.purpose,
        "reference_id": found.reference_id,
    }


_TELLERS: dict[str, Callable[[Conn, Subject], Awaitable[Subject]]] = {
    "suggestion": _suggestion,
    "reply": _reply,
    "handover": _handover,
    "message": _message,
    "lead": _lead,
    "request": _request,
    "payment": _payment,
}

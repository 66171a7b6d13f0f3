"""Consent of contacts and their opt-out: the proof, and everything that stops with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import AsyncConnection
from psycopg.rows import class_row

from invekto.contracts.ids import new_id
from invekto.errors import NotFound
from invekto.records import audit

Conn = AsyncConnection[Any]
State = Literal["asked", "given", "refused", "withdrawn"]
Purpose = Literal["automation", "messages", "marketing"]


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    consent_id: str
    contact_id: str
    channel: str
    purpose: str
    state: str
    message_id: str | None
    wording: str
    recorded_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Stopped:
    """What an opt-out or a withdrawal stopped."""

    outbound: int
    scheduled: int
    suggestions: int


COLUMNS = (
    "consent_id, contact_id, channel, purpose, state, message_id, wording, recorded_by, created_at"
)


async def record_consent(
    conn: Conn,
    contact_id: str,
    state: State,
    *,
    purpose: Purpose = "automation",
    message_id: str | None = None,
    wording: str = "",
    recorded_by: str,
) -> str:
    """Keep what a contact said and act on it; returns the event's id. `wording` is the version of
    the notice that was shown, `message_id` the message that answered it.

    Raises:
        NotFound: no such contact.
    """
    channel = await _channel(conn, contact_id)
    consent_id = new_id("con")
    await conn.execute(
        "INSERT INTO consent_events (consent_id, contact_id, channel, purpose, state, message_id,"
        " wording, recorded_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [consent_id, contact_id, channel, purpose, state, message_id, wording, recorded_by],
    )
    if purpose == "automation":
        await conn.execute(
            "UPDATE contacts SET consent = %s"
            " WHERE tenant_id = app.current_tenant() AND contact_id = %s",
            [state, contact_id],
        )
    await audit.record(
        conn, f"consent.{state}", actor_kind=_actor(recorded_by), actor_id=recorded_by,
        resource_type="contact", resource_id=contact_id,
        detail={"purpose": purpose, "wording": wording},
    )  # fmt: skip
    return consent_id


async def consent_history(conn: Conn, contact_id: str) -> list[ConsentEvent]:
    """Everything the contact agreed to, refused or withdrew, newest first."""
    async with conn.cursor(row_factory=class_row(ConsentEvent)) as cur:
        await cur.execute(
            f"SELECT {COLUMNS} FROM consent_events WHERE tenant_id = app.current_tenant()"
            " AND contact_id = %s ORDER BY created_at DESC, consent_id DESC",
            [contact_id],
        )
        return await cur.fetchall()


async def withdraw_consent(
    conn: Conn, contact_id: str, *, message_id: str | None = None, recorded_by: str
) -> Stopped:
    """The contact takes back the consent to automation: drafts that wait are void at once.
    Raises NotFound."""
    await record_consent(
        conn, contact_id, "withdrawn", message_id=message_id, recorded_by=recorded_by
    )
    return await _stop(conn, contact_id, "consent withdrawn")


async def opt_out(
    conn: Conn,
    contact_id: str,
    now: datetime,
    *,
    message_id: str | None = None,
    recorded_by: str,
) -> Stopped:
    """No more messages: what is queued or scheduled is cancelled in the same transaction. The
    confirmation is queued after this by the caller. Raises NotFound."""
    await record_consent(
        conn, contact_id, "withdrawn", purpose="messages", message_id=message_id,
        recorded_by=recorded_by,
    )  # fmt: skip
    await conn.execute(
        "UPDATE contacts SET opted_out_at = coalesce(opted_out_at, %s)"
        " WHERE tenant_id = app.current_tenant() AND contact_id = %s",
        [now, contact_id],
    )
    return await _stop(conn, contact_id, "opted out")


async def opt_in(
    conn: Conn, contact_id: str, *, message_id: str | None = None, recorded_by: str
) -> None:
    """Messages are wanted again. Raises NotFound."""
    await record_consent(
        conn, contact_id, "given", purpose="messages", message_id=message_id,
        recorded_by=recorded_by,
    )  # fmt: skip
    await conn.execute(
        "UPDATE contacts SET opted_out_at = NULL"
        " WHERE tenant_id = app.current_tenant() AND contact_id = %s",
        [contact_id],
    )


def _actor(recorded_by: str) -> str:
    """The assistant writes down what the contact said, a list that was brought in what it holds; a
    person what they were told."""
    return {"assistant": "customer", "list": "system"}.get(recorded_by, "user")


async def _channel(conn: Conn, contact_id: str) -> str:
    row = await (
        await conn.execute(
            "SELECT channel FROM contacts WHERE tenant_id = app.current_tenant()"
            " AND contact_id = %s FOR UPDATE",
            [contact_id],
        )
    ).fetchone()
    if row is None:
        raise NotFound(f"there is no contact {contact_id}", contact_id=contact_id)
    return str(row[0])


async def _stop(conn: Conn, contact_id: str, reason: str) -> Stopped:
    outbound = await conn.execute(
        "UPDATE outbound_messages SET status = 'cancelled', failed_reason = %s"
        " WHERE tenant_id = app.current_tenant() AND contact_id = %s AND status = 'queued'",
        [reason, contact_id],
    )
    scheduled = await conn.execute(
        "UPDATE scheduled_messages SET status = 'cancelled', reason = %s, settled_at = now()"
        " WHERE tenant_id = app.current_tenant() AND contact_id = %s AND status = 'waiting'",
        [reason, contact_id],
    )
    suggestions = await conn.execute(
        "UPDATE suggested_replies SET status = 'superseded', resolved_at = now()"
        " WHERE tenant_id = app.current_tenant() AND status = 'open' AND conversation_id IN ("
        " SELECT conversation_id FROM conversations WHERE tenant_id = app.current_tenant()"
        " AND contact_id = %s)",
        [contact_id],
    )
    return Stopped(outbound.rowcount, scheduled.rowcount, suggestions.rowcount)

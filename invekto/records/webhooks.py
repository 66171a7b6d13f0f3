"""Outgoing webhooks: who wants which events, and the log of every delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id
from invekto.db.queue import defer
from invekto.errors import NotFound

Conn = AsyncConnection[Any]

KEPT = timedelta(days=30)
PATIENCE = timedelta(days=5)
"""An endpoint that has failed for so long is switched off."""
ENDPOINT = "endpoint_id, url, description, types, secrets, active, failing_since, created_at"
DELIVERY = """delivery_id, endpoint_id, event_type, subject, status, attempts, answer, error,
    milliseconds, created_at, tried_at"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver. `types` empty: all events; `secrets` are sealed, newest first."""

    endpoint_id: str
    url: str
    description: str
    types: list[str]
    secrets: list[bytes]
    active: bool
    failing_since: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One event on its way to one endpoint; `answer` is the receiver's last HTTP status."""

    delivery_id: str
    endpoint_id: str
    event_type: str
    subject: dict[str, Any]
    status: str
    attempts: int
    answer: int | None
    error: str | None
    milliseconds: float | None
    created_at: datetime
    tried_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt ended."""

    delivered: bool
    answer: int | None = None
    error: str | None = None
    milliseconds: float | None = None


async def add_endpoint(
    conn: Conn, *, url: str, secret: bytes, types: list[str], description: str = ""
) -> Endpoint:
    """Add a receiver with its sealed secret."""
    async with conn.cursor(row_factory=class_row(Endpoint)) as cur:
        await cur.execute(
            f"""INSERT INTO webhook_endpoints (endpoint_id, url, description, types, secrets)
                VALUES (%s, %s, %s, %s, %s) RETURNING {ENDPOINT}""",
            (new_id("we"), url, description, types, [secret]),
        )
        made = await cur.fetchone()
    assert made is not None
    return made


async def list_endpoints(conn: Conn) -> list[Endpoint]:
    """The tenant's receivers, oldest first."""
    async with conn.cursor(row_factory=class_row(Endpoint)) as cur:
        await cur.execute(
            f"""SELECT {ENDPOINT} FROM webhook_endpoints
                WHERE tenant_id = app.current_tenant() ORDER BY created_at, endpoint_id"""
        )
        return await cur.fetchall()


async def get_endpoint(conn: Conn, endpoint_id: str) -> Endpoint:
    """One receiver.

    Raises:
        NotFound: no such one of this tenant.
    """
    async with conn.cursor(row_factory=class_row(Endpoint)) as cur:
        await cur.execute(
            f"""SELECT {ENDPOINT} FROM webhook_endpoints
                WHERE tenant_id = app.current_tenant() AND endpoint_id = %s""",
            (endpoint_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"no webhook endpoint {endpoint_id}")
    return found


async def change_endpoint(
    conn: Conn,
    endpoint_id: str,
    *,
    url: str | None = None,
    types: list[str] | None = None,
    description: str | None = None,
    active: bool | None = None,
    secrets: list[bytes] | None = None,
) -> Endpoint:
    """Change what is given; switching on forgets earlier failures.

    Raises:
        NotFound: no such one of this tenant.
    """
    async with conn.cursor(row_factory=class_row(Endpoint)) as cur:
        await cur.execute(
            f"""UPDATE webhook_endpoints SET url = coalesce(%(url)s, url),
                    types = coalesce(%(types)s, types),
                    description = coalesce(%(description)s, description),
                    active = coalesce(%(active)s, active),
                    failing_since = CASE WHEN %(active)s THEN NULL ELSE failing_since END,
                    secrets = coalesce(%(secrets)s, secrets)
                WHERE tenant_id = app.current_tenant() AND endpoint_id = %(id)s
                RETURNING {ENDPOINT}""",
            {
                "url": url,
                "types": types,
                "description": description,
                "active": active,
                "secrets": secrets,
                "id": endpoint_id,
            },
        )
        changed = await cur.fetchone()
    if changed is None:
        raise NotFound(f"no webhook endpoint {endpoint_id}")
    return changed


async def delete_endpoint(conn: Conn, endpoint_id: str) -> None:
    """Delete a receiver with its log.

    Raises:
        NotFound: no such one of this tenant.
    """
    done = await conn.execute(
        "DELETE FROM webhook_endpoints WHERE tenant_id = app.current_tenant() AND endpoint_id = %s",
        (endpoint_id,),
    )
    if done.rowcount == 0:
        raise NotFound(f"no webhook endpoint {endpoint_id}")


async def deliveries(
    conn: Conn,
    endpoint_id: str,
    *,
    limit: int,
    before: tuple[datetime, str] | None = None,
) -> list[WebhookDelivery]:
    """The log of an endpoint, newest first, after (moment, id) of the last seen."""
    async with conn.cursor(row_factory=class_row(WebhookDelivery)) as cur:
        await cur.execute(
            f"""SELECT {DELIVERY} FROM webhook_deliveries
                WHERE tenant_id = app.current_tenant() AND endpoint_id = %(endpoint)s
                  AND (%(at)s::timestamptz IS NULL
                       OR (created_at, delivery_id) < (%(at)s, %(id)s))
                ORDER BY created_at DESC, delivery_id DESC LIMIT %(limit)s""",
            {
                "endpoint": endpoint_id,
                "at": before[0] if before else None,
                "id": before[1] if before else None,
                "limit": limit,
            },
        )
        return await cur.fetchall()


async def get_delivery(conn: Conn, delivery_id: str) -> WebhookDelivery:
    """One delivery.

    Raises:
        NotFound: no such one of this tenant.
    """
    async with conn.cursor(row_factory=class_row(WebhookDelivery)) as cur:
        await cur.execute(
            f"""SELECT {DELIVERY} FROM webhook_deliveries
                WHERE tenant_id = app.current_tenant() AND delivery_id = %s""",
            (delivery_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"no webhook delivery {delivery_id}")
    return found


async def note_attempt(conn: Conn, delivery_id: str, attempt: Attempt, now: datetime) -> None:
    """Keep how an attempt ended, and whether its endpoint works; one that has failed for
    `PATIENCE` is switched off."""
    await conn.execute(
        """WITH tried AS (
               UPDATE webhook_deliveries SET attempts = attempts + 1, tried_at = %(now)s,
                   status = CASE WHEN %(done)s THEN 'delivered' ELSE status END,
                   answer = %(answer)s, error = %(error)s, milliseconds = %(ms)s
               WHERE tenant_id = app.current_tenant() AND delivery_id = %(id)s
               RETURNING endpoint_id)
           UPDATE webhook_endpoints e SET
               failing_since = CASE WHEN NOT %(done)s THEN coalesce(failing_since, %(now)s) END,
               active = active AND (%(done)s OR coalesce(failing_since, %(now)s) > %(long_ago)s)
           FROM tried
           WHERE e.tenant_id = app.current_tenant() AND e.endpoint_id = tried.endpoint_id""",
        {
            "now": now,
            "long_ago": now - PATIENCE,
            "done": attempt.delivered,
            "answer": attempt.answer,
            "error": attempt.error[:300] if attempt.error else None,
            "ms": attempt.milliseconds,
            "id": delivery_id,
        },
    )


async def give_up(conn: Conn, delivery_id: str) -> None:
    """No further attempt is made, until somebody replays it."""
    await conn.execute(
        """UPDATE webhook_deliveries SET status = 'failed'
           WHERE tenant_id = app.current_tenant() AND delivery_id = %s AND status = 'waiting'""",
        (delivery_id,),
    )


async def replay(conn: Conn, delivery_id: str) -> None:
    """Deliver again, under the same id, so that the receiver can tell.

    Raises:
        NotFound: no such one of this tenant.
    """
    done = await conn.execute(
        """UPDATE webhook_deliveries SET status = 'waiting', tried_at = clock_timestamp()
           WHERE tenant_id = app.current_tenant() AND delivery_id = %s""",
        (delivery_id,),
    )
    if done.rowcount == 0:
        raise NotFound(f"no webhook delivery {delivery_id}")
    await defer(conn, "webhook", line="out", delivery_id=delivery_id)


async def add_delivery(
    conn: Conn, endpoint_id: str, event_type: str, subject: dict[str, Any]
) -> str:
    """One event for one endpoint only, such as a test; returns the delivery's id."""
    delivery_id = new_id("wd")
    await conn.execute(
        """INSERT INTO webhook_deliveries (delivery_id, endpoint_id, event_type, subject)
           VALUES (%s, %s, %s, %s)""",
        (delivery_id, endpoint_id, event_type, Jsonb(subject)),
    )
    await defer(conn, "webhook", line="out", delivery_id=delivery_id)
    return delivery_id


async def forget_old(conn: Conn, now: datetime) -> int:
    """Delete what is kept no longer; returns how many."""
    done = await conn.execute(
        "DELETE FROM webhook_deliveries WHERE tenant_id = app.current_tenant() AND created_at < %s",
        (now - KEPT,),
    )
    return done.rowcount

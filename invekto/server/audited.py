"""Writing to the audit log who did what through the API."""

from __future__ import annotations

from typing import Any

import structlog
from psycopg import AsyncConnection

from invekto.records import audit
from invekto.server.caller import Caller


async def audited(
    conn: AsyncConnection[Any],
    caller: Caller,
    event_type: str,
    resource_type: str,
    resource_id: str = "",
    **detail: Any,
) -> None:
    """Append to the audit log, in the transaction of what it tells of. `detail` holds names,
    counts and versions, never a person's values."""
    await audit.record(
        conn,
        event_type,
        actor_kind=caller.actor,
        actor_id=caller.subject,
        resource_type=resource_type,
        resource_id=resource_id,
        correlation_id=_request(),
        detail=detail,
    )


async def looked(
    conn: AsyncConnection[Any], caller: Caller, resource_type: str, resource_id: str
) -> None:
    """Append to the audit log that the caller looked at personal data."""
    await audit.viewed(
        conn, resource_type, resource_id, actor_kind=caller.actor, actor_id=caller.subject,
        correlation_id=_request(),
    )  # fmt: skip


def _request() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))

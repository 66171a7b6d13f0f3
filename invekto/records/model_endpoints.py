"""A business's own model endpoint, in the place of the operator's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """`api_key` is sealed for `purpose`, None where the endpoint asks for none. `checked_at` and
    `problem` tell of the last test: None for never, and for no problem."""

    base_url: str
    chat_model: str
    api_key: bytes | None = field(repr=False)
    price_in_per_million: Decimal
    price_out_per_million: Decimal
    saved_by: str
    saved_at: datetime
    checked_at: datetime | None = None
    problem: str | None = None


ENDPOINT = ", ".join(ModelEndpoint.__dataclass_fields__)


def purpose(tenant_id: str) -> str:
    """What an endpoint's key is sealed for."""
    return f"{tenant_id}/model"


async def get(conn: Conn) -> ModelEndpoint | None:
    """The tenant's endpoint, or None where it uses the operator's."""
    async with conn.cursor(row_factory=class_row(ModelEndpoint)) as cur:
        await cur.execute(
            f"SELECT {ENDPOINT} FROM model_endpoints WHERE tenant_id = app.current_tenant()"
        )
        return await cur.fetchone()


async def save(conn: Conn, endpoint: ModelEndpoint) -> None:
    """Set the tenant's endpoint; what was known of tests of the one before is forgotten."""
    await conn.execute(
        """INSERT INTO model_endpoints (base_url, chat_model, api_key, price_in_per_million,
               price_out_per_million, saved_by, saved_at) VALUES (%s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (tenant_id) DO UPDATE SET base_url = excluded.base_url,
               chat_model = excluded.chat_model, api_key = excluded.api_key,
               price_in_per_million = excluded.price_in_per_million,
               price_out_per_million = excluded.price_out_per_million,
               saved_by = excluded.saved_by, saved_at = excluded.saved_at,
               checked_at = NULL, problem = NULL""",
        (
            endpoint.base_url, endpoint.chat_model, endpoint.api_key,
            endpoint.price_in_per_million, endpoint.price_out_per_million, endpoint.saved_by,
            endpoint.saved_at,
        ),
    )  # fmt: skip


async def checked(conn: Conn, problem: str | None, now: datetime) -> None:
    """Note what a test said; None: it works."""
    await conn.execute(
        """UPDATE model_endpoints SET checked_at = %s, problem = %s
           WHERE tenant_id = app.current_tenant()""",
        (now, problem),
    )


async def remove(conn: Conn) -> bool:
    """The operator's endpoint again; False where there was none of its own."""
    done = await conn.execute("DELETE FROM model_endpoints WHERE tenant_id = app.current_tenant()")
    return done.rowcount == 1

"""Accounts at marketplaces and payment providers, how far their syncs have come, what came in.

Credentials arrive sealed and leave sealed: nothing here can read them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id
from invekto.errors import NotFound
from invekto.records import orders

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Account:
    """`external_id` is the seller id, merchant id, or the public half of an API key."""

    account_id: str
    provider: str
    external_id: str
    credentials: bytes = field(repr=False)
    settings: dict[str, Any]
    active: bool
    checked_at: datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far one stream of an account is. `caught_up`: everything changed before is here."""

    account_id: str
    stream: str
    position: dict[str, Any]
    caught_up: datetime | None
    pages: int
    rows: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A return opened at a marketplace."""

    provider: str
    external_id: str
    status: str
    opened_at: datetime
    synced_at: datetime
    number: str
    reason: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question under a product at a marketplace."""

    provider: str
    external_id: str
    account_id: str
    product: str
    question: str
    status: str
    asked_at: datetime
    synced_at: datetime
    answer: str | None = None


ACCOUNT = "account_id, provider, external_id, credentials, settings, active, checked_at, problem"
CURSOR = "account_id, stream, position, caught_up, pages, rows"
QUESTION = ", ".join(Question.__dataclass_fields__)


def purpose(tenant_id: str, account_id: str) -> str:
    """What credentials are sealed for: they do not open in another tenant's or account's row."""
    return f"{tenant_id}/integration/{account_id}"


async def save_account(
    conn: Conn, provider: str, external_id: str, *, account_id: str | None = None,
    credentials: bytes, settings: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    """Connect an account, or give one that is connected new credentials; returns its id."""
    row = await (
        await conn.execute(
            """INSERT INTO integrations (account_id, provider, external_id, credentials, settings)
               VALUES (%s, %s, %s, %s, %s)
               ON CONFLICT (tenant_id, provider, external_id) DO UPDATE SET
                   credentials = excluded.credentials, active = true, problem = NULL,
                   settings = excluded.settings, updated_at = now()
               RETURNING account_id""",
            (
                account_id or new_id("acc"), provider, external_id, credentials,
                Jsonb(settings or {}),
            ),
        )
    ).fetchone()  # fmt: skip
    return str(row[0])  # type: ignore[index]


async def list_accounts(conn: Conn, provider: str | None = None) -> list[Account]:
    """Active accounts, all or those of a provider, oldest first."""
    async with conn.cursor(row_factory=class_row(Account)) as cur:
        await cur.execute(
            f"""SELECT {ACCOUNT} FROM integrations
                WHERE tenant_id = app.current_tenant() AND active
                  AND (%(provider)s::text IS NULL OR provider = %(provider)s)
                ORDER BY created_at, account_id""",
            {"provider": provider},
        )
        return await cur.fetchall()


async def get_account(conn: Conn, account_id: str) -> Account:
    """One account. Raises NotFound."""
    async with conn.cursor(row_factory=class_row(Account)) as cur:
        await cur.execute(
            f"""SELECT {ACCOUNT} FROM integrations
                WHERE tenant_id = app.current_tenant() AND account_id = %s""",
            (account_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"no account {account_id}: connect it first")
    return found


async def account_of(conn: Conn, provider: str, external_id: str) -> Account | None:
    """The account under the provider's own id."""
    async with conn.cursor(row_factory=class_row(Account)) as cur:
        await cur.execute(
            f"""SELECT {ACCOUNT} FROM integrations WHERE tenant_id = app.current_tenant()
                AND provider = %s AND external_id = %s""",
            (provider, external_id),
        )
        return await cur.fetchone()


async def set_credentials(conn: Conn, account_id: str, credentials: bytes) -> None:
    """Keep credentials sealed anew."""
    await conn.execute(
        """UPDATE integrations SET credentials = %s, updated_at = now()
           WHERE tenant_id = app.current_tenant() AND account_id = %s""",
        (credentials, account_id),
    )


async def note_check(conn: Conn, account_id: str, problem: str | None, now: datetime) -> None:
    """Keep what a connection test or a sync said; None: all is well."""
    await conn.execute(
        """UPDATE integrations SET checked_at = %s, problem = %s
           WHERE tenant_id = app.current_tenant() AND account_id = %s""",
        (now, problem, account_id),
    )


async def disconnect(conn: Conn, account_id: str) -> bool:
    """Forget an account and its credentials; what came from it stays. False: there is none."""
    done = await conn.execute(
        "DELETE FROM integrations WHERE tenant_id = app.current_tenant() AND account_id = %s",
        (account_id,),
    )
    return done.rowcount == 1


async def cursor(conn: Conn, account_id: str, stream: str, *, lock: bool = False) -> Cursor:
    """Where a stream's next page begins; a stream that never ran has an empty position."""
    async with conn.cursor(row_factory=class_row(Cursor)) as cur:
        await cur.execute(
            f"""SELECT {CURSOR} FROM sync_cursors WHERE tenant_id = app.current_tenant()
                AND account_id = %s AND stream = %s"""
            + (" FOR UPDATE" if lock else ""),
            (account_id, stream),
        )
        return await cur.fetchone() or Cursor(account_id, stream, {}, None, 0, 0)


async def cursors(conn: Conn) -> list[Cursor]:
    """Every stream of every account: the lag is now less `caught_up`."""
    async with conn.cursor(row_factory=class_row(Cursor)) as cur:
        await cur.execute(
            f"""SELECT {CURSOR} FROM sync_cursors WHERE tenant_id = app.current_tenant()
                ORDER BY account_id, stream"""
        )
        return await cur.fetchall()


async def move_cursor(
    conn: Conn, before: Cursor, position: dict[str, Any], *, rows: int,
    caught_up: datetime | None = None,
) -> bool:  # fmt: skip
    """Move a stream on from `before`; False where somebody else has moved it meanwhile."""
    done = await conn.execute(
        """INSERT INTO sync_cursors AS c (account_id, stream, position, caught_up, pages, rows)
           SELECT %(account)s, %(stream)s, %(new)s, %(caught)s, 1, %(rows)s
           WHERE EXISTS (SELECT FROM integrations WHERE tenant_id = app.current_tenant()
                         AND account_id = %(account)s)
           ON CONFLICT (tenant_id, account_id, stream) DO UPDATE SET
               position = excluded.position, pages = c.pages + 1, rows = c.rows + excluded.rows,
               caught_up = coalesce(excluded.caught_up, c.caught_up), updated_at = now()
           WHERE c.position = %(old)s""",
        {
            "account": before.account_id, "stream": before.stream, "new": Jsonb(position),
            "caught": caught_up, "rows": rows, "old": Jsonb(before.position),
        },
    )  # fmt: skip
    return done.rowcount == 1


async def marketplace_orders(
    conn: Conn, provider: str, numbers: Iterable[str]
) -> dict[str, orders.Order]:
    """The orders of a marketplace that are here, by number, their rows locked."""
    async with conn.cursor(row_factory=class_row(orders.Order)) as cur:
        await cur.execute(
            f"""SELECT {orders.COLUMNS} FROM orders WHERE tenant_id = app.current_tenant()
                AND provider = %s AND number = ANY (%s) ORDER BY order_id FOR UPDATE""",
            (provider, sorted(set(numbers))),
        )
        return {order.number: order for order in await cur.fetchall()}


async def save_claim(conn: Conn, claim: Claim) -> bool:
    """Keep a claim in its newest state, at its order if that is here; False where what is stored
    is as new."""
    done = await conn.execute(
        """INSERT INTO claims AS c (claim_id, provider, external_id, order_id, status, reason,
               lines, opened_at, synced_at)
           VALUES (%(id)s, %(provider)s, %(external)s,
                   (SELECT order_id FROM orders WHERE tenant_id = app.current_tenant()
                      AND provider = %(provider)s AND number = %(number)s),
                   %(status)s, %(reason)s, %(lines)s, %(opened)s, %(synced)s)
           ON CONFLICT (tenant_id, provider, external_id) DO UPDATE SET
               order_id = coalesce(excluded.order_id, c.order_id), status = excluded.status,
               reason = excluded.reason, lines = excluded.lines, synced_at = excluded.synced_at
           WHERE c.synced_at IS NULL OR excluded.synced_at > c.synced_at
              OR excluded.status <> c.status
              OR c.order_id IS NULL AND excluded.order_id IS NOT NULL""",
        {
            "id": f"{claim.provider}-{claim.external_id}", "provider": claim.provider,
            "external": claim.external_id, "number": claim.number, "status": claim.status,
            "reason": claim.reason, "lines": Jsonb(list(claim.items)),
            "opened": claim.opened_at, "synced": claim.synced_at,
        },
    )  # fmt: skip
    return done.rowcount == 1


async def save_question(conn: Conn, question: Question) -> None:
    """Keep a question; one that was answered stays answered."""
    values = {name: getattr(question, name) for name in Question.__dataclass_fields__}
    await conn.execute(
        f"""INSERT INTO product_questions AS q ({QUESTION})
            VALUES ({", ".join(f"%({n})s" for n in values)})
            ON CONFLICT (tenant_id, provider, external_id) DO UPDATE SET
                status = CASE WHEN q.answer IS NULL THEN excluded.status ELSE q.status END,
                answer = coalesce(q.answer, excluded.answer), synced_at = excluded.synced_at""",
        values,
    )


async def questions(conn: Conn, *, limit: int = 100) -> list[Question]:
    """Questions, those without an answer first, then the newest."""
    async with conn.cursor(row_factory=class_row(Question)) as cur:
        await cur.execute(
            f"""SELECT {QUESTION} FROM product_questions WHERE tenant_id = app.current_tenant()
                ORDER BY answer IS NOT NULL, asked_at DESC LIMIT %s""",
            (limit,),
        )
        return await cur.fetchall()


async def set_stocks(conn: Conn, stocks: Iterable[tuple[str, str, int]]) -> int:
    """Stock by (sku, barcode, quantity) for the variants that are here; returns how many moved."""
    rows = list(stocks)
    done = await conn.execute(
        """UPDATE product_variants v SET stock_qty = s.quantity
           FROM unnest(%s::text[], %s::text[], %s::int[]) AS s (sku, barcode, quantity)
           WHERE v.tenant_id = app.current_tenant() AND v.stock_qty <> s.quantity
             AND (v.sku = s.sku OR s.barcode <> '' AND v.barcode = s.barcode)""",
        ([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]),
    )
    return done.rowcount


async def note_event(conn: Conn, account_id: str, event_key: str, now: datetime) -> bool:
    """Keep that a webhook came; False where this one came before."""
    done = await conn.execute(
        """INSERT INTO marketplace_events (account_id, event_key, received_at)
           VALUES (%s, %s, %s) ON CONFLICT DO NOTHING""",
        (account_id, event_key, now),
    )
    return done.rowcount == 1

"""Rights of the person behind a contact: cases with a deadline, export, erasure, legal holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row

from invekto.contracts.ids import new_id
from invekto.errors import NotFound, Refused
from invekto.records import audit
from invekto.records.personal import RULES, Rule, Trail, leftovers, trail
from invekto.text.normalise import fold

Conn = AsyncConnection[Any]
Rows = list[dict[str, Any]]
Kind = Literal["access", "erasure", "correction", "objection", "withdrawal"]

DEADLINE = timedelta(days=30)
"""KVKK art. 13: an answer within thirty days."""


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    request_id: str
    contact_id: str
    kind: str
    status: str
    due_at: datetime
    turn_id: str | None
    handled_by: str | None
    note: str
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LegalHold:
    hold_id: str
    contact_id: str
    reason: str
    placed_by: str
    created_at: datetime
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """Rows by table; `leftovers` are columns where a value of the person still stands, which
    somebody has to look at (a name in a document of the tenant's, for instance)."""

    deleted: dict[str, int]
    blanked: dict[str, int]
    leftovers: list[str]


REQUEST = (
    "request_id, contact_id, kind, status, due_at, turn_id, handled_by, note, created_at, closed_at"
)
HOLD = "hold_id, contact_id, reason, placed_by, created_at, released_at"


async def open_request(
    conn: Conn, contact_id: str, kind: Kind, now: datetime, *, turn_id: str | None = None
) -> PrivacyRequest:
    """Open a case, or give back the open one of the same kind: asking twice does not move the
    deadline. Raises NotFound."""
    if await trail(conn, contact_id) is None:
        raise NotFound(f"there is no contact {contact_id}", contact_id=contact_id)
    async with conn.cursor(row_factory=class_row(PrivacyRequest)) as cur:
        await cur.execute(
            f"SELECT {REQUEST} FROM privacy_requests WHERE tenant_id = app.current_tenant()"
            " AND contact_id = %s AND kind = %s AND status = 'open'",
            (contact_id, kind),
        )
        known = await cur.fetchone()
        if known is not None:
            return known
        await cur.execute(
            "INSERT INTO privacy_requests (request_id, contact_id, kind, due_at, turn_id,"
            f" created_at) VALUES (%s, %s, %s, %s, %s, %s) RETURNING {REQUEST}",
            (new_id("prv"), contact_id, kind, now + DEADLINE, turn_id, now),
        )
        made = await cur.fetchone()
    assert made is not None
    await audit.record(
        conn, "privacy.opened", actor_kind="customer", actor_id=contact_id,
        resource_type="privacy_request", resource_id=made.request_id, detail={"kind": kind},
    )  # fmt: skip
    return made


async def open_requests(conn: Conn, *, due_before: datetime | None = None) -> list[PrivacyRequest]:
    """Open cases, the most urgent first; with `due_before` those that are due by then."""
    async with conn.cursor(row_factory=class_row(PrivacyRequest)) as cur:
        await cur.execute(
            f"SELECT {REQUEST} FROM privacy_requests WHERE tenant_id = app.current_tenant()"
            " AND status = 'open' AND (%s::timestamptz IS NULL OR due_at < %s)"
            " ORDER BY due_at, request_id",
            (due_before, due_before),
        )
        return await cur.fetchall()


async def close_request(
    conn: Conn,
    request_id: str,
    now: datetime,
    *,
    by: str,
    refused: bool = False,
    note: str = "",
    actor_kind: str = "user",
) -> None:
    """End a case. Raises NotFound where it is not open."""
    cursor = await conn.execute(
        "UPDATE privacy_requests SET status = %s, closed_at = %s, handled_by = %s, note = %s"
        " WHERE tenant_id = app.current_tenant() AND request_id = %s AND status = 'open'",
        ("refused" if refused else "done", now, by, note, request_id),
    )
    if not cursor.rowcount:
        raise NotFound(f"there is no open privacy request {request_id}", request_id=request_id)
    await audit.record(
        conn, "privacy.closed", actor_kind=actor_kind, actor_id=by, resource_type="privacy_request",
        resource_id=request_id, detail={"refused": refused},
    )  # fmt: skip


async def place_hold(
    conn: Conn, contact_id: str, *, reason: str, by: str, actor_kind: str = "user"
) -> str:
    """Nothing of the contact may be erased or purged until the hold is released. Raises
    NotFound."""
    if await trail(conn, contact_id) is None:
        raise NotFound(f"there is no contact {contact_id}", contact_id=contact_id)
    hold_id = new_id("hld")
    await conn.execute(
        "INSERT INTO legal_holds (hold_id, contact_id, reason, placed_by) VALUES (%s, %s, %s, %s)",
        (hold_id, contact_id, reason, by),
    )
    await audit.record(
        conn, "hold.placed", actor_kind=actor_kind, actor_id=by, resource_type="contact",
        resource_id=contact_id, detail={"hold": hold_id},
    )  # fmt: skip
    return hold_id


async def release_hold(
    conn: Conn, hold_id: str, now: datetime, *, by: str, actor_kind: str = "user"
) -> None:
    """End a hold. Raises NotFound."""
    cursor = await conn.execute(
        "UPDATE legal_holds SET released_at = %s, released_by = %s"
        " WHERE tenant_id = app.current_tenant() AND hold_id = %s AND released_at IS NULL",
        (now, by, hold_id),
    )
    if not cursor.rowcount:
        raise NotFound(f"there is no hold {hold_id} in force", hold_id=hold_id)
    await audit.record(
        conn, "hold.released", actor_kind=actor_kind, actor_id=by, resource_type="hold",
        resource_id=hold_id,
    )  # fmt: skip


async def holds(conn: Conn, contact_id: str) -> list[LegalHold]:
    """Holds in force on a contact."""
    async with conn.cursor(row_factory=class_row(LegalHold)) as cur:
        await cur.execute(
            f"SELECT {HOLD} FROM legal_holds WHERE tenant_id = app.current_tenant()"
            " AND contact_id = %s AND released_at IS NULL ORDER BY created_at",
            (contact_id,),
        )
        return await cur.fetchall()


async def export_contact(
    conn: Conn, contact_id: str, *, by: str, actor_kind: str = "user"
) -> dict[str, Rows]:
    """Everything held about a person that is theirs to have, by table. Raises NotFound."""
    found = await _known(conn, contact_id)
    exported: dict[str, Rows] = {}
    for rule in reversed(RULES):
        if not rule.export:
            continue
        async with conn.cursor(row_factory=dict_row) as cur:
            await cur.execute(
                f"SELECT {', '.join(rule.export)} FROM {rule.table}"
                f" WHERE tenant_id = app.current_tenant() AND {rule.where}",
                found.params(),
            )
            rows = await cur.fetchall()
        if rows:
            exported[rule.table] = rows
    await audit.record(
        conn, "contact.exported", actor_kind=actor_kind, actor_id=by, resource_type="contact",
        resource_id=contact_id, detail={"tables": sorted(exported)},
    )  # fmt: skip
    return exported


async def erase_contact(
    conn: Conn, contact_id: str, *, by: str, actor_kind: str = "user"
) -> Erasure:
    """Erase a person: rows are deleted, or blanked where the business must keep them; requests
    for it are done.

    Raises:
        NotFound: no such contact.
        Refused: a legal hold is in force (`legal_hold`).
    """
    found = await _known(conn, contact_id)
    held = await holds(conn, contact_id)
    if held:
        raise Refused(
            "legal_hold",
            f"contact {contact_id} is under legal hold ({held[0].reason}): release it first",
            hold_id=held[0].hold_id,
        )
    deleted, blanked = await wipe(conn, found)
    await conn.execute(
        "UPDATE privacy_requests SET status = 'done', closed_at = now(), handled_by = %s"
        " WHERE tenant_id = app.current_tenant() AND contact_id = %s AND kind = 'erasure'"
        " AND status = 'open'",
        (by, contact_id),
    )
    await audit.record(
        conn, "contact.erased", actor_kind=actor_kind, actor_id=by, resource_type="contact",
        resource_id=contact_id, detail={"deleted": deleted, "blanked": blanked},
    )  # fmt: skip
    return Erasure(deleted, blanked, await leftovers(conn, found.values))


async def _known(conn: Conn, contact_id: str) -> Trail:
    found = await trail(conn, contact_id)
    if found is None:
        raise NotFound(f"there is no contact {contact_id}", contact_id=contact_id)
    return found


async def wipe(conn: Conn, found: Trail) -> tuple[dict[str, int], dict[str, int]]:
    """Rows deleted and rows blanked, by table."""
    deleted: dict[str, int] = {}
    blanked: dict[str, int] = {}
    await _forget_answers(conn, found, deleted)
    for rule in RULES:
        count = await _apply(conn, rule, found)
        if count:
            (blanked if rule.blank else deleted)[rule.table] = count
    await conn.execute(
        "DELETE FROM knowledge_gaps g WHERE tenant_id = app.current_tenant() AND NOT EXISTS ("
        " SELECT FROM gap_questions q WHERE q.tenant_id = g.tenant_id AND q.gap_id = g.gap_id)"
    )
    await conn.execute(
        "UPDATE knowledge_gaps SET terms = ARRAY(SELECT t FROM unnest(terms) t"
        " WHERE NOT EXISTS (SELECT FROM unnest(%s::text[]) w WHERE starts_with(w, t)))"
        " WHERE tenant_id = app.current_tenant() AND terms <> '{}'",
        (sorted({word for value in found.values for word in fold(value).split()}),),
    )
    await conn.execute(
        "UPDATE knowledge_gaps g SET title = ("
        " SELECT question FROM gap_questions q WHERE q.tenant_id = g.tenant_id"
        " AND q.gap_id = g.gap_id ORDER BY asked_at DESC LIMIT 1)"
        " WHERE tenant_id = app.current_tenant() AND NOT EXISTS ("
        " SELECT FROM gap_questions q WHERE q.tenant_id = g.tenant_id AND q.gap_id = g.gap_id"
        " AND q.question = g.title)"
    )
    return deleted, blanked


async def _apply(conn: Conn, rule: Rule, found: Trail) -> int:
    where = f"WHERE tenant_id = app.current_tenant() AND {rule.where}"
    if rule.blank:
        changes = ", ".join(f"{column} = {value}" for column, value in rule.blank.items())
        statement = f"UPDATE {rule.table} SET {changes} {where}"
    else:
        statement = f"DELETE FROM {rule.table} {where}"
    return (await conn.execute(statement, found.params())).rowcount


async def _forget_answers(conn: Conn, found: Trail, deleted: dict[str, int]) -> None:
    """Answers kept for repeated requests may quote the conversation."""
    ids = [found.contact_id, *found.conversations]
    cursor = await conn.execute(
        "DELETE FROM idempotency_keys k WHERE tenant_id = app.current_tenant() AND EXISTS ("
        " SELECT FROM unnest(%s::text[]) v"
        " WHERE position(convert_to(v, 'UTF8') IN coalesce(k.body, ''::bytea)) > 0)",
        (ids,),
    )
    if cursor.rowcount:
        deleted["idempotency_keys"] = cursor.rowcount

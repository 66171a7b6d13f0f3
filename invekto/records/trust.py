"""Trust evidence: the log of verdicts and where each cell stands.

States are JSON that `agent/trust` writes and reads; nothing here knows statistics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from invekto.contracts.evidence import Cell, Path, Risk, Verdict, VerdictKind

Conn = AsyncConnection[Any]
Json = dict[str, Any]

SETTINGS = (
    "epsilon_low", "epsilon_medium", "delta", "audit_share", "settle_hours", "seeded_share"
)  # fmt: skip
CELL = "intent, language, path, behaviour"
CELL_IS = (
    "intent = %(intent)s AND language = %(language)s AND path = %(path)s"
    " AND behaviour = %(behaviour)s"
)


@dataclass(frozen=True, slots=True)
class LoadedTrust:
    """All that decisions of one message rest on. `standings` holds only cells with evidence."""

    standings: dict[Cell, Json]
    overrides: list[Json]
    settings: Json | None
    secret: str


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """A row of the log. `terms` is what it was counted under, `capital` the log capital of every
    threshold after it."""

    seq: int
    verdict: Verdict
    risk: Risk
    counted: str
    why: str
    terms: Json
    capital: list[float]


@dataclass(frozen=True, slots=True)
class StoredCell:
    """A cell's row."""

    cell: Cell
    risk: Risk
    hint: Json | None
    state: Json
    standing: Json
    created_at: datetime
    updated_at: datetime


LOAD = """
    SELECT
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'cell', w.place, 'standing', c.standing)), '[]')
         FROM unnest(%(intents)s::text[], %(languages)s::text[], %(paths)s::text[],
                     %(behaviours)s::text[]) WITH ORDINALITY
              AS w (intent, language, path, behaviour, place)
         JOIN trust_cells c USING (intent, language, path, behaviour)
         WHERE c.tenant_id = app.current_tenant()) AS standings,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'intent', intent, 'by', by,
                    'reason', reason, 'expires_at', expires_at)), '[]')
         FROM trust_overrides
         WHERE tenant_id = app.current_tenant() AND ended_at IS NULL
           AND (intent IS NULL OR intent = ANY (%(intents)s))) AS overrides,
        (SELECT to_jsonb(s) FROM trust_settings s
         WHERE tenant_id = app.current_tenant()) AS settings,
        y.secret, y.killed_at, y.killed_by, y.reason
    FROM trust_system y
"""


async def load_cells(conn: Conn, cells: Sequence[Cell]) -> LoadedTrust:
    """Standings, overrides, settings and the coins' secret, in one statement."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            LOAD,
            {
                "intents": [c.intent for c in cells],
                "languages": [c.language for c in cells],
                "paths": [c.path.value for c in cells],
                "behaviours": [c.behaviour for c in cells],
            },
        )
        row = await cur.fetchone()
    assert row is not None
    overrides = list(row["overrides"])
    if row["killed_at"] is not None:
        overrides.append(
            {"kind": "kill", "by": row["killed_by"], "reason": row["reason"], "system": True}
        )
    return LoadedTrust(
        {cells[one["cell"] - 1]: one["standing"] for one in row["standings"]},
        overrides,
        row["settings"],
        row["secret"],
    )


async def lock_log(conn: Conn) -> None:
    """One verdict of a tenant at a time: the fold has an order, and cells no deadlocks."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtext('trust'), hashtext(app.current_tenant()))"
    )


async def get_settings(conn: Conn) -> Json | None:
    """The tenant's own settings; None where it keeps the defaults."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute("SELECT * FROM trust_settings WHERE tenant_id = app.current_tenant()")
        return await cur.fetchone()


async def save_settings(conn: Conn, **values: float) -> None:
    """Set some of `SETTINGS`; the others keep what they are."""
    unknown = set(values) - set(SETTINGS)
    if unknown:
        raise ValueError(f"unknown trust settings: {sorted(unknown)}")
    names = list(values)
    await conn.execute(
        f"INSERT INTO trust_settings ({', '.join(names)})"
        f" VALUES ({', '.join(f'%({name})s' for name in names)})"
        f" ON CONFLICT (tenant_id) DO UPDATE SET"
        f" {', '.join(f'{name} = excluded.{name}' for name in names)}",
        values,
    )


async def get_reviewer(conn: Conn, user_id: str) -> Json | None:
    """One person's record, None before their first verdict on a draft."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            """SELECT decisions, changed, in_a_row, fast, seeded, caught, last_turn
               FROM trust_reviewers
               WHERE tenant_id = app.current_tenant() AND user_id = %s""",
            [user_id],
        )
        return await cur.fetchone()


async def list_reviewers(conn: Conn) -> list[Json]:
    """Everybody's record, for the supervisors' page."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            """SELECT user_id, decisions, changed, in_a_row, fast, seeded, caught
               FROM trust_reviewers WHERE tenant_id = app.current_tenant() ORDER BY user_id"""
        )
        return await cur.fetchall()


async def team(conn: Conn, user_id: str) -> Json:
    """Sums: decisions and changes of the others, seeded drafts of everybody."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            """SELECT
                   coalesce(sum(decisions) FILTER (WHERE user_id <> %(by)s), 0)::int AS decisions,
                   coalesce(sum(changed) FILTER (WHERE user_id <> %(by)s), 0)::int AS changed,
                   coalesce(sum(seeded), 0)::int AS seeded,
                   coalesce(sum(caught), 0)::int AS caught
               FROM trust_reviewers WHERE tenant_id = app.current_tenant()""",
            {"by": user_id},
        )
        row = await cur.fetchone()
    assert row is not None
    return row


async def save_reviewer(conn: Conn, user_id: str, record: Mapping[str, Any]) -> None:
    """Write one person's record."""
    await conn.execute(
        """INSERT INTO trust_reviewers
               (user_id, decisions, changed, in_a_row, fast, seeded, caught, last_turn)
           VALUES (%(user_id)s, %(decisions)s, %(changed)s, %(in_a_row)s, %(fast)s, %(seeded)s,
                   %(caught)s, %(last_turn)s)
           ON CONFLICT (tenant_id, user_id) DO UPDATE SET
               decisions = excluded.decisions, changed = excluded.changed,
               in_a_row = excluded.in_a_row, fast = excluded.fast, seeded = excluded.seeded,
               caught = excluded.caught, last_turn = excluded.last_turn""",
        {**record, "user_id": user_id},
    )


async def get_cell(conn: Conn, cell: Cell) -> StoredCell | None:
    """A cell's row, locked for this transaction; None before its first verdict."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            f"SELECT * FROM trust_cells WHERE tenant_id = app.current_tenant() AND {CELL_IS}"
            " FOR UPDATE",
            cell_columns(cell),
        )
        row = await cur.fetchone()
    return _stored_cell(row) if row else None


async def save_cell(
    conn: Conn,
    cell: Cell,
    risk: Risk,
    *,
    state: Json,
    standing: Json,
    hint: Json | None,
    now: datetime,
) -> None:
    """Write a cell's row; its `hint` stays what it was at the start."""
    await conn.execute(
        f"""INSERT INTO trust_cells ({CELL}, risk, hint, state, standing, created_at, updated_at)
            VALUES (%(intent)s, %(language)s, %(path)s, %(behaviour)s, %(risk)s, %(hint)s,
                    %(state)s, %(standing)s, %(now)s, %(now)s)
            ON CONFLICT (tenant_id, {CELL}) DO UPDATE SET
                risk = excluded.risk, state = excluded.state, standing = excluded.standing,
                updated_at = excluded.updated_at""",
        {
            **cell_columns(cell),
            "risk": risk.value,
            "hint": Jsonb(hint) if hint is not None else None,
            "state": Jsonb(state),
            "standing": Jsonb(standing),
            "now": now,
        },
    )


async def older_record(conn: Conn, cell: Cell) -> Json | None:
    """Right and wrong verdicts of the latest other version of the same intent, language, path."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            """SELECT count(*) FILTER (WHERE counted = 'right')::float AS right,
                      count(*) FILTER (WHERE counted = 'wrong')::float AS wrong
               FROM trust_verdicts
               WHERE tenant_id = app.current_tenant() AND intent = %(intent)s
                 AND language = %(language)s AND path = %(path)s AND behaviour = (
                     SELECT behaviour FROM trust_cells
                     WHERE tenant_id = app.current_tenant() AND intent = %(intent)s
                       AND language = %(language)s AND path = %(path)s
                       AND behaviour <> %(behaviour)s
                     ORDER BY updated_at DESC LIMIT 1)
               HAVING count(*) > 0""",
            cell_columns(cell),
        )
        return await cur.fetchone()


async def list_cells(conn: Conn, intent: str | None = None) -> list[StoredCell]:
    """Cells with evidence, the latest version of each first."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            """SELECT * FROM trust_cells
               WHERE tenant_id = app.current_tenant()
                 AND (%(intent)s::text IS NULL OR intent = %(intent)s)
               ORDER BY intent, language, path, updated_at DESC""",
            {"intent": intent},
        )
        return [_stored_cell(row) for row in await cur.fetchall()]


async def earlier(conn: Conn, verdict: Verdict) -> list[tuple[str, str, str, str]]:
    """(id, turn, kind, counted) of the same conversation and cell, and of the same id."""
    cursor = await conn.execute(
        f"""SELECT verdict_id, turn_id, kind, counted FROM trust_verdicts
            WHERE tenant_id = app.current_tenant() AND (verdict_id = %(id)s
                OR (conversation_id = %(conversation)s AND {CELL_IS}))
            ORDER BY seq""",
        {**cell_columns(verdict.cell), "id": verdict.id, "conversation": verdict.conversation_id},
    )
    return await cursor.fetchall()


async def append_verdict(
    conn: Conn,
    verdict: Verdict,
    risk: Risk,
    *,
    counted: str,
    why: str,
    terms: Json,
    capital: Sequence[float],
) -> None:
    """Add a row to the log."""
    await conn.execute(
        f"""INSERT INTO trust_verdicts (verdict_id, turn_id, conversation_id, {CELL}, kind,
                confidence, resolving, shared, at, by, reading_seconds, corrected_intent,
                seeded_error, detail, risk, counted, why, terms, capital)
            VALUES (%(id)s, %(turn)s, %(conversation)s, %(intent)s, %(language)s, %(path)s,
                %(behaviour)s, %(kind)s, %(confidence)s, %(resolving)s, %(shared)s, %(at)s, %(by)s,
                %(reading)s, %(corrected)s, %(seeded)s, %(detail)s, %(risk)s, %(counted)s,
                %(why)s, %(terms)s, %(capital)s)""",
        {
            **cell_columns(verdict.cell),
            "id": verdict.id,
            "turn": verdict.turn_id,
            "conversation": verdict.conversation_id,
            "kind": verdict.kind.value,
            "confidence": verdict.confidence,
            "resolving": verdict.resolving,
            "shared": verdict.shared,
            "at": verdict.at,
            "by": verdict.by,
            "reading": verdict.reading_seconds,
            "corrected": verdict.corrected_intent,
            "seeded": verdict.seeded_error,
            "detail": Jsonb(verdict.detail),
            "risk": risk.value,
            "counted": counted,
            "why": why,
            "terms": Jsonb(terms),
            "capital": list(capital),
        },
    )


async def list_verdicts(conn: Conn, cell: Cell, *, limit: int = 10_000) -> list[StoredVerdict]:
    """The latest verdicts of a cell, oldest first."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            f"""SELECT * FROM trust_verdicts
                WHERE tenant_id = app.current_tenant() AND {CELL_IS}
                ORDER BY seq DESC LIMIT %(limit)s""",
            {**cell_columns(cell), "limit": limit},
        )
        rows = await cur.fetchall()
    return [read_verdict(row) for row in reversed(rows)]


def cell_columns(cell: Cell) -> dict[str, str]:
    """The columns that name a cell."""
    return {
        "intent": cell.intent,
        "language": cell.language,
        "path": cell.path.value,
        "behaviour": cell.behaviour,
    }


def _read_cell(row: Mapping[str, Any]) -> Cell:
    return Cell(row["intent"], row["language"], Path(row["path"]), row["behaviour"])


def _stored_cell(row: Mapping[str, Any]) -> StoredCell:
    return StoredCell(
        _read_cell(row),
        Risk(row["risk"]),
        row["hint"],
        row["state"],
        row["standing"],
        row["created_at"],
        row["updated_at"],
    )


def read_verdict(row: Mapping[str, Any]) -> StoredVerdict:
    """A row of the log."""
    verdict = Verdict(
        id=row["verdict_id"],
        turn_id=row["turn_id"],
        conversation_id=row["conversation_id"],
        cell=_read_cell(row),
        kind=VerdictKind(row["kind"]),
        confidence=row["confidence"],
        resolving=row["resolving"],
        shared=row["shared"],
        at=row["at"],
        by=row["by"],
        reading_seconds=row["reading_seconds"],
        corrected_intent=row["corrected_intent"],
        seeded_error=row["seeded_error"],
        detail=row["detail"],
    )
    return StoredVerdict(
        row["seq"],
        verdict,
        Risk(row["risk"]),
        row["counted"],
        row["why"],
        row["terms"],
        row["capital"],
    )

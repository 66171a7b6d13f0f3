"""Verdicts into the database and decisions out of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.abc import Query
from psycopg.types.json import Jsonb

from invekto.agent.trust import evidence
from invekto.agent.trust.deciding import Decided, decide_cells
from invekto.agent.trust.decision import standing
from invekto.agent.trust.ledger import Ledger
from invekto.agent.trust.rules import Rules
from invekto.agent.trust.stored import read_state, write_standing, write_state
from invekto.contracts.evidence import Cell, Mode, Path, Risk, VerdictKind
from invekto.db.pool import Database
from invekto.errors import BadRequest, Conflict, Refused
from invekto.records import overrides, trust, trust_feed
from tests.conftest import TenantPair
from tests.trust.making import CELL, START, verdict

K = VerdictKind
NOW = START + timedelta(days=400)
OTHER = Cell("warranty", "tr", Path.PLAYBOOK, "b1")


@pytest.fixture
async def conn(db: Database, tenant_pair: TenantPair) -> AsyncIterator[AsyncConnection[Any]]:
    async with db.tenant(tenant_pair.ours) as conn:
        yield conn


async def stored_cell(conn: AsyncConnection[Any], cell: Cell = CELL) -> trust.StoredCell:
    found = await trust.get_cell(conn, cell)
    assert found is not None
    return found


async def earn(conn: AsyncConnection[Any], cell: Cell = CELL, first: int = 0) -> None:
    """A promoted cell: its state written as if the log had led to it."""
    made = Ledger(Rules(settle=timedelta(0)))
    made.add(verdict(1, K.REJECTED, cell=OTHER), Risk.LOW)
    for n in range(2, 400):
        kind = K.EDITED_COSMETIC if n % 12 == 0 else K.SENT_UNCHANGED
        made.add(verdict(n, kind, cell=cell), Risk.LOW)
    state = made.cells[cell]
    await trust.save_cell(
        conn, cell, Risk.LOW, state=write_state(state), hint=None, now=START,
        standing=write_standing(standing(state)),
    )  # fmt: skip


async def modes(
    conn: AsyncConnection[Any],
    cells: tuple[Cell, ...] = (CELL,),
    risks: tuple[Risk, ...] = (Risk.LOW,),
    turns: int = 40,
    now: datetime = NOW,
    confidence: float = 0.99,
) -> tuple[set[Mode], list[Decided]]:
    found = [
        await decide_cells(
            conn, cells, confidence=confidence, risks=risks, turn_id=f"turn_{n}", now=now
        )
        for n in range(turns)
    ]
    return {d.mode for d in found}, found


async def test_an_unknown_cell_is_suggested(conn: AsyncConnection[Any]) -> None:
    seen, found = await modes(conn)
    assert seen == {Mode.SUGGEST}
    assert found[0].why["because"] == "not_earned"


async def test_an_earned_cell_is_automatic_and_coins_are_logged(conn: AsyncConnection[Any]) -> None:
    await earn(conn)
    seen, found = await modes(conn, turns=200)
    assert seen == {Mode.AUTO}
    assert {d.audit for d in found} == {True, False}
    assert found[0].why["because"] == "earned"
    assert set(found[0].why["coins"]) == {"ramp", "audit"}
    _, same = await modes(conn, turns=200)
    assert same == found


async def test_two_intents_are_automatic_only_if_both_are(conn: AsyncConnection[Any]) -> None:
    await earn(conn)
    pair = ((CELL, OTHER), (Risk.LOW, Risk.LOW))
    assert (await modes(conn, *pair))[0] == {Mode.SUGGEST}
    await earn(conn, OTHER)
    assert (await modes(conn, *pair))[0] == {Mode.AUTO}


async def test_one_statement_on_the_hot_path(
    conn: AsyncConnection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[Query] = []
    execute = psycopg.AsyncCursor.execute

    async def counting(
        self: psycopg.AsyncCursor[Any], query: Query, *args: Any, **more: Any
    ) -> psycopg.AsyncCursor[Any]:
        statements.append(query)
        return await execute(self, query, *args, **more)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", counting)
    await decide_cells(
        conn, (CELL, OTHER), confidence=0.9, risks=(Risk.LOW, Risk.LOW), turn_id="t", now=NOW
    )
    assert len(statements) == 1


async def test_a_wrong_automatic_reply_is_felt_by_the_next_message_and_told(
    conn: AsyncConnection[Any],
) -> None:
    await earn(conn)
    given = verdict(900, K.AUTO_WRONG_AGENT, detail={"note": "eski fiyat"})
    recorded = await evidence.record_verdict(conn, given, Risk.LOW, NOW)
    assert [c.kind for c in recorded.changes] == ["fell"]
    assert (await modes(conn))[0] == {Mode.SUGGEST}
    event = (await trust_feed.list_events(conn))[0]
    assert (event.kind, event.verdict_id, event.detail["note"]) == ("fell", "v900", "eski fiyat")
    assert [row.verdict.id for row in await trust_feed.list_errors(conn)] == ["v900"]


async def test_pins_and_kills_act_on_the_next_message(
    conn: AsyncConnection[Any], worker_db: Database
) -> None:
    pin = await overrides.pin_auto(
        conn, CELL.intent, Risk.LOW, by="Elif", reason="week of the fair",
        expires_at=NOW + timedelta(days=7), now=NOW,
    )  # fmt: skip
    seen, found = await modes(conn)
    assert seen == {Mode.AUTO}
    assert found[0].why["trust"][0]["by"] == "Elif"
    assert (await modes(conn, now=NOW + timedelta(days=8)))[0] == {Mode.SUGGEST}
    kill = await overrides.kill(conn, None, by="Elif", reason="wrong prices", now=NOW)
    assert (await modes(conn))[1][0].why["because"] == "killed"
    await overrides.end_override(conn, kill.override_id, by="Elif", now=NOW)
    assert (await modes(conn))[0] == {Mode.AUTO}
    await overrides.pin_suggest(conn, CELL.intent, by="Can", reason="new prices", now=NOW)
    assert (await modes(conn))[0] == {Mode.SUGGEST}
    assert {e.kind for e in await trust_feed.list_events(conn)} == {"pinned", "killed", "ended"}
    assert pin in await overrides.list_overrides(conn, NOW)


async def test_a_confirmed_wrong_reply_ends_the_pin_to_automatic(
    conn: AsyncConnection[Any],
) -> None:
    await overrides.pin_auto(
        conn, CELL.intent, Risk.LOW, by="Elif", reason="fair", expires_at=NOW + timedelta(days=7),
        now=NOW,
    )  # fmt: skip
    await evidence.record_verdict(conn, verdict(1, K.AUTO_WRONG_CUSTOMER), Risk.LOW, NOW)
    assert (await modes(conn))[0] == {Mode.SUGGEST}
    (past,) = await overrides.list_overrides(conn, NOW, ended=True)
    assert past.ended_by == "trust"


async def test_bad_pins(conn: AsyncConnection[Any]) -> None:
    later = NOW + timedelta(days=1)
    with pytest.raises(Refused):
        await overrides.pin_auto(
            conn, "complaint", Risk.HIGH, by="E", reason="r", expires_at=later, now=NOW
        )
    with pytest.raises(BadRequest, match="future"):
        await overrides.pin_auto(conn, "x", Risk.LOW, by="E", reason="r", expires_at=NOW, now=NOW)
    with pytest.raises(BadRequest, match="reason"):
        await overrides.pin_suggest(conn, "x", by="E", reason=" ", now=NOW)


async def test_a_kill_follows_an_intent_to_its_new_name(conn: AsyncConnection[Any]) -> None:
    await overrides.kill(conn, "stock_query", by="E", reason="r", now=NOW)
    assert await overrides.rename_intent(conn, "stock_query", "stock", "E", NOW) == 1
    renamed = Cell("stock", "tr", Path.PLAYBOOK, "b1")
    await earn(conn, renamed)
    assert (await modes(conn, (renamed,)))[0] == {Mode.SUGGEST}


async def test_the_system_switch(
    db: Database, worker_db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await earn(conn)
        assert (await modes(conn))[0] == {Mode.AUTO}
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with db.tenant(tenant_pair.ours) as conn:
            await overrides.kill_system(conn, "x", "y", NOW)
    async with worker_db.routing() as conn:
        await overrides.kill_system(conn, "operator", "incident", NOW)
    async with db.tenant(tenant_pair.ours) as conn:
        assert (await modes(conn))[1][0].why["trust"][0]["where"] == "system"
    async with worker_db.routing() as conn:
        await overrides.revive_system(conn)
    async with db.tenant(tenant_pair.ours) as conn:
        assert (await modes(conn))[0] == {Mode.AUTO}


async def test_the_database_folds_as_memory_does(conn: AsyncConnection[Any]) -> None:
    kinds = [K.SENT_UNCHANGED] * 7 + [K.EDITED_COSMETIC, K.EDITED_MATERIAL, K.AUDIT_RIGHT]
    log = [
        verdict(
            n, kinds[(n * 7) % 10], by=("ayse", "mert")[n % 3 == 0], hours=3,
            conversation_id=f"c{n % 50}", confidence=(0.99, 0.8, 0.6)[n % 3],
            seeded_error=n % 17 == 0,
        )
        for n in range(70)
    ]  # fmt: skip
    memory = Ledger()
    for given in log:
        memory.add(given, Risk.LOW)
        await evidence.record_verdict(conn, given, Risk.LOW, NOW)
        await evidence.record_verdict(conn, given, Risk.LOW, NOW)
    stored = await stored_cell(conn)
    assert read_state(stored.state) == memory.cells[CELL]
    assert await evidence.rebuild(conn, CELL) == memory.cells[CELL]
    assert len(await trust.list_verdicts(conn, CELL)) == 70


async def test_a_new_version_starts_anew_with_a_hint(conn: AsyncConnection[Any]) -> None:
    for n in range(30):
        await evidence.record_verdict(
            conn, verdict(n, K.EDITED_MATERIAL if n % 10 == 0 else K.AUDIT_RIGHT), Risk.LOW, NOW
        )
    newer = Cell(CELL.intent, CELL.language, CELL.path, "b2")
    await evidence.record_verdict(conn, verdict(99, K.AUDIT_RIGHT, cell=newer), Risk.LOW, NOW)
    stored = await stored_cell(conn, newer)
    assert stored.hint == {"right": 27.0, "wrong": 3.0}
    state = read_state(stored.state)
    assert state.levels[0].log_capital == pytest.approx(0)
    assert await evidence.rebuild(conn, newer) == state


async def test_a_verdict_from_the_future_counts_as_of_now(conn: AsyncConnection[Any]) -> None:
    given = verdict(1, K.AUDIT_RIGHT, at=NOW + timedelta(days=900))
    await evidence.record_verdict(conn, given, Risk.LOW, NOW)
    assert read_state((await stored_cell(conn)).state).clock == NOW


async def test_tolerances_within_limits(conn: AsyncConnection[Any]) -> None:
    await earn(conn)
    await evidence.change_rules(conn, Rules(epsilon_low=0.03))
    assert (await modes(conn))[1][0].why["because"] == "tightened"
    with pytest.raises(BadRequest, match="epsilon_low"):
        await evidence.change_rules(conn, Rules(epsilon_low=0.5))


async def test_the_audit_queue(conn: AsyncConnection[Any]) -> None:
    decision = {
        "audit": True,
        "cells": [
            {"intent": "stock_query", "language": "tr", "path": "playbook", "behaviour": "b1"}
        ],
        "risks": {"stock_query": "low"},
    }
    for n, audit in enumerate((True, True, False)):
        await conn.execute(
            """INSERT INTO turns (turn_id, conversation_id, first_seq, last_seq, outcome, why,
                   confidence, resolving, inputs)
               VALUES (%s, %s, 1, 1, 'answered', %s, 0.97, true, '{"text": "var mı"}')""",
            [f"t{n}", f"c{n}", Jsonb({"decision": {**decision, "audit": audit}, "reply": "Var."})],
        )
    assert [a.turn_id for a in await trust_feed.audit_queue(conn)] == ["t0", "t1"]
    await evidence.resolve_audit(conn, "t0", right=True, by="elif", now=NOW)
    (recorded,) = await evidence.resolve_audit(conn, "t1", right=False, by="elif", now=NOW)
    assert recorded.admitted.counted == "wrong"
    assert await trust_feed.audit_queue(conn) == []
    with pytest.raises(Conflict):
        await evidence.resolve_audit(conn, "t2", right=True, by="elif", now=NOW)


async def test_the_log_is_append_only(conn: AsyncConnection[Any]) -> None:
    await evidence.record_verdict(conn, verdict(1, K.REJECTED), Risk.LOW, NOW)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with conn.transaction():
            await conn.execute("UPDATE trust_verdicts SET counted = 'right'")

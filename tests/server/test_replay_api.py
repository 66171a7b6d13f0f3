"""Replay over the API: a job for supervisors, bounded, and nothing but the result stays."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg

from invekto.db.worker import drain
from invekto.records import replays
from invekto.server.jobs.tasks import all_tasks
from tests.conftest import TestDatabase
from tests.server.conftest import House
from tests.test_tenancy import rows_of

CONTENT = (
    "görüşme;tarih;gönderen;mesaj\n"
    "1;23.11.2026 10:02;müşteri;pazar günü açık mısınız\n"
    "1;23.11.2026 10:05;temsilci;Maalesef pazar günü kapalıyız.\n"
    "1;dün;müşteri;bozuk satır\n"
)
KEPT = {"audit_events", "rate_limits", "replays"}


async def started(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await client.post("/v1/replays", json={"content": CONTENT, **more})
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    assert (told["status"], told["done"], told["total"]) == ("waiting", 0, 1)
    return told


async def test_what_would_have_been_answered(house: House, database: TestDatabase) -> None:
    before = rows_of(database, house.tenant_id)
    async with house.role("supervisor") as client:
        for version in ("present", "candidate"):
            made = await started(client, version=version, name="eski.csv")
            waiting = (await client.get(f"/v1/replays/{made['replay_id']}")).json()
            assert waiting["report"] is None
            await drain(database.worker_dsn, all_tasks(house.deps))
            told = (await client.get(f"/v1/replays/{made['replay_id']}")).json()
            assert (told["status"], told["done"], told["version"]) == ("done", 1, version)
            report = told["report"]
            assert report["headline"].startswith("Before you switch on")
            assert report["figures"]["messages"] == 1
            (exchange,) = report["exchanges"]
            assert exchange["text"] == "pazar günü açık mısınız"
            assert exchange["reply"] == "Maalesef pazar günü kapalıyız."
            assert [problem["line"] for problem in report["problems"]] == [4]
        assert len((await client.get("/v1/replays")).json()) == 2
    after = rows_of(database, house.tenant_id)
    assert {table for table in after if after[table] != before[table]} <= KEPT


async def test_what_it_read_goes_and_what_it_says_is_sealed(
    house: House, database: TestDatabase
) -> None:
    async with house.role("owner") as client:
        made = await started(client)
        await drain(database.worker_dsn, all_tasks(house.deps))
        with psycopg.connect(database.owner_dsn) as conn:
            row = conn.execute(
                "SELECT source, report FROM replays WHERE replay_id = %s", [made["replay_id"]]
            ).fetchone()
        assert row is not None
        assert row[0] is None
        assert b"pazar" not in bytes(row[1])
        async with house.deps.database.tenant(house.tenant_id) as conn:
            assert await replays.forget_old(conn, house.deps.clock()) == 0
            assert await replays.forget_old(conn, house.deps.clock() + 2 * replays.KEPT) == 1


async def test_one_that_breaks_off_says_so(house: House) -> None:
    async with house.role("owner") as client:
        made = await started(client)
        [task] = [one for one in all_tasks(house.deps) if one.name == "replay"]
        assert task.gave_up is not None
        await task.gave_up(tenant_id=house.tenant_id, replay_id=made["replay_id"])
        told = (await client.get(f"/v1/replays/{made['replay_id']}")).json()
        assert (told["status"], bool(told["problem"])) == ("failed", True)
        await task.run(tenant_id=house.tenant_id, replay_id=made["replay_id"])
        assert (await client.get(f"/v1/replays/{made['replay_id']}")).json() == told
        assert (await client.delete(f"/v1/replays/{made['replay_id']}")).status_code == 204
        assert (await client.delete(f"/v1/replays/{made['replay_id']}")).status_code == 404


async def test_who_may_and_how_much(house: House, neighbour: House) -> None:
    async with house.role("agent") as client:
        assert (await client.post("/v1/replays", json={"content": CONTENT})).status_code == 403
    long = "tarih;gönderen;mesaj;görüşme\n" + "23.11.2026 10:02;müşteri;selam;1\n" * 5_001
    async with house.role("owner") as client, neighbour.role("owner") as other:
        refused = await client.post("/v1/replays", json={"content": long})
        assert refused.status_code == 422
        assert "invekto replay" in refused.text
        broken = await client.post("/v1/replays", json={"content": "a;b\n1;2\n"})
        assert broken.status_code == 422
        assert "lacks a column" in broken.text
        made = await started(client)
        assert (await other.get(f"/v1/replays/{made['replay_id']}")).status_code == 404

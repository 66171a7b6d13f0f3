"""Replay over the API: for supervisors, bounded, and nothing but the audit line stays."""

from __future__ import annotations

from tests.conftest import TestDatabase
from tests.server.conftest import House
from tests.test_tenancy import rows_of

CONTENT = (
    "görüşme;tarih;gönderen;mesaj\n"
    "1;23.11.2026 10:02;müşteri;pazar günü açık mısınız\n"
    "1;23.11.2026 10:05;temsilci;Maalesef pazar günü kapalıyız.\n"
    "1;dün;müşteri;bozuk satır\n"
)


async def test_what_would_have_been_answered(house: House, database: TestDatabase) -> None:
    before = rows_of(database, house.tenant_id)
    async with house.role("supervisor") as client:
        for version in ("present", "candidate"):
            answer = await client.post(
                "/v1/replay", json={"content": CONTENT, "version": version, "name": "eski.csv"}
            )
            assert answer.status_code == 200, answer.text
            told = answer.json()
            assert told["headline"].startswith("Before you switch on")
            assert told["figures"]["messages"] == 1
            (exchange,) = told["exchanges"]
            assert exchange["text"] == "pazar günü açık mısınız"
            assert exchange["reply"] == "Maalesef pazar günü kapalıyız."
            assert [problem["line"] for problem in told["problems"]] == [4]
    after = rows_of(database, house.tenant_id)
    changed = {table for table in after if after[table] != before[table]}
    assert changed <= {"audit_events", "rate_limits"}


async def test_who_may_and_how_much(house: House) -> None:
    async with house.role("agent") as client:
        assert (await client.post("/v1/replay", json={"content": CONTENT})).status_code == 403
    long = "tarih;gönderen;mesaj;görüşme\n" + "23.11.2026 10:02;müşteri;selam;1\n" * 1_001
    async with house.role("owner") as client:
        refused = await client.post("/v1/replay", json={"content": long})
        assert refused.status_code == 422
        assert "invekto replay" in refused.text
        broken = await client.post("/v1/replay", json={"content": "a;b\n1;2\n"})
        assert broken.status_code == 422
        assert "lacks a column" in broken.text

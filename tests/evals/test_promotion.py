"""Corrections into evaluation sets: pseudonymised, approved by a person, gone with an erasure."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from invekto.contracts.clock import fixed_clock
from invekto.db.pool import Database
from invekto.errors import BadRequest, NotFound
from invekto.evals.promotion import as_file, promote
from invekto.records import behaviour, conversations
from tests.conftest import TenantPair
from tests.neighbours.conversations import inbound

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
CLOCK = fixed_clock(NOW)


async def _correct(db: Database, tenant: str, text: str, name: str) -> str:
    async with db.tenant(tenant) as conn:
        received = await conversations.receive(conn, inbound(name), NOW)
        conversation = await conversations.get(conn, received.conversation_id)
        await behaviour.add_example(
            conn, intent="order_cancel", text=text, language="tr", source="correction", by="ayse",
            contact_id=conversation.contact_id,
        )  # fmt: skip
        return conversation.contact_id


async def test_proposed_pseudonymised_and_written_only_when_approved(
    db: Database, tenant_pair: TenantPair
) -> None:
    text = "ben 0532 111 22 33 numaralı müşteri, mailim veli@posta.example, iptal edin"
    await _correct(db, tenant_pair.ours, text, "one")
    first = await promote(db, tenant_pair.ours, CLOCK)
    again = await promote(db, tenant_pair.ours, CLOCK)
    assert len(first.proposed) == len(again.proposed) == 1
    assert first.approved == []
    line = first.proposed[0].line
    assert "111 22 33" not in line["text"]
    assert "veli@" not in line["text"]
    assert "iptal edin" in line["text"]
    done = await promote(
        db, tenant_pair.ours, CLOCK, approve=[first.proposed[0].line_id], by="burcu"
    )
    assert done.proposed == []
    told = json.loads(as_file(done.approved))
    assert (told["intent"], told["approved_by"], told["pack"]) == (
        "order_cancel", "burcu", "ecommerce",
    )  # fmt: skip
    assert (await promote(db, tenant_pair.neighbour, CLOCK)).approved == []


async def test_a_decision_has_a_name_and_a_line(db: Database, tenant_pair: TenantPair) -> None:
    with pytest.raises(BadRequest, match="--by"):
        await promote(db, tenant_pair.ours, CLOCK, approve=["x"])
    with pytest.raises(NotFound):
        await promote(db, tenant_pair.ours, CLOCK, approve=["x"], by="burcu")


async def test_who_is_erased_takes_their_lines_along(db: Database, tenant_pair: TenantPair) -> None:
    from invekto.records.personal import RULES

    contact = await _correct(db, tenant_pair.ours, "iptal lütfen", "two")
    await promote(db, tenant_pair.ours, CLOCK)
    rule = next(rule for rule in RULES if rule.table == "eval_lines")
    async with db.tenant(tenant_pair.ours) as conn:
        await conn.execute(
            f"DELETE FROM eval_lines WHERE {rule.where}", {"contact": contact, "turns": []}
        )
        await conn.execute("DELETE FROM intent_examples WHERE contact_id = %s", [contact])
    assert (await promote(db, tenant_pair.ours, CLOCK)).proposed == []

"""A tenant's policies: drafted, published, rolled back, withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from invekto.contracts.policy import policy_from_data
from invekto.db.pool import Database
from invekto.errors import BadData, NotFound
from invekto.guardrails.rails import sector_policy
from invekto.records import policies
from tests.conftest import TenantPair
from tests.privacy import people
from tests.rows import one_row, said


async def test_draft_publish_roll_back(db: Database, tenant_pair: TenantPair) -> None:
    base = sector_policy("ecommerce")
    strict = policy_from_data({"banned": ["rakip marka"], "max_discount": 10}, base)
    async with db.tenant(tenant_pair.ours) as conn:
        assert await policies.published(conn) is None
        first = await policies.draft(conn, base, "u1")
        second = await policies.draft(conn, strict, "u1", "competition")
        assert await policies.published(conn) is None, "a draft is not in force"
        await policies.publish(conn, second)
        assert await policies.published(conn) == strict
        await policies.publish(conn, first)
        assert await policies.published(conn) == base
        assert [v.status for v in await policies.history(conn)] == ["retired", "published"]
        assert await policies.withdraw(conn)
        assert await policies.published(conn) is None
        with pytest.raises(NotFound, match="no policy version 9"):
            await policies.publish(conn, 9)


async def test_publishing_raises_the_configuration_version(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        version = await policies.draft(conn, sector_policy("dental"), "u1")
        before = await one_row(conn, "SELECT config_version FROM tenants")
        await policies.publish(conn, version)
        after = await one_row(conn, "SELECT config_version FROM tenants")
        assert after[0] > before[0]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"name": "x", "colour": "red"}, "no colour"),
        ({"name": "x", "max_discount": 140}, "0 to 100"),
        ({"name": "x", "banned": "word"}, "must be a list"),
        ({"name": "x", "person_promises": ["moon"]}, "unknown promise"),
        ({"name": "x", "max_length": {"whatsapp": 3}}, "would block every reply"),
        ({"name": "x", "disclaimers": {"tr": "hekim"}, "banned": ["hekim"]}, "change one of them"),
        (
            {"name": "x", "disclaimers": {"tr": "h" * 80}, "max_length": {"sms": 70}},
            "80 characters",
        ),
        ({"name": "x", "max_discount": float("nan")}, "0 to 100"),
        ({"banned": []}, "cannot be read"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(data: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadData, match=complaint):
        policy_from_data(data)


def test_a_policy_survives_storing() -> None:
    policy = sector_policy("aesthetic")
    assert policy_from_data(policy.as_data()) == policy
    assert policy_from_data(policy.as_data()).version == policy.version


async def test_what_was_sent_is_there_to_try_a_draft_on(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        who = await people.customer(conn)
        turn, later = f"turn_{who.contact_id}", people.NOW + timedelta(minutes=2)
        for author, text in (("ai", "Kargoda."), ("system", "devredildi"), ("person", "Alo")):
            await said(conn, who.conversation_id, author=author, text=text, now=later, turn_id=turn)
        assert [r.text for r in await policies.sent_replies(conn, people.NOW)] == ["Kargoda."]
        assert await policies.sent_replies(conn, later + timedelta(seconds=1)) == []
    async with db.tenant(tenant_pair.neighbour) as conn:
        assert await policies.sent_replies(conn, people.NOW) == []

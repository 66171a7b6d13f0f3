"""Erasing a person: nothing of them is left anywhere in the database."""

from __future__ import annotations

import re

import psycopg
import pytest

from invekto.db.pool import Database
from invekto.errors import NotFound, Refused
from invekto.records import audit, privacy
from invekto.records.impersonal import uncovered
from invekto.records.personal import RULES
from invekto.text.normalise import fold
from tests.conftest import TenantPair, TestDatabase
from tests.privacy.people import EMAIL, NAME, NOW, PHONE, SECRETS, customer, everywhere


def dump(dsn: str) -> str:
    """Every row of every table of the database, as text; bytes as what they say, sealed ones
    apart."""
    with psycopg.connect(dsn) as conn:
        tables = conn.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%'"
            " AND n.nspname <> 'information_schema'"
        ).fetchall()
        rows = [
            str(row[0])
            for schema, table in tables
            for row in conn.execute(f'SELECT t::text FROM "{schema}"."{table}" t')
        ]
    return "\n".join(BYTES.sub(lambda found: _said(found.group(1)), row) for row in rows)


BYTES = re.compile(r"\\\\x((?:[0-9a-f]{2})+)")


def _said(hexadecimal: str) -> str:
    return bytes.fromhex(hexadecimal).decode("utf-8", errors="replace")


async def test_every_table_has_a_rule_or_a_reason(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        assert await uncovered(conn) == []


async def test_nothing_of_the_person_is_left_in_a_full_dump(
    db: Database, database: TestDatabase, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        who = await customer(conn)
        await everywhere(conn, who)
        await privacy.open_request(conn, who.contact_id, "erasure", NOW)
    before = dump(database.owner_dsn)
    assert all(secret in before for secret in SECRETS)
    async with db.tenant(tenant_pair.ours) as conn:
        erased = await privacy.erase_contact(conn, who.contact_id, by="u1")
    assert erased.leftovers == []
    assert erased.blanked["orders"] == 1
    touched = {*erased.deleted, *erased.blanked}
    assert {rule.table for rule in RULES} - touched == set(), "a rule that nothing is tried on"
    assert erased.deleted["messages"] == 1
    after = dump(database.owner_dsn)
    assert [secret for secret in SECRETS if secret in after] == []
    assert not [part for part in fold(NAME).split() if part[:5] in after]
    async with db.tenant(tenant_pair.ours) as conn:
        events = await audit.search(conn, event_type="contact.erased")
    assert [e.resource_id for e in events] == [who.contact_id]


async def test_the_neighbours_twin_stays(
    db: Database, database: TestDatabase, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        ours = await customer(conn)
    async with db.tenant(tenant_pair.neighbour) as conn:
        theirs = await customer(conn)
    async with db.tenant(tenant_pair.ours) as conn:
        await privacy.erase_contact(conn, ours.contact_id, by="u1")
    async with db.tenant(tenant_pair.neighbour) as conn:
        exported = await privacy.export_contact(conn, theirs.contact_id, by="u2")
        assert exported["contacts"][0]["phone"] == PHONE
        await privacy.erase_contact(conn, theirs.contact_id, by="u2")
    assert NAME not in dump(database.owner_dsn)


async def test_a_hold_forbids_erasing_until_it_is_released(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        who = await customer(conn)
        hold = await privacy.place_hold(conn, who.contact_id, reason="dava 2026/14", by="u1")
        with pytest.raises(Refused, match="legal hold"):
            await privacy.erase_contact(conn, who.contact_id, by="u1")
        assert [h.hold_id for h in await privacy.holds(conn, who.contact_id)] == [hold]
        await privacy.release_hold(conn, hold, NOW, by="u1")
        await privacy.erase_contact(conn, who.contact_id, by="u1")
        with pytest.raises(NotFound):
            await privacy.erase_contact(conn, who.contact_id, by="u1")


async def test_the_export_holds_what_is_theirs(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        who = await customer(conn)
        exported = await privacy.export_contact(conn, who.contact_id, by="u1")
        assert exported["orders"][0]["customer_email"] == EMAIL
        assert NAME in exported["messages"][0]["text"]
        assert "turns" not in exported
        assert "trust_verdicts" not in exported


async def test_an_unproven_phone_gives_nobody_elses_orders(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await customer(conn)
        other = await customer(conn, user="web-visitor-77", phone=None)
        await conn.execute(
            "UPDATE contacts SET phone = %s WHERE contact_id = %s", (PHONE, other.contact_id)
        )
        exported = await privacy.export_contact(conn, other.contact_id, by="u1")
        assert [o["number"] for o in exported["orders"]] == [f"NM-{other.contact_id}"]

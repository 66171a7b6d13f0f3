"""Privacy cases, consent, opt-out and retention."""

from __future__ import annotations

from datetime import timedelta

import pytest

from invekto.contracts.messages import Attachment, InboundMessage
from invekto.db.pool import Database
from invekto.errors import BadRequest, NotFound
from invekto.records import consents, conversations, privacy, retention
from tests.conftest import TenantPair
from tests.privacy.people import NOW, customer, everywhere


async def test_a_case_is_due_in_thirty_days_and_asking_again_does_not_move_it(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        who = await customer(conn)
        first = await privacy.open_request(conn, who.contact_id, "access", NOW)
        again = await privacy.open_request(conn, who.contact_id, "access", NOW + timedelta(days=5))
        assert first.due_at == NOW + timedelta(days=30)
        assert again == first
        assert await privacy.open_requests(conn, due_before=NOW + timedelta(days=29)) == []
        late = await privacy.open_requests(conn, due_before=NOW + timedelta(days=31))
        assert [r.request_id for r in late] == [first.request_id]
        await privacy.close_request(conn, first.request_id, NOW, by="u1")
        assert await privacy.open_requests(conn) == []
        with pytest.raises(NotFound):
            await privacy.close_request(conn, first.request_id, NOW, by="u1")


async def test_consent_is_kept_with_its_proof_and_may_be_withdrawn(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        who = await customer(conn)
        await consents.record_consent(
            conn, who.contact_id, "given", message_id="msg_1", wording="v3", recorded_by="ai"
        )
        assert (await conversations.get_contact(conn, who.contact_id)).consent == "given"
        stopped = await consents.withdraw_consent(conn, who.contact_id, recorded_by="ai")
        assert stopped.suggestions == 1
        assert (await conversations.get_contact(conn, who.contact_id)).consent == "withdrawn"
        history = await consents.consent_history(conn, who.contact_id)
        assert [(e.state, e.wording) for e in history] == [("withdrawn", ""), ("given", "v3")]


async def test_an_opt_out_stops_everything_at_once(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        who = await customer(conn)
        stopped = await consents.opt_out(conn, who.contact_id, NOW, recorded_by="ai")
        assert (stopped.outbound, stopped.scheduled, stopped.suggestions) == (1, 1, 1)
        assert (await conversations.get_contact(conn, who.contact_id)).opted_out_at == NOW
        await consents.opt_in(conn, who.contact_id, recorded_by="ai")
        assert (await conversations.get_contact(conn, who.contact_id)).opted_out_at is None


async def test_the_purge_takes_what_is_old_and_leaves_what_is_held(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        old = await customer(conn)
        held = await customer(conn, user="905329998877", phone=None)
        await privacy.place_hold(conn, held.contact_id, reason="dava", by="u1")
        await retention.set_retention(conn, "conversations", 90, by="u1")
        assert await retention.purge(conn, NOW + timedelta(days=20)) == {}
        purged = await retention.purge(conn, NOW + timedelta(days=120))
        assert purged["conversations"] == 1
        with pytest.raises(NotFound):
            await conversations.get(conn, old.conversation_id)
        assert await conversations.get(conn, held.conversation_id)


async def test_each_kind_goes_in_its_own_time_and_a_hold_keeps_them_all(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        old = await customer(conn)
        await everywhere(conn, old)
        held = await customer(conn, user="905329998877", phone=None)
        await everywhere(conn, held)
        await conn.execute("UPDATE intent_examples SET created_at = %s", (NOW,))
        await conn.execute("UPDATE handovers SET created_at = %s", (NOW,))
        hold = await privacy.place_hold(conn, held.contact_id, reason="dava", by="u1")
        seen = await retention.purge(conn, NOW + timedelta(days=366))
        assert seen == {"gap_questions": 1, "handovers": 1}
        seen = await retention.purge(conn, NOW + timedelta(days=731))
        assert {table: seen.get(table) for table in LEARNT} == dict.fromkeys(LEARNT, 1)
        assert {table: seen.get(table) for table in SPOKEN} == dict.fromkeys(SPOKEN, 1)
        assert "contacts" not in seen
        await conn.execute("UPDATE contacts SET created_at = %s", (NOW,))
        await conn.execute("UPDATE leads SET created_at = %s", (NOW,))
        later = NOW + timedelta(days=retention.RETENTION["contacts"] + 3)
        assert (await retention.purge(conn, later))["contacts"] == 1
        with pytest.raises(NotFound):
            await conversations.get_contact(conn, old.contact_id)
        assert await conversations.thread(conn, held.conversation_id)
        await privacy.release_hold(conn, hold, NOW, by="u1")
        assert (await retention.purge(conn, later))["contacts"] == 1
        assert await retention.purge(conn, later) == {}


LEARNT = ("intent_examples", "eval_lines")
SPOKEN = ("messages", "turns", "outbound_messages", "conversations", "conversation_notes")


async def test_who_wants_no_messages_stays_known(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        who = await customer(conn)
        await consents.opt_out(conn, who.contact_id, NOW, recorded_by="u1")
        await retention.purge(conn, NOW + timedelta(days=9_000))
        assert (await conversations.get_contact(conn, who.contact_id)).opted_out_at == NOW


async def test_an_unknown_retention_is_refused(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        with pytest.raises(BadRequest, match="retention of 'selfies'"):
            await retention.set_retention(conn, "selfies", 3, by="u1")


PHOTO = Attachment("image", "media-4471", "rontgen_ayse_yilmaz.jpg", "image/jpeg")


@pytest.mark.parametrize("health", [True, False])
async def test_of_what_patients_attach_only_the_kind_is_kept(
    db: Database, tenant_pair: TenantPair, health: bool
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await conn.execute("UPDATE tenants SET health = %s", [health])
        sent = InboundMessage(
            channel="whatsapp", channel_user_id="905320000001", provider_message_id="wamid.photo",
            text="dişim böyle", sent_at=NOW, attachments=(PHOTO,),
        )  # fmt: skip
        received = await conversations.receive(conn, sent, NOW)
        kept = (await conversations.thread(conn, received.conversation_id))[0].attachments[0]
    assert kept["kind"] == "image"
    assert (kept["reference"], kept["name"], kept["mime"]) == (
        ("", None, None) if health else (PHOTO.reference, PHOTO.name, PHOTO.mime)
    )

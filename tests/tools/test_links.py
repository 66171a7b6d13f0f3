"""A payment link from asking to its end: whatever dies in between, one link can be paid."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from invekto.contracts.action import ProposedAction
from invekto.contracts.messages import InboundMessage
from invekto.db.sealing import Sealer
from invekto.errors import NotAllowed, ProviderUnavailable, Refused
from invekto.records import conversations, integrations, orders, payments, turns
from invekto.records.payments import PaymentLink
from invekto.tools.contract import ContactView
from invekto.tools.gateways import LinkMade, LinkWanted, SandboxPayments, TenantGateways
from invekto.tools.paid import close_link, note_paid, withdraw
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.conftest import TestDatabase
from tests.doubles import iyzico
from tests.doubles.loopback import served
from tests.tools import houses
from tests.tools.houses import NOW, SCARF, House, contact, context, order

SEALER = Sealer(b"k" * 32)
TOOL = Toolbox(standard_tools()).get("payments.create_link")
WISH = {"purpose": "order", "reference": "NM-10470"}
LATE = NOW + timedelta(hours=25)


class Provider:
    """A provider of our own making that counts what it made, and dies or stalls when told to."""

    name = "sandbox"

    def __init__(self) -> None:
        self.made: list[LinkWanted] = []
        self.cancelled: list[str] = []
        self.sold_out: set[str] = set()
        self.down = False
        self.stalls: asyncio.Event | None = None
        self.asked = asyncio.Event()

    async def create_link(self, wanted: LinkWanted) -> LinkMade:
        if self.down:
            raise ProviderUnavailable("the provider is down")
        self.made.append(wanted)
        self.asked.set()
        if self.stalls is not None:
            await self.stalls.wait()
        return LinkMade(f"ext-{len(self.made)}", f"https://pay.example/{len(self.made)}")

    async def cancel_link(self, external_id: str) -> None:
        if self.down:
            raise ProviderUnavailable("the provider is down")
        self.cancelled.append(external_id)

    async def sold(self, external_id: str) -> bool:
        if self.down:
            raise ProviderUnavailable("the provider is down")
        return external_id in self.sold_out


class Till:
    """Gateways that always hand out one provider."""

    def __init__(self, provider: Provider) -> None:
        self.its = provider

    async def payments(self, conn: Any, tenant: Any) -> Provider:
        return self.its

    async def provider(self, conn: Any, tenant_id: str, name: str) -> Provider:
        return self.its


@pytest.fixture
def till() -> Till:
    return Till(Provider())


@pytest.fixture
async def ayse(shop: House) -> ContactView:
    await bill(shop, Decimal("459.90"))
    return await contact(shop, "+905321112233")


async def bill(house: House, total: Decimal) -> None:
    """Ayşe's order that is not paid."""
    async with house.db.tenant(house.id) as conn:
        unpaid = order("NM-10470", "new", paid=False, total=total)
        await orders.save_order(conn, unpaid, [SCARF])


async def proposed(house: House, who: ContactView, till: Till, turn: str = "t1") -> ProposedAction:
    async with house.db.tenant(house.id) as conn:
        return await TOOL.propose(context_of(house, conn, who, till, turn), WISH)


def context_of(house: House, conn: Any, who: ContactView, till: Till, turn: str) -> Any:
    return replace(context(house, conn, who, turn_id=turn), outside=till)


async def done(house: House, who: ContactView, action: ProposedAction, till: Till) -> Any:
    return await houses.commit(house, TOOL, action, who, outside=till)


async def stored(house: House, payment_id: str) -> PaymentLink:
    async with house.db.tenant(house.id) as conn:
        found = await payments.get_link(conn, payment_id)
    assert found is not None
    return found


async def test_no_transaction_is_open_while_the_provider_is_asked(
    shop: House, database: TestDatabase, ayse: ContactView, till: Till
) -> None:
    action = await proposed(shop, ayse, till)
    till.its.stalls = asyncio.Event()
    running = asyncio.create_task(done(shop, ayse, action, till))
    await till.its.asked.wait()
    with psycopg.connect(database.owner_dsn) as conn:
        [open_ones] = conn.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = 'app' AND xact_start IS NOT NULL"
        ).fetchone() or [None]
    till.its.stalls.set()
    link = await running
    assert open_ones == 0
    assert (link.status, link.url) == ("created", "https://pay.example/1")


async def test_it_refuses_to_be_done_inside_a_transaction(
    shop: House, ayse: ContactView, till: Till
) -> None:
    action = await proposed(shop, ayse, till)
    async with shop.db.tenant(shop.id) as conn:
        with pytest.raises(NotAllowed, match="no transaction"):
            await TOOL.commit(context_of(shop, conn, ayse, till, "t1"), action)


async def test_killed_while_the_provider_is_asked(
    shop: House, database: TestDatabase, ayse: ContactView, till: Till
) -> None:
    """The claim stays for half a minute; then the same key asks anew, and one link is shown."""
    action = await proposed(shop, ayse, till)
    till.its.stalls = asyncio.Event()
    running = asyncio.create_task(done(shop, ayse, action, till))
    await till.its.asked.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    till.its.stalls = None
    with pytest.raises(Refused) as caught:
        await done(shop, ayse, action, till)
    assert caught.value.reason == "link_under_way"
    assert len(till.its.made) == 1
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("UPDATE payment_links SET claimed_until = now() - interval '1 second'")
    link = await done(shop, ayse, action, till)
    assert link.url == "https://pay.example/2"
    assert {w.payment_id for w in till.its.made} == {link.payment_id}
    assert (await done(shop, ayse, action, till)) == link
    assert len(till.its.made) == 2


async def test_two_who_press_at_once_make_one_link(
    shop: House, ayse: ContactView, till: Till
) -> None:
    action = await proposed(shop, ayse, till)
    ends = await asyncio.gather(
        *(done(shop, ayse, action, till) for _ in range(8)), return_exceptions=True
    )
    links = {end.url for end in ends if not isinstance(end, BaseException)}
    refused = {end.reason for end in ends if isinstance(end, Refused)}
    assert links == {"https://pay.example/1"}
    assert refused <= {"link_under_way"}
    assert len(till.its.made) == 1


async def test_a_stopped_provider_leaves_nothing_to_pay(
    shop: House, ayse: ContactView, till: Till
) -> None:
    action = await proposed(shop, ayse, till)
    till.its.down = True
    with pytest.raises(ProviderUnavailable):
        await done(shop, ayse, action, till)
    async with shop.db.tenant(shop.id) as conn:
        [link] = await payments.links_for(conn, "order", "ord-NM-10470")
    assert (link.status, link.url) == ("asked", None)
    assert await close_link(shop.db, till, shop.id, link.payment_id, LATE) == "failed"


async def test_a_link_ends_and_is_made_unusable(shop: House, ayse: ContactView, till: Till) -> None:
    link = await done(shop, ayse, await proposed(shop, ayse, till), till)
    assert await close_link(shop.db, till, shop.id, link.payment_id, NOW) == "created"
    till.its.down = True
    with pytest.raises(ProviderUnavailable):
        await close_link(shop.db, till, shop.id, link.payment_id, LATE)
    assert (await stored(shop, link.payment_id)).status == "created"
    till.its.down = False
    for _ in range(2):
        assert await close_link(shop.db, till, shop.id, link.payment_id, LATE) == "expired"
    assert set(till.its.cancelled) == {"ext-1"}
    again = await done(shop, ayse, await proposed(shop, ayse, till, "t2"), till)
    assert again.url == "https://pay.example/2"


async def test_what_was_paid_without_our_hearing_of_it_is_paid(
    shop: House, ayse: ContactView, till: Till
) -> None:
    link = await done(shop, ayse, await proposed(shop, ayse, till), till)
    till.its.sold_out.add("ext-1")
    assert await close_link(shop.db, till, shop.id, link.payment_id, LATE) == "paid"
    async with shop.db.tenant(shop.id) as conn:
        assert (await orders.get_order(conn, "ord-NM-10470")).paid
    assert till.its.cancelled == []


async def test_another_amount_withdraws_the_old_link(
    shop: House, ayse: ContactView, till: Till
) -> None:
    first = await done(shop, ayse, await proposed(shop, ayse, till), till)
    await bill(shop, Decimal("300.00"))
    second = await done(shop, ayse, await proposed(shop, ayse, till, "t2"), till)
    assert (second.amount, second.url) == (Decimal("300.00"), "https://pay.example/2")
    assert (await stored(shop, first.payment_id)).status == "cancelled"
    assert await close_link(shop.db, till, shop.id, first.payment_id, NOW) == "cancelled"
    assert till.its.cancelled == ["ext-1"]


async def test_an_open_link_is_given_again(shop: House, ayse: ContactView, till: Till) -> None:
    first = await done(shop, ayse, await proposed(shop, ayse, till), till)
    second = await done(shop, ayse, await proposed(shop, ayse, till, "t2"), till)
    assert (second, len(till.its.made)) == (first, 1)


async def test_money_that_may_have_to_go_back_goes_to_a_person(
    shop: House, ayse: ContactView, till: Till
) -> None:
    async with shop.db.tenant(shop.id) as conn:
        message = InboundMessage("whatsapp", "905777", "m-pay", "link", NOW)
        where = (await conversations.receive(conn, message, NOW)).conversation_id
    action = await proposed(shop, ayse, till)
    made = await houses.commit(shop, TOOL, action, ayse, outside=till, conversation_id=where)
    async with shop.db.tenant(shop.id) as conn:
        assert await withdraw(conn, made.payment_id, NOW)
        await orders.set_status(conn, "ord-NM-10470", "cancelled", NOW)
        link = await payments.get_link(conn, made.payment_id)
        assert link is not None
        assert await note_paid(conn, link, "late", NOW)
        assert not await note_paid(conn, link, "late", NOW)
        [entry] = await turns.open_handovers(conn)
    assert (entry.team, entry.priority) == ("finance", "high")
    assert "iptal edildikten sonra" in entry.summary


async def test_iyzico_from_the_first_to_the_last(shop: House, ayse: ContactView) -> None:
    emulator = iyzico.Iyzico()
    async with served(emulator.app) as url:
        keys = {"api_key": iyzico.API_KEY, "secret_key": iyzico.SECRET}
        async with shop.db.tenant(shop.id) as conn:
            sealed = SEALER.seal_json(keys, integrations.purpose(shop.id, "acc"))
            await integrations.save_account(
                conn, "iyzico", "merchant", account_id="acc", credentials=sealed
            )
        gateways = TenantGateways(SEALER, SandboxPayments("http://127.0.0.1"), url)
        async with shop.db.tenant(shop.id) as conn:
            ctx = replace(context(shop, conn, ayse), outside=gateways)
            action = await TOOL.propose(ctx, WISH)
        link = await houses.commit(shop, TOOL, action, ayse, outside=gateways)
        assert link.url == "https://iyzi.link/tok1"
        assert emulator.links["tok1"]["price"] == "459.90"
        assert await close_link(shop.db, gateways, shop.id, link.payment_id, LATE) == "expired"
        assert emulator.links["tok1"]["status"] == "PASSIVE"

"""A WhatsApp message from the webhook to the reply, through real jobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from invekto.db.worker import drain
from invekto.records import deliveries, outbox, tenants
from invekto.records.routing import token_hash
from invekto.records.unanswered import MOST
from invekto.server.app import create_app
from invekto.server.deps import ServerDeps
from invekto.server.jobs.tasks import all_tasks
from invekto.server.senders import account_purpose
from tests.conftest import TestDatabase
from tests.doubles import whatsapp
from tests.doubles.whatsapp import WhatsApp
from tests.server.accounting import judge_inbound
from tests.server.conftest import House

CUSTOMER = "905321112233"


@dataclass
class Number:
    """A connected number of a tenant, the emulator behind it, and a worker on call."""

    house: House
    deps: ServerDeps
    graph: WhatsApp
    phone_number_id: str
    path: str
    worker_dsn: str
    browser: httpx.AsyncClient

    async def post(self, body: bytes, **headers: str) -> httpx.Response:
        return await self.browser.post(
            self.path, content=body, headers={**whatsapp.signed(body), **headers}
        )

    async def says(self, message_id: str, text: str, sender: str = CUSTOMER) -> httpx.Response:
        return await self.post(
            whatsapp.text_message(self.phone_number_id, sender, message_id, text)
        )

    async def work(self) -> None:
        await drain(self.worker_dsn, all_tasks(self.deps))

    async def outbound(self) -> list[dict[str, Any]]:
        async with (
            self.deps.database.tenant(self.house.tenant_id) as conn,
            conn.cursor(row_factory=dict_row) as rows,
        ):
            await rows.execute(
                "SELECT outbound_id, status, attempts, text, failed_reason, uncertain_times"
                " FROM outbound_messages ORDER BY created_at, outbound_id"
            )
            return await rows.fetchall()

    async def handovers(self) -> list[dict[str, Any]]:
        told = await self.browser.get("/v1/handovers", headers=self.key)
        items: list[dict[str, Any]] = told.json()["items"]
        return items

    @property
    def key(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.house.api_key}"}


@pytest.fixture
async def number(house: House, database: TestDatabase) -> AsyncIterator[Number]:
    graph = WhatsApp()
    transport = httpx.ASGITransport(graph.app)
    async with httpx.AsyncClient(transport=transport) as http:
        settings = house.deps.settings.model_copy(
            update={"whatsapp_api_url": whatsapp.BASE_URL, "uncertain_seconds": 0.3}
        )
        deps = replace(house.deps, settings=settings, http=http)
        number_id = f"10{house.tenant_id.removeprefix('ours-')}"
        secrets = {
            "access_token": whatsapp.TOKEN,
            "app_secret": whatsapp.APP_SECRET,
            "verify_token": whatsapp.VERIFY_TOKEN,
        }
        async with deps.database.tenant(house.tenant_id) as conn:
            await tenants.add_channel_account(
                conn,
                channel="whatsapp",
                external_id=number_id,
                token_hash=token_hash(f"token of {number_id}"),
                secret_encrypted=deps.sealer.seal_json(secrets, account_purpose(house.tenant_id)),
            )
        ours = House(house.tenant_id, deps, create_app(deps), house.api_key)
        async with ours.client() as browser:
            path = f"/webhooks/whatsapp/token of {number_id}"
            yield Number(ours, deps, graph, number_id, path, database.worker_dsn, browser)


async def test_the_handshake(number: Number) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    right = {**asked, "hub.verify_token": whatsapp.VERIFY_TOKEN}
    answer = await number.browser.get(number.path, params=right)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    wrong = await number.browser.get(number.path, params={**asked, "hub.verify_token": "x"})
    assert wrong.status_code == 403
    other = await number.browser.get("/webhooks/whatsapp/another", params=right)
    assert other.status_code == 404


async def test_unsigned_payloads_are_refused(number: Number) -> None:
    body = whatsapp.text_message(number.phone_number_id, CUSTOMER, "wamid.a", "adres nerede")
    for headers in (
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": "sha256=" + "0" * 64},
        whatsapp.signed(body, "another secret"),
        whatsapp.signed(body + b" "),
    ):
        answer = await number.post(body, **headers)
        assert answer.status_code == 401
    await number.work()
    assert await number.outbound() == []


async def test_a_person_is_asked_for_and_the_notice_arrives(number: Number) -> None:
    answer = await number.says("wamid.b", "bir insan ile görüşmek istiyorum")
    assert answer.json() == {"messages": 1, "statuses": 0}
    await number.work()
    [handover] = await number.handovers()
    assert handover["reason"] == "wants_person"
    [sent] = number.graph.log
    assert sent.to == CUSTOMER
    [row] = await number.outbound()
    assert (row["status"], row["outbound_id"]) == ("sent", sent.own_id)
    for said in ("read", "delivered", "sent", "read"):
        await number.post(whatsapp.status(number.phone_number_id, sent.id, said))
    [row] = await number.outbound()
    assert row["status"] == "read"


async def test_the_same_webhook_twice_is_one_message(number: Number) -> None:
    for _ in range(3):
        assert (await number.says("wamid.c", "insan")).status_code == 200
    await number.work()
    assert (await number.says("wamid.c", "insan")).status_code == 200
    await number.work()
    assert len(number.graph.log) == 1
    assert len(await number.handovers()) == 1


async def test_a_burst_is_one_turn(number: Number) -> None:
    for n, text in enumerate(("merhaba", "bir şey soracaktım", "insan lütfen")):
        await number.says(f"wamid.d{n}", text)
    await number.work()
    async with number.deps.database.tenant(number.house.tenant_id) as conn:
        rows = await conn.execute("SELECT first_seq, last_seq FROM turns")
        assert await rows.fetchall() == [(1, 3)]


async def test_however_many_wait_none_is_left_out(number: Number) -> None:
    """More than a turn looks back on: found by killing workers until one customer was unlucky."""
    for n in range(45):
        await number.says(f"wamid.many{n}", "bir insan lütfen" if n == 44 else "orada mısınız")
    await number.work()
    assert await judge_inbound(number.house) == 45
    [handover] = await number.handovers()
    assert handover["reason"] == "wants_person"


async def test_more_than_one_turn_takes_is_worked_off_by_further_jobs(number: Number) -> None:
    for n in range(2 * MOST + 2):
        await number.says(f"wamid.more{n}", "bir insan lütfen")
    await number.work()
    assert await judge_inbound(number.house) == 2 * MOST + 2
    assert len(await number.handovers()) == 1
    async with number.deps.database.tenant(number.house.tenant_id) as conn:
        rows = await conn.execute("SELECT first_seq, last_seq FROM turns ORDER BY first_seq")
        turns = await rows.fetchall()
    assert turns == [(1, MOST), (MOST + 1, 2 * MOST), (2 * MOST + 1, 2 * MOST + 2)]


async def test_a_poison_message_goes_to_a_person(number: Number) -> None:
    await number.says("wamid.e", "patla insan")
    await number.work()
    [handover] = await number.handovers()
    assert handover["reason"] == "unexpected_error"
    assert len(number.graph.log) == 1


async def test_busy_is_waited_for_and_order_is_kept(number: Number) -> None:
    number.graph.faults = [130429, 4]
    await number.says("wamid.f", "insan")
    conversation = (await number.browser.get("/v1/conversations", headers=number.key)).json()
    conversation_id = conversation["items"][0]["conversation_id"]
    await number.work()
    [row] = await number.outbound()
    assert (row["status"], row["attempts"]) == ("queued", 1)
    reply = await number.browser.post(
        f"/v1/conversations/{conversation_id}/messages", headers=number.key,
        json={"text": "Merhaba, ben Emre."},
    )  # fmt: skip
    assert reply.status_code == 202
    await number.work()
    assert number.graph.log == []
    await make_due(number)
    await number.work()
    await make_due(number)
    await number.work()
    texts = [accepted.text for accepted in number.graph.log]
    assert len(texts) == 2
    assert texts[1] == "Merhaba, ben Emre."


async def make_due(number: Number) -> None:
    """Let the time of the pauses pass."""
    async with number.deps.database.tenant(number.house.tenant_id) as conn:
        await conn.execute("UPDATE outbound_messages SET due_at = now() - interval '1 minute'")
        contacts = await conn.execute("SELECT contact_id FROM contacts")
        for (contact_id,) in await contacts.fetchall():
            await deliveries.enqueue_delivery(conn, contact_id)


@pytest.mark.parametrize("fault", ["accept_then_500", "garbage"])
async def test_an_unknown_fate_is_settled_by_the_status(number: Number, fault: str) -> None:
    number.graph.faults = [fault]
    await number.says("wamid.g", "insan")
    await number.work()
    [row] = await number.outbound()
    assert row["status"] == "uncertain"
    [sent] = number.graph.log
    await number.post(whatsapp.status(number.phone_number_id, sent.id, "delivered", sent.own_id))
    [row] = await number.outbound()
    assert row["status"] == "delivered"
    await asyncio.sleep(0.4)
    await number.work()
    assert len(number.graph.log) == 1


async def test_an_answer_of_unknown_fate_is_sent_once_more_then_given_up(number: Number) -> None:
    number.graph.faults = ["500", "500"]
    await number.says("wamid.h", "insan")
    await number.work()
    for _ in range(2):
        await asyncio.sleep(0.4)
        await number.work()
    [row] = await number.outbound()
    assert (row["status"], row["uncertain_times"]) == ("dead", 2)
    assert number.graph.log == []
    reasons = sorted(h["reason"] for h in await number.handovers())
    assert reasons == ["provider_down", "wants_person"]


async def test_a_commercial_message_of_unknown_fate_is_never_repeated(number: Number) -> None:
    number.graph.faults = ["accept_then_500"]
    await number.says("wamid.i", "merhaba bir soru")
    async with number.deps.database.tenant(number.house.tenant_id) as conn:
        [contact] = await (await conn.execute("SELECT contact_id FROM contacts")).fetchall()
        [account] = await tenants.list_channel_accounts(conn)
        await outbox.enqueue(
            conn, contact_id=contact[0], channel="whatsapp", recipient=CUSTOMER, text="İndirim!",
            kind="follow_up", message_class="commercial", key="promo", now=number.deps.clock(),
            channel_account_id=account.channel_account_id,
        )  # fmt: skip
    for _ in range(2):
        await number.work()
        await asyncio.sleep(0.4)
    await number.work()
    promo = next(r for r in await number.outbound() if r["text"] == "İndirim!")
    assert (promo["status"], promo["uncertain_times"]) == ("dead", 1)
    assert [a.text for a in number.graph.log].count("İndirim!") == 1


async def test_refused_messages_reach_a_person(number: Number) -> None:
    number.graph.faults = [131026]
    await number.says("wamid.j", "insan")
    await number.work()
    [row] = await number.outbound()
    assert row["status"] == "failed"
    assert "undeliverable" in row["failed_reason"]
    assert "provider_down" in {h["reason"] for h in await number.handovers()}


@pytest.mark.parametrize("rescued", [True, False])
async def test_a_failure_that_comes_later_reaches_a_person(number: Number, rescued: bool) -> None:
    await number.says("wamid.m", "insan")
    await number.work()
    [sent] = number.graph.log
    failed = whatsapp.status(number.phone_number_id, sent.id, "failed", code=131026)
    await number.post(failed)
    assert (await number.outbound())[0]["status"] == "failed"
    if rescued:
        await number.post(whatsapp.status(number.phone_number_id, sent.id, "delivered"))
        assert (await number.outbound())[0]["status"] == "delivered"
    async with await psycopg.AsyncConnection.connect(number.worker_dsn, autocommit=True) as conn:
        await conn.execute("UPDATE jobs.procrastinate_jobs SET scheduled_at = NULL")
    await number.work()
    told = "provider_down" in {h["reason"] for h in await number.handovers()}
    assert told is not rescued


async def test_outside_the_window_a_template_carries_the_text(number: Number) -> None:
    await number.says("wamid.n", "merhaba kolay gelsin")
    conversation_id = (await number.browser.get("/v1/conversations", headers=number.key)).json()[
        "items"
    ][0]["conversation_id"]
    path = f"/v1/conversations/{conversation_id}/messages"
    async with number.deps.database.tenant(number.house.tenant_id) as conn:
        await conn.execute("UPDATE conversations SET last_inbound_at = now() - interval '25 hours'")
    await number.browser.post(path, headers=number.key, json={"text": "Siparişiniz\nyolda."})
    await number.work()
    failed = [r for r in await number.outbound() if r["status"] == "failed"]
    assert "outside_window" in failed[0]["failed_reason"]
    async with number.deps.database.tenant(number.house.tenant_id) as conn:
        await conn.execute(
            """UPDATE channel_accounts SET settings =
               '{"templates": {"outside_window": {"name": "yanit", "language": "tr"}}}'"""
        )
    await number.browser.post(path, headers=number.key, json={"text": "Siparişiniz\nyolda."})
    await number.work()
    sent = number.graph.log[-1]
    assert (sent.body["type"], sent.body["template"]["name"]) == ("template", "yanit")
    assert sent.text == "Siparişiniz yolda."


async def test_a_payload_for_anothers_number_is_not_taken(number: Number) -> None:
    body = whatsapp.text_message("999", CUSTOMER, "wamid.k", "insan")
    answer = await number.post(body)
    assert answer.json() == {"messages": 0, "statuses": 0}


async def test_a_contact_without_a_phone_number(number: Number) -> None:
    message = {
        "from_user_id": "BSU.4711",
        "id": "wamid.l",
        "timestamp": "1764064800",
        "type": "text",
        "text": {"body": "insan"},
        "referral": {"source_id": "ad-1", "ctwa_clid": "clid-1"},
    }
    contact = {"profile": {"name": "Deniz"}, "user_id": "BSU.4711"}
    body = whatsapp.payload(number.phone_number_id, contacts=[contact], messages=[message])
    assert (await number.post(body)).json()["messages"] == 1
    await number.work()
    [sent] = number.graph.log
    assert sent.body["recipient"] == "BSU.4711"
    async with number.deps.database.tenant(number.house.tenant_id) as conn:
        [row] = await (
            await conn.execute("SELECT phone, phone_verified, attributes FROM contacts")
        ).fetchall()
    assert row == (None, False, {"referral": {"source_id": "ad-1", "ctwa_clid": "clid-1"}})

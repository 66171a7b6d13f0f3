"""Outgoing webhooks: signed, logged, repeated, replayed, and never to our own network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from invekto.db.worker import drain
from invekto.records import tenants
from invekto.server.app import create_app
from invekto.server.deps import ServerDeps
from invekto.server.jobs.tasks import all_tasks
from invekto.tools.contract import ContactView, ToolContext
from invekto.tools.tenancy import tenant_view
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.conftest import TestDatabase
from tests.doubles.receiver import Receiver
from tests.server.conftest import House

URL = "http://127.0.0.1:9/hook"


@dataclass
class Hooked:
    house: House
    deps: ServerDeps
    receiver: Receiver
    worker_dsn: str

    async def work(self) -> None:
        await drain(self.worker_dsn, all_tasks(self.deps))

    async def hurry(self) -> None:
        """Let the pauses before the next attempts pass."""
        import psycopg

        async with await psycopg.AsyncConnection.connect(self.worker_dsn, autocommit=True) as conn:
            await conn.execute("UPDATE jobs.procrastinate_jobs SET scheduled_at = NULL")


@pytest.fixture
async def hooked(house: House, database: TestDatabase) -> AsyncIterator[Hooked]:
    receiver = Receiver()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(receiver.app)) as http:
        settings = house.deps.settings.model_copy(update={"allow_private_receivers": True})
        deps = replace(house.deps, settings=settings, http=http)
        theirs = House(house.tenant_id, deps, create_app(deps), house.api_key)
        yield Hooked(theirs, deps, receiver, database.worker_dsn)


async def add(hooked: Hooked, *types: str) -> dict[str, Any]:
    async with hooked.house.program() as program:
        body = {"url": URL, "types": list(types)}
        made = await program.post("/v1/webhooks", json=body)
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.json()
    hooked.receiver.secrets.append(told["secret"])
    return told


async def happen(hooked: Hooked, message_id: str = "m1", text: str = "bir insan lütfen") -> None:
    async with hooked.house.program() as program:
        sender = {"id": "c1", "name": "Ayşe"}
        body = {"message": {"message_id": message_id, "from": sender, "text": text}}
        assert (await program.post("/v1/assist", json=body)).status_code == 200


async def test_a_hand_over_is_told_with_what_it_is_about(hooked: Hooked) -> None:
    made = await add(hooked, "handover.created", "reply.delivered")
    await happen(hooked)
    await hooked.work()
    kinds = {body["type"]: body for _, body in hooked.receiver.got}
    assert set(kinds) == {"handover.created", "reply.delivered"}
    handover = kinds["handover.created"]["data"]
    assert handover["reason"] == "wants_person"
    assert handover["conversation_id"].startswith("cv_")
    assert kinds["reply.delivered"]["data"]["recipient"] == "c1"
    async with hooked.house.program() as program:
        log = await program.get(f"/v1/webhooks/{made['endpoint_id']}/deliveries")
    assert {d["status"] for d in log.json()["items"]} == {"delivered"}
    assert {d["answer"] for d in log.json()["items"]} == {200}


async def test_a_draft_is_told_with_its_text(hooked: Hooked) -> None:
    await add(hooked, "suggestion.ready")
    await happen(hooked, text="merhaba kolay gelsin")
    await hooked.work()
    [(_, body)] = hooked.receiver.got
    assert body["data"]["intent"] == "greeting"
    assert body["data"]["reply_text"]


async def test_a_lead_is_told_with_what_makes_it_promising(hooked: Hooked) -> None:
    await add(hooked, "lead.changed")
    await happen(hooked, text="merhaba kolay gelsin")
    database, tenant = hooked.deps.database, hooked.house.tenant_id
    async with database.tenant(tenant) as conn:
        found = await conn.execute(
            "SELECT contact_id FROM contacts WHERE tenant_id = app.current_tenant()"
        )
        [(who,)] = await found.fetchall()
        ctx = ToolContext(
            conn=conn, tenant_id=tenant, tenant=tenant_view(await tenants.get_tenant(conn)),
            contact=ContactView(who, "Harriet", None, False, "en", "web"), conversation_id=None,
            turn_id=None, clock=hooked.deps.clock, idempotency_key="lead",
        )  # fmt: skip
        capture = Toolbox(standard_tools()).get("leads.capture")
        wish = {"interest": "150 bath towels, wholesale", "quantity": 150, "company": "Sea Hotel"}
        await capture.commit(ctx, await capture.propose(ctx, wish))
    await hooked.work()
    [(_, body)] = hooked.receiver.got  # whose signature the receiver has verified
    assert body["type"] == "lead.changed"
    told = body["data"]
    assert (told["quantity"], told["company"]) == (150, "Sea Hotel")
    assert told["score"] > 0
    assert told["reasons"]


async def test_a_receiver_that_fails_is_tried_again_under_the_same_id(hooked: Hooked) -> None:
    made = await add(hooked, "handover.created")
    hooked.receiver.answers = [500, 302, 429]
    await happen(hooked)
    for _ in range(5):
        await hooked.work()
        await hooked.hurry()
    ids = [message_id for message_id, _ in hooked.receiver.got]
    assert len(ids) == 4
    assert len(set(ids)) == 1
    async with hooked.house.program() as program:
        [seen] = (await program.get("/v1/webhooks")).json()
        assert seen["failing_since"] is None
        log = await program.get(f"/v1/webhooks/{made['endpoint_id']}/deliveries")
        [delivery] = log.json()["items"]
        assert (delivery["attempts"], delivery["status"]) == (4, "delivered")
        path = f"/v1/webhook-deliveries/{delivery['delivery_id']}/replay"
        assert (await program.post(path)).status_code == 202
    await hooked.work()
    assert [i for i, _ in hooked.receiver.got] == [ids[0]] * 5


async def test_after_a_day_it_is_given_up(hooked: Hooked) -> None:
    made = await add(hooked, "handover.created")
    hooked.receiver.answers = [500] * 20
    await happen(hooked)
    for _ in range(12):
        await hooked.work()
        await hooked.hurry()
    assert len(hooked.receiver.got) == 8
    async with hooked.house.program() as program:
        log = await program.get(f"/v1/webhooks/{made['endpoint_id']}/deliveries")
    assert [d["status"] for d in log.json()["items"]] == ["failed"]


async def test_gone_is_gone(hooked: Hooked) -> None:
    await add(hooked, "handover.created")
    hooked.receiver.answers = [410]
    await happen(hooked)
    await hooked.work()
    async with hooked.house.program() as program:
        [seen] = (await program.get("/v1/webhooks")).json()
    assert seen["active"] is False


async def test_secrets_rotate_side_by_side(hooked: Hooked) -> None:
    made = await add(hooked, "test")
    path = f"/v1/webhooks/{made['endpoint_id']}"
    async with hooked.house.program() as program:
        changed = await program.patch(path, json={"rotate_secret": True})
        new = changed.json()["secret"]
        assert new != made["secret"]
        for secrets in ([made["secret"]], [new]):
            hooked.receiver.secrets = secrets
            assert (await program.post(f"{path}/test")).status_code == 202
            await hooked.work()
    assert len(hooked.receiver.got) == 2


async def test_a_wrong_secret_does_not_verify(hooked: Hooked) -> None:
    made = await add(hooked, "test")
    hooked.receiver.secrets = [made["secret"][:-4] + "AAA="]
    async with hooked.house.program() as program:
        await program.post(f"/v1/webhooks/{made['endpoint_id']}/test")
    await hooked.work()
    assert hooked.receiver.got == []
    async with hooked.house.program() as program:
        log = await program.get(f"/v1/webhooks/{made['endpoint_id']}/deliveries")
    assert [(d["status"], d["answer"]) for d in log.json()["items"]] == [("waiting", 401)]


async def test_a_neighbour_hears_nothing(hooked: Hooked, neighbour: House) -> None:
    await add(hooked)
    async with neighbour.program() as theirs:
        body = {"message": {"message_id": "n", "from": {"id": "c"}, "text": "bir insan"}}
        await theirs.post("/v1/assist", json=body)
        assert (await theirs.get("/v1/webhooks")).json() == []
    await hooked.work()
    assert hooked.receiver.got == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://[::ffff:127.0.0.1]/hook",
        "https://10.0.0.5/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/hook",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://user:pass@example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "javascript:alert(1)",
        "https://100.64.0.1/",
        "https://[64:ff9b::7f00:1]/",
    ],
)
async def test_addresses_that_are_not_for_us_to_call(house: House, url: str) -> None:
    async with house.program() as program:
        answer = await program.post("/v1/webhooks", json={"url": url})
        assert answer.status_code in (422, 503), answer.text
        account = {"channel": "generic", "external_id": f"x {url}", "url": url}
        if "localhost" not in url and "2130706433" not in url and "0x7f" not in url:
            assert (await program.post("/v1/channel-accounts", json=account)).status_code == 422

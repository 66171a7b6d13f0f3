"""The rules for replies over the API: drafted, tried, published, rolled back, each written down."""

from __future__ import annotations

from datetime import timedelta

from invekto.agent.kit import KitShelf
from invekto.records import audit
from tests.privacy import people
from tests.rows import said
from tests.server.conftest import House


async def versions(house: House) -> dict[int, str]:
    async with house.role("supervisor") as client:
        found = (await client.get("/v1/policies")).json()
    return {one["version"]: one["status"] for one in found}


async def test_a_draft_is_tried_published_and_rolled_back(house: House) -> None:
    async with house.role("supervisor") as client:
        before = (await client.get("/v1/policies/current")).json()
        assert before["version"] is None
        made = await client.post("/v1/policies", json={"banned": ["garanti"], "note": "yasak"})
        assert made.status_code == 201, made.text
        first = made.json()["version"]
        assert made.json()["rules"]["max_discount"] == before["rules"]["max_discount"]
        assert (await client.get("/v1/policies/current")).json() == before, (
            "a draft is not in force"
        )
        assert (await client.post(f"/v1/policies/{first}/publish")).json()["status"] == "published"
        second = (await client.post("/v1/policies", json={"banned": ["bedava"]})).json()["version"]
        await client.post(f"/v1/policies/{second}/publish")
        assert await versions(house) == {second: "published", first: "retired"}
        await client.post(f"/v1/policies/{first}/publish")
        assert await versions(house) == {second: "retired", first: "published"}
        now = (await client.get("/v1/policies/current")).json()
        assert (now["version"], now["rules"]["banned"]) == (first, ["garanti"])
        assert (await client.delete("/v1/policies/current")).status_code == 204
        assert (await client.get("/v1/policies/current")).json() == before
    async with house.deps.database.tenant(house.tenant_id) as conn:
        told = [e.event_type for e in await audit.search(conn) if e.resource_type == "policy"]
    assert sorted(told) == [
        "policy.drafted", "policy.drafted", "policy.published", "policy.published",
        "policy.published", "policy.withdrawn",
    ]  # fmt: skip


async def test_what_it_would_have_done_last_week(house: House) -> None:
    now = house.deps.clock()
    async with house.deps.database.tenant(house.tenant_id) as conn:
        who = await people.customer(conn)
        for number, text in enumerate(
            ("Ürünümüz garantilidir, arayın: 0532 418 22 07.", "Siparişiniz yolda.")
        ):
            await said(
                conn, who.conversation_id, author="ai", text=text,
                now=now - timedelta(hours=number), turn_id="turn_sent",
            )  # fmt: skip
    async with house.role("supervisor") as client:
        made = (await client.post("/v1/policies", json={"banned": ["garanti"]})).json()
        trial = await client.get(f"/v1/policies/{made['version']}/trial", params={"days": 7})
        assert trial.status_code == 200, trial.text
        told = trial.json()
    assert (told["stopped"], told["released"]) == (1, 0)
    assert told["checked"] == 2
    assert told["reasons"] == {"banned_phrase": 1}
    (example,) = told["stopped_examples"]
    assert example["text"] == "Ürünümüz garantilidir, arayın: [PHONE]."


async def test_what_cannot_be_is_refused(house: House) -> None:
    async with house.role("supervisor") as client:
        clash = {"banned": ["tıbbi tavsiye"], "disclaimers": {"tr": "Tıbbi tavsiye değildir."}}
        assert (await client.post("/v1/policies", json=clash)).status_code == 422
        assert (await client.post("/v1/policies", json={"banned": [""]})).status_code == 422
        assert (await client.post("/v1/policies", json={"max_discount": 101})).status_code == 422
        assert (await client.post("/v1/policies", json={"other": 1})).status_code == 422
        assert (await client.post("/v1/policies/99/publish")).status_code == 404
        assert (await client.get("/v1/policies/99/trial")).status_code == 404
    assert await versions(house) == {}


async def test_the_neighbours_rules_stay(house: House, neighbour: House) -> None:
    async with house.role("supervisor") as client:
        made = (await client.post("/v1/policies", json={"banned": ["garanti"]})).json()["version"]
        await client.post(f"/v1/policies/{made}/publish")
    assert await versions(neighbour) == {}


async def test_the_next_reply_lives_by_it(house: House) -> None:
    async with house.role("supervisor") as client:
        made = (await client.post("/v1/policies", json={"banned": ["yolda"]})).json()["version"]
        await client.post(f"/v1/policies/{made}/publish")
    shelf: KitShelf = house.deps.engine.shelf
    async with house.deps.database.tenant(house.tenant_id) as conn:
        _, kit = await shelf.kit(conn, house.tenant_id)
    assert kit.guard.policy.banned == ("yolda",)

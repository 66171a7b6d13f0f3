"""The rights of the person behind a contact, over the API: export, erasure, holds, consent."""

from __future__ import annotations

import pytest

from invekto.records import audit, consents, conversations, privacy
from tests.privacy import people
from tests.server.conftest import House


async def someone(house: House) -> str:
    async with house.deps.database.tenant(house.tenant_id) as conn:
        return (await people.customer(conn)).contact_id


def place(contact_id: str, part: str = "") -> str:
    return f"/v1/privacy/contacts/{contact_id}{part}"


async def test_what_is_held_of_a_contact_is_handed_out_and_written_down(house: House) -> None:
    contact = await someone(house)
    async with house.role("agent") as agent, house.role("supervisor", "burcu") as client:
        assert (await agent.get(place(contact, "/export"))).status_code == 403
        answer = await client.get(place(contact, "/export"))
        assert (await client.get(place("none", "/export"))).status_code == 404
    held = answer.json()["tables"]
    assert held["contacts"][0]["name"] == people.NAME
    assert held["messages"][0]["text"].startswith("Ben ")
    assert held["orders"][0]["customer_email"] == people.EMAIL
    assert "turns" not in held
    async with house.deps.database.tenant(house.tenant_id) as conn:
        [event] = await audit.search(conn, event_type="contact.exported")
    assert (event.actor_id, event.resource_id) == ("burcu", contact)


async def test_erasing_ends_the_request_for_it_and_leaves_nothing(house: House) -> None:
    contact = await someone(house)
    now = house.deps.clock()
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await privacy.open_request(conn, contact, "erasure", now)
        await privacy.open_request(conn, contact, "access", now)
    async with house.role("supervisor") as other, house.role("owner", "nalan") as client:
        assert (await other.post(place(contact, "/erase"))).status_code == 403
        done = await client.post(place(contact, "/erase"))
        assert done.json()["leftovers"] == []
        assert done.json()["deleted"]["messages"] == 1
        assert (await client.post(place(contact, "/erase"))).status_code == 404
        left = (await client.get("/v1/privacy")).json()["requests"]
    assert [one["kind"] for one in left] == ["access"]


async def test_a_hold_stands_against_erasing(house: House) -> None:
    contact = await someone(house)
    async with house.role("owner", "nalan") as client:
        made = await client.post(place(contact, "/holds"), json={"reason": "dava 2026/14"})
        assert made.status_code == 201
        refused = await client.post(place(contact, "/erase"))
        assert refused.status_code == 409
        assert "dava 2026/14" in refused.text
        seen = (await client.get(place(contact))).json()
        assert [one["reason"] for one in seen["holds"]] == ["dava 2026/14"]
        hold = made.json()["hold_id"]
        for status in (204, 404):
            assert (await client.delete(f"/v1/privacy/holds/{hold}")).status_code == status
        assert (await client.post(place(contact, "/erase"))).status_code == 200


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"purpose": "automation", "state": "given", "wording": "form 3"}, "given"),
        ({"purpose": "automation", "state": "withdrawn"}, "withdrawn"),
        ({"purpose": "marketing", "state": "given", "wording": "form 3"}, None),
    ],
)
async def test_who_answers_writes_down_what_a_contact_said_of_consent(
    house: House, body: dict[str, str], state: str | None
) -> None:
    contact = await someone(house)
    async with house.role("agent", "emre") as client:
        said = await client.post(place(contact, "/consent"), json=body)
    assert said.status_code == 200, said.text
    async with house.deps.database.tenant(house.tenant_id) as conn:
        [event] = await consents.consent_history(conn, contact)
        assert (await conversations.get_contact(conn, contact)).consent == state
    assert (event.purpose, event.state, event.recorded_by, event.wording) == (
        body["purpose"], body["state"], "emre", body.get("wording", ""),
    )  # fmt: skip


async def test_consent_is_not_written_down_without_what_was_agreed_to(house: House) -> None:
    contact = await someone(house)
    async with house.role("agent") as client:
        body = {"purpose": "automation", "state": "given"}
        assert (await client.post(place(contact, "/consent"), json=body)).status_code == 422


async def test_no_more_messages_stops_what_is_queued_and_may_be_taken_back(house: House) -> None:
    contact = await someone(house)
    async with house.role("agent") as client:
        path, body = place(contact, "/consent"), {"purpose": "messages", "state": "withdrawn"}
        stopped = (await client.post(path, json=body)).json()
        assert stopped == {"outbound": 1, "scheduled": 1, "suggestions": 1}
        async with house.deps.database.tenant(house.tenant_id) as conn:
            assert (await conversations.get_contact(conn, contact)).opted_out_at is not None
        again = await client.post(path, json=body | {"state": "given"})
        assert again.status_code == 200
    async with house.deps.database.tenant(house.tenant_id) as conn:
        assert (await conversations.get_contact(conn, contact)).opted_out_at is None


async def test_a_request_that_came_by_letter_gets_its_deadline(house: House) -> None:
    contact = await someone(house)
    async with house.role("supervisor") as client:
        made = await client.post(place(contact, "/requests"), json={"kind": "correction"})
        assert made.status_code == 201
        listed = (await client.get("/v1/privacy")).json()["requests"]
        assert [one["request_id"] for one in listed] == [made.json()["request_id"]]
        seen = (await client.get(place(contact))).json()
        assert [one["kind"] for one in seen["requests"]] == ["correction"]

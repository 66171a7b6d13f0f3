"""What the settings pages change, over the API: in force at once, written down, within limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from invekto.records import audit, privacy, sessions, tenants
from tests.privacy import people
from tests.server.conftest import House

WEEK = {"mon": ["09:00", "18:30"], "sat": ["10:00", "14:00"]}
PASSWORD = "doğru at pil zımba"


async def told(house: House) -> list[tuple[str, str, str]]:
    """Kind of event, who, and what it was done to, in order."""
    async with house.deps.database.tenant(house.tenant_id) as conn:
        found = [e for e in await audit.search(conn) if e.event_type != "access.not_found"]
    return [(e.event_type, e.actor_id, e.resource_id) for e in reversed(found)]


async def tenant_of(house: House) -> tenants.Tenant:
    async with house.deps.database.tenant(house.tenant_id) as conn:
        return await tenants.get_tenant(conn)


async def test_how_the_business_answers_is_changed_part_by_part(house: House) -> None:
    async with house.role("supervisor", "burcu") as client:
        before = (await client.get("/v1/settings")).json()
        assert (before["tone"], before["hours"], before["off_hours_reply"]) == (
            "friendly", None, True,
        )  # fmt: skip
        changed = await client.patch("/v1/settings", json={"tone": "formal", "hours": WEEK})
        assert changed.status_code == 200, changed.text
        assert changed.json() == before | {
            "tone": "formal",
            "hours": WEEK | dict.fromkeys(("tue", "wed", "thu", "fri", "sun")),
        }
        both = {"languages": ["en", "tr"], "off_hours_reply": False}
        assert (await client.patch("/v1/settings", json=both)).status_code == 200
        assert (await client.patch("/v1/settings", json={})).status_code == 200
    tenant = await tenant_of(house)
    assert (tenant.tone, tenant.languages) == ("formal", ["tr", "en"])
    assert tenant.default_language == "tr"
    assert tenant.settings["off_hours_reply"] is False
    assert await told(house) == [
        (f"tenant.{what}_changed", "burcu", house.tenant_id)
        for what in ("tone", "hours", "languages", "off_hours_reply")
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": {"mon": ["18:00", "09:00"]}},
        {"hours": {"mon": ["9", "18"]}},
        {"hours": {"monday": None}},
        {"languages": []},
        {"languages": ["en"], "default_language": "tr"},
        {"default_language": "de"},
        {"tone": "angry"},
        {"name": "another"},
    ],
)
async def test_settings_that_make_no_sense_change_nothing(
    house: House, wrong: dict[str, Any]
) -> None:
    before = await tenant_of(house)
    async with house.program() as program:
        answer = await program.patch("/v1/settings", json={"off_hours_reply": True} | wrong)
        assert answer.status_code == 422, answer.text
    assert await tenant_of(house) == before
    assert await told(house) == []


async def test_holidays_come_and_go(house: House) -> None:
    day = (house.deps.clock() + timedelta(days=40)).date().isoformat()
    async with house.program() as program:
        body = {"name": "Sayım", "open": ["10:00", "13:00"]}
        for expected in (body["open"], None):
            put = await program.put(f"/v1/holidays/{day}", json=body | {"open": expected})
            assert put.status_code == 204, put.text
            [one] = (await program.get("/v1/holidays")).json()
            assert (one["day"], one["name"]) == (day, "Sayım")
            assert one["open_from"] == (f"{expected[0]}:00" if expected else None)
        late = {"name": "x", "open": ["13:00", "10:00"]}
        assert (await program.put(f"/v1/holidays/{day}", json=late)).status_code == 422
        assert (await program.put("/v1/holidays/gestern", json=body)).status_code == 422
        assert (await program.delete(f"/v1/holidays/{day}")).status_code == 204
        assert (await program.delete(f"/v1/holidays/{day}")).status_code == 404
        assert (await program.get("/v1/holidays")).json() == []


async def test_a_canned_reply_is_kept_under_its_shortcut(house: House) -> None:
    async with house.role("supervisor") as client, house.role("agent") as agent:
        first = (
            await client.post("/v1/canned-replies", json={"shortcut": "/Selam", "text": "Merhaba"})
        ).json()
        again = await client.post(
            "/v1/canned-replies", json={"shortcut": "selam", "text": "Merhaba {name}"}
        )
        assert again.json() == first | {"text": "Merhaba {name}"}
        assert (await agent.get("/v1/canned-replies")).json() == [again.json()]
        path = f"/v1/canned-replies/{first['canned_id']}"
        assert (await agent.delete(path)).status_code == 403
        assert (await client.delete(path)).status_code == 204
        assert (await client.delete(path)).status_code == 404


async def test_people_are_added_changed_and_signed_out(house: House) -> None:
    person = {"email": "Rima@x.example", "name": "Rima", "role": "agent", "password": PASSWORD}
    async with house.role("owner", "nehir") as owner, house.program() as program:
        assert (await program.post("/v1/users", json=person)).status_code == 403, "keys make none"
        made = await owner.post("/v1/users", json=person)
        assert made.status_code == 201, made.text
        user_id = made.json()["user_id"]
        assert PASSWORD not in made.text
        assert (await owner.post("/v1/users", json=person)).status_code == 409
        short = person | {"email": "b@x.example", "password": "kısa"}
        assert (await owner.post("/v1/users", json=short)).status_code == 422
        async with house.deps.database.tenant(house.tenant_id) as conn:
            until = house.deps.clock() + timedelta(hours=1)
            await sessions.open_session(conn, user_id, b"a hash", until, "Firefox")
            await sessions.open_session(conn, user_id, b"another", until, "Safari")
        running = (await owner.get(f"/v1/users/{user_id}/sessions")).json()
        assert {one["device"] for one in running} == {"Firefox", "Safari"}
        gone = await owner.delete(f"/v1/users/{user_id}/sessions/{running[0]['session_id']}")
        assert gone.status_code == 204
        changed = (await owner.patch(f"/v1/users/{user_id}", json={"active": False})).json()
        assert (changed["role"], changed["active"]) == ("agent", False)
        assert (await owner.get(f"/v1/users/{user_id}/sessions")).json() == []
        oneself = await owner.patch("/v1/users/nehir", json={"role": "agent"})
        assert (oneself.status_code, oneself.json()["reason"]) == (409, "oneself")
        assert (await owner.patch("/v1/users/nobody", json={"active": True})).status_code == 404
    assert await told(house) == [
        ("user.added", "nehir", user_id), ("session.revoked", "nehir", user_id),
        ("user.changed", "nehir", user_id),
    ]  # fmt: skip


async def test_how_long_things_are_kept_and_what_was_asked(house: House) -> None:
    async with house.deps.database.tenant(house.tenant_id) as conn:
        who = await people.customer(conn)
        now = house.deps.clock()
        asked = (await privacy.open_request(conn, who.contact_id, "access", now)).request_id
    key = (await key_of(house)).api_key_id
    async with house.role("supervisor") as client, house.program() as program:
        seen = (await client.get("/v1/privacy")).json()
        assert [one["request_id"] for one in seen["requests"]] == [asked]
        shorter = {"conversations": 365, "handovers": seen["retention"]["handovers"]}
        assert (await client.patch("/v1/privacy/retention", json=shorter)).status_code == 403
        kept = await program.patch("/v1/privacy/retention", json=shorter)
        assert kept.json() == seen["retention"] | {"conversations": 365}
        for wrong in ({"conversations": 0}, {"conversations": 99_999}, {"tea": 3}):
            answer = await program.patch("/v1/privacy/retention", json=wrong)
            assert answer.status_code == 422, wrong
        path = f"/v1/privacy/requests/{asked}/close"
        assert (await program.post(path, json={"done": True, "note": "ok"})).status_code == 204
        assert (await program.post(path, json={"done": True})).status_code == 404
        assert (await client.get("/v1/privacy")).json()["requests"] == []
    assert [one for one in await told(house) if one[0] != "privacy.opened"] == [
        ("retention.set", key, "conversations"), ("privacy.closed", key, asked),
    ]  # fmt: skip


async def key_of(house: House) -> tenants.ApiKey:
    async with house.deps.database.tenant(house.tenant_id) as conn:
        [key] = await tenants.list_api_keys(conn)
    return key


async def test_first_steps_are_told(house: House) -> None:
    async with house.role("supervisor") as client:
        before = (await client.get("/v1/setup")).json()
        assert (before["now"], before["activated"], before["on"]) == (1, False, [])
        assert "working_hours" in before["harmless"]
        assert (await client.post("/v1/setup/activate")).status_code == 204
        until = (house.deps.clock() + timedelta(days=30)).isoformat()
        pin = {"kind": "pin_auto", "intent": "working_hours", "reason": "x", "expires_at": until}
        assert (await client.post("/v1/trust/overrides", json=pin)).status_code == 201
        after = (await client.get("/v1/setup")).json()
        assert (after["now"], after["activated"], after["on"]) == (2, True, ["working_hours"])
        topics = {one["intent"]: one for one in (await client.get("/v1/trust/intents")).json()}
        assert (topics["working_hours"]["mode"], topics["working_hours"]["share"]) == (
            "pinned_auto", 1.0,
        )  # fmt: skip
        assert topics["working_hours"]["override"]["reason"] == "x"
        assert topics["complaint"]["mode"] == "person"
        unknown = pin | {"kind": "kill", "intent": "no_such_topic"}
        assert (await client.post("/v1/trust/overrides", json=unknown)).status_code == 404


async def test_the_log_is_paged_and_its_chain_is_whole(house: House) -> None:
    async with house.role("owner", "nehir") as owner:
        for tone in ("formal", "short", "friendly"):
            await owner.patch("/v1/settings", json={"tone": tone})
        seen: list[str] = []
        cursor = None
        while True:
            asked = {"limit": "2", "actor_id": "nehir"} | ({"cursor": cursor} if cursor else {})
            answer = (await owner.get("/v1/audit-events", params=asked)).json()
            seen += [one["event_id"] for one in answer["items"]]
            if (cursor := answer["next_cursor"]) is None:
                break
        assert len(seen) == len(set(seen)) == 3
        assert (await owner.get("/v1/audit-events?actor_id=burcu")).json()["items"] == []
        chain = (await owner.get("/v1/audit-events/chain")).json()
        assert (chain["whole"], chain["unsealed"], chain["broken"]) == (True, 3, [])
    async with house.role("supervisor") as supervisor:
        assert (await supervisor.get("/v1/audit-events")).status_code == 403

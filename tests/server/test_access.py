"""Who may call what: the table holds every address, and every role is held to it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from invekto.records import conversations, tenants
from invekto.records.routing import token_hash
from invekto.server.access import ACCESS, PUBLIC
from invekto.server.app import create_app
from invekto.server.caller import Role, Scope
from tests.neighbours.conversations import inbound
from tests.server.conftest import House
from tests.server.walking import addresses

SCHEMA = ("GET", "/v1/openapi.json")
OURS = sorted(ACCESS, key=lambda place: (place[1], place[0]))


def test_every_address_is_in_the_table_and_nothing_else(app: FastAPI) -> None:
    known = set(app.state.access) | set(PUBLIC) | set(app.state.public)
    found = addresses(app)
    assert found - known == set(), "routes that nobody decided on"
    assert {place for place in ACCESS if place not in found} == set()
    assert {place for place in PUBLIC if place not in found} == {SCHEMA}


async def test_an_address_that_was_forgotten_answers_nobody(house: House) -> None:
    bare = create_app(house.deps)

    @bare.get("/v1/forgotten")
    async def forgotten() -> str:
        return "secret"

    theirs = House(house.tenant_id, house.deps, bare, house.api_key)
    async with theirs.role("owner") as owner, theirs.client() as nobody:
        assert (await owner.get("/v1/forgotten")).status_code == 403
        assert (await nobody.get("/v1/forgotten")).status_code == 403


def concrete(path: str) -> str:
    """A path with something in every gap."""
    return path.replace("{", "").replace("}", "")


@pytest.mark.parametrize("place", OURS, ids=lambda p: f"{p[0]} {p[1]}")
async def test_every_role_is_held_to_the_table(house: House, place: tuple[str, str]) -> None:
    """Forbidden where the table says so; elsewhere anything but forbidden (not found, invalid, or
    done). Server-sent events do not end, so they are asked for with a place that is none."""
    method, path = place
    headers = {"last-event-id": "no place"} if path == "/v1/events" else {}
    for role in Role:
        async with house.role(role) as client:
            answer = await client.request(method, concrete(path), headers=headers)
        refused = answer.status_code == 403 and answer.json()["code"] == "not_allowed"
        assert refused is (role not in ACCESS[place].roles), (role, answer.text)
    async with house.client() as nobody:
        assert (await nobody.request(method, concrete(path))).status_code == 401


@pytest.mark.parametrize("scope", list(Scope))
async def test_every_key_is_held_to_its_scope(house: House, scope: Scope) -> None:
    key = f"ik_{house.tenant_id}_{scope}"
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await tenants.add_api_key(
            conn, key_hash=token_hash(key), prefix="ik_", name=scope, scopes=[scope]
        )
    async with house.client(authorization=f"Bearer {key}") as client:
        for method, path in OURS:
            if path == "/v1/events":
                continue
            answer = await client.request(method, concrete(path))
            refused = answer.status_code == 403 and answer.json()["code"] == "not_allowed"
            assert refused is (ACCESS[method, path].scope is not scope), (method, path)


async def test_a_neighbours_ids_are_not_found(house: House, neighbour: House) -> None:
    """Real ids of a neighbour in every gap of every path: 404 or a complaint about the body,
    never theirs."""
    async with neighbour.deps.database.tenant(neighbour.tenant_id) as conn:
        received = await conversations.receive(conn, inbound("n1"), neighbour.deps.clock())
        contact = (await conversations.get(conn, received.conversation_id)).contact_id
    conversation = received.conversation_id
    async with house.program() as ours, house.role("owner") as owner:
        for client in (ours, owner):
            for path in (f"/v1/conversations/{conversation}", f"/v1/conversations/{contact}"):
                assert (await client.get(path)).status_code == 404
            for path, body in (
                (f"/v1/conversations/{conversation}/messages", {"text": "merhaba"}),
                (f"/v1/conversations/{conversation}/take", {}),
                (f"/v1/conversations/{conversation}/release", None),
                ("/v1/assist", {"conversation_id": conversation}),
                ("/v1/tools/info.hours/run", {"conversation_id": conversation}),
            ):
                answer = await client.post(path, json=body)
                assert answer.status_code == 404, path
    async with neighbour.program() as theirs:
        seen = (await theirs.get(f"/v1/conversations/{conversation}")).json()
        assert (seen["status"], seen["assigned_to"]) == ("open", None)
        assert len(seen["messages"]["items"]) == 1

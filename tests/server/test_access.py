"""Who may call what: the table holds every address, and every role is held to it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from invekto.records import tenants
from invekto.records.routing import token_hash
from invekto.server.access import ACCESS, PUBLIC
from invekto.server.app import create_app
from invekto.server.caller import Role, Scope
from invekto.server.console import access as console
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


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_is_held_to_the_table(house: House, role: Role) -> None:
    """Forbidden where the table says so; elsewhere anything but forbidden (not found, invalid, or
    done). Server-sent events do not end, so they are asked for with a place that is none."""
    async with house.role(role) as client:
        for method, path in OURS:
            headers = {"last-event-id": "no place"} if path == "/v1/events" else {}
            answer = await client.request(method, concrete(path), headers=headers)
            refused = answer.status_code == 403 and answer.json()["code"] == "not_allowed"
            assert refused is (role not in ACCESS[method, path].roles), (method, path, answer.text)


async def test_nobody_may_do_anything(house: House) -> None:
    async with house.client() as nobody:
        for method, path in OURS:
            assert (await nobody.request(method, concrete(path))).status_code == 401, (method, path)


PAGES = sorted(console.ACCESS, key=lambda place: (place[1], place[0]))


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_is_held_to_the_consoles_table(house: House, role: Role) -> None:
    async with house.role(role) as client:
        for method, path in PAGES:
            if path == "/console/events":  # does not end; the API's is looked at above
                continue
            answer = await client.request(method, concrete(path), follow_redirects=False)
            refused = answer.status_code == 403
            assert refused is (role not in console.ACCESS[method, path].roles), (method, path)


async def test_no_page_is_for_nobody_or_for_a_key(house: House) -> None:
    async with house.client() as nobody, house.program() as program:
        for method, path in PAGES:
            answer = await nobody.request(method, concrete(path), follow_redirects=False)
            gone = answer.status_code in (302, 303) and "sign-in" in answer.headers["location"]
            assert answer.status_code == 401 or gone, (method, path)
            answer = await program.request(method, concrete(path), follow_redirects=False)
            assert answer.status_code == 403, (method, path)


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

"""Tokens, keys, sessions: who is believed, and for how long."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from invekto.records import sessions, tenants
from invekto.records.tenants import Role
from invekto.server.sessions import hash_password
from tests.server.conftest import SECRET, House, token

PASSWORD = "doğru at pil zımba"


async def person(house: House, role: Role = "agent", email: str = "ayse@example.com") -> str:
    async with house.deps.database.tenant(house.tenant_id) as conn:
        user = await tenants.add_user(
            conn, email=email, name="Ayşe", role=role, password_hash=await hash_password(PASSWORD)
        )
    return user.user_id


def credentials(house: House, password: str = PASSWORD) -> dict[str, str]:
    return {"tenant_id": house.tenant_id, "email": "ayse@example.com", "password": password}


async def test_nobody_is_told_nothing(house: House) -> None:
    async with house.client() as nobody:
        answer = await nobody.get("/v1/me")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "not_signed_in"


async def test_an_api_key_speaks_for_its_tenant_until_it_is_revoked(house: House) -> None:
    async with house.program() as program:
        me = (await program.get("/v1/me")).json()
        assert (me["tenant_id"], me["kind"]) == (house.tenant_id, "api_key")
        async with house.deps.database.tenant(house.tenant_id) as conn:
            await tenants.revoke_api_key(conn, me["subject"])
        assert (await program.get("/v1/me")).status_code == 401


async def test_the_main_products_token_is_believed(house: House) -> None:
    async with house.role("supervisor", "u-7") as supervisor:
        me = (await supervisor.get("/v1/me")).json()
    assert (me["role"], me["subject"], me["kind"]) == ("supervisor", "u-7", "jwt")


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"exp": -31}, 401),
        ({"exp": -10}, 200),
        ({"nbf": 100}, 401),
        ({"aud": "another product"}, 401),
        ({"role": "emperor"}, 403),
        ({"tenant_id": "nobody-here"}, 401),
        ({"tenant_id": "null\x00byte"}, 401),
        ({"sub": ""}, 401),
    ],
)
async def test_a_token_is_looked_at_closely(
    house: House, claims: dict[str, Any], status: int
) -> None:
    now = int(time.time())
    moments: dict[str, Any] = {n: now + claims[n] for n in ("exp", "nbf") if n in claims}
    shown = token(house.tenant_id, "agent", **(claims | moments))
    async with house.client(authorization=f"Bearer {shown}") as client:
        assert (await client.get("/v1/me")).status_code == status


@pytest.mark.parametrize("lacking", ["exp", "sub", "tenant_id", "role", "aud"])
async def test_a_token_must_say_everything(house: House, lacking: str) -> None:
    claims = jwt.decode(token(house.tenant_id, "agent"), options={"verify_signature": False})
    del claims[lacking]
    shown = jwt.encode(claims, SECRET, "HS256")
    async with house.client(authorization=f"Bearer {shown}") as client:
        assert (await client.get("/v1/me")).status_code == 401


async def test_forged_tokens_are_not_believed(house: House) -> None:
    claims: dict[str, object] = {
        "sub": "x",
        "tenant_id": house.tenant_id,
        "role": "owner",
        "aud": "invekto",
    }
    claims["exp"] = int(time.time()) + 60
    other = "another secret, just as long as the right one"
    for shown in (
        jwt.encode(claims, other, "HS256"),
        jwt.encode(claims, "", "none"),
        token(house.tenant_id, "agent")[:-4] + "AAAA",
        "a.b.c",
        "ü" * 20,
    ):
        header = f"Bearer {shown}".encode()
        async with house.client() as client:
            answer = await client.get("/v1/me", headers={b"authorization": header})
        assert answer.status_code == 401, shown


async def test_signing_keys_rotate(house: House) -> None:
    """RS256 by a published key; a new key is fetched when a token names it; a shared secret does
    not pass for it."""
    published: dict[str, object] = {"keys": []}
    pairs = {name: rsa.generate_private_key(65537, 2048) for name in ("old", "new")}

    def public(name: str) -> dict[str, object]:
        raw = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(pairs[name].public_key()))
        return {**raw, "kid": name, "use": "sig", "alg": "RS256"}

    from dataclasses import replace

    from invekto.server.app import create_app
    from invekto.server.jwks import KeySet

    keys = KeySet()
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=published))
    async with httpx.AsyncClient(transport=transport) as outside:
        settings = house.deps.settings.model_copy(
            update={"jwt_secret": None, "jwt_jwks_url": "https://main.example/jwks"}
        )
        deps = replace(house.deps, settings=settings, http=outside, keys=keys)
        theirs = House(house.tenant_id, deps, create_app(deps), house.api_key)
        claims = jwt.decode(token(house.tenant_id, "agent"), options={"verify_signature": False})

        async def status(shown: str) -> int:
            async with theirs.client(authorization=f"Bearer {shown}") as client:
                return (await client.get("/v1/me")).status_code

        published["keys"] = [public("old")]
        old = jwt.encode(claims, pairs["old"], "RS256", headers={"kid": "old"})
        new = jwt.encode(claims, pairs["new"], "RS256", headers={"kid": "new"})
        assert await status(old) == 200
        assert await status(new) == 401
        published["keys"] = [public("new")]
        keys.tried_at -= 60
        assert await status(new) == 200
        assert await status(old) == 401
        assert await status(token(house.tenant_id, "owner")) == 401


async def test_sign_in_opens_a_session_that_can_be_seen_and_revoked(house: House) -> None:
    await person(house)
    async with house.client(**{"user-agent": "Firefox on a desk"}) as browser:
        answer = await browser.post("/v1/sessions", json=credentials(house))
        assert answer.status_code == 204
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        me = (await browser.get("/v1/me")).json()
        assert (me["name"], me["role"], me["kind"]) == ("Ayşe", "agent", "session")
        [seen] = (await browser.get("/v1/sessions")).json()
        assert seen["device"] == "Firefox on a desk"

        change = browser.build_request("DELETE", f"/v1/sessions/{seen['session_id']}")
        assert (await browser.send(change)).status_code == 403
        change.headers["x-csrf-token"] = "0" * 64
        assert (await browser.send(change)).status_code == 403
        change.headers["x-csrf-token"] = me["csrf_token"]
        assert (await browser.send(change)).status_code == 204
        assert (await browser.get("/v1/me")).status_code == 401


async def test_five_wrong_passwords_lock_the_door(house: House) -> None:
    await person(house)
    async with house.client() as browser:
        for _ in range(4):
            answer = await browser.post("/v1/sessions", json=credentials(house, "wrong"))
            assert answer.status_code == 401
        answer = await browser.post("/v1/sessions", json=credentials(house, "wrong"))
        assert answer.status_code == 429
        assert 890 < int(answer.headers["retry-after"]) <= 900
        answer = await browser.post("/v1/sessions", json=credentials(house))
        assert answer.status_code == 429


async def test_the_right_password_forgives(house: House) -> None:
    await person(house)
    async with house.client() as browser:
        for _ in range(3):
            for _ in range(4):
                await browser.post("/v1/sessions", json=credentials(house, "wrong"))
            answer = await browser.post("/v1/sessions", json=credentials(house))
            assert answer.status_code == 204


async def test_unknown_people_look_like_wrong_passwords(house: House) -> None:
    await person(house)
    texts = set()
    async with house.client() as browser:
        for changed in ({"password": "wrong"}, {"email": "x@example.com"}, {"tenant_id": "nix"}):
            answer = await browser.post("/v1/sessions", json=credentials(house) | changed)
            texts.add((answer.status_code, answer.json()["detail"]))
    assert len(texts) == 1


async def test_somebody_elses_session_cannot_be_ended(house: House, neighbour: House) -> None:
    await person(house)
    await person(neighbour)
    async with house.client() as ours, neighbour.client() as theirs:
        await ours.post("/v1/sessions", json=credentials(house))
        await theirs.post("/v1/sessions", json=credentials(neighbour))
        [seen] = (await ours.get("/v1/sessions")).json()
        csrf = (await theirs.get("/v1/me")).json()["csrf_token"]
        answer = await theirs.delete(
            f"/v1/sessions/{seen['session_id']}", headers={"x-csrf-token": csrf}
        )
        assert answer.status_code == 404
        assert (await ours.get("/v1/me")).status_code == 200


async def test_a_person_who_was_switched_off_is_out(house: House) -> None:
    user_id = await person(house)
    async with house.client() as browser:
        await browser.post("/v1/sessions", json=credentials(house))
        async with house.deps.database.tenant(house.tenant_id) as conn:
            await tenants.update_user(conn, user_id, active=False)
        assert (await browser.get("/v1/me")).status_code == 401
    async with house.deps.database.tenant(house.tenant_id) as conn:
        assert await sessions.sessions_of(conn, user_id, house.deps.clock()) == []

"""Fixed texts over the API: a draft changes nothing, the published wording is what goes out."""

from __future__ import annotations

from typing import Any

import httpx

from invekto.records import notices, tenants
from tests.server.conftest import House

WAIT = "Mesajınız bizde, on dakika içinde yazıyoruz."


async def told(client: httpx.AsyncClient, number: int) -> list[str]:
    """What a customer who wants a person is sent."""
    body = {"message_id": f"n{number}", "from": {"id": f"n{number}"}, "text": "bir insan"}
    made = (await client.post("/v1/assist", json={"message": body})).json()
    seen = (await client.get(f"/v1/conversations/{made['conversation_id']}")).json()
    return [one["text"] for one in seen["messages"]["items"] if one["author"] == "system"]


async def drafted(client: httpx.AsyncClient, **texts: str) -> int:
    answer = await client.post("/v1/notices/handover/drafts", json={"texts": texts})
    assert answer.status_code == 201, answer.text
    version: int = answer.json()["version"]
    return version


async def test_a_published_wording_goes_out_and_is_rolled_back(house: House) -> None:
    off = {"off_hours_reply": False}
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await tenants.update_settings(conn, off)
    async with house.role("supervisor") as client, house.program() as program:
        version = await drafted(client, tr=WAIT)
        assert WAIT not in await told(program, 1)
        path = "/v1/notices/handover/versions"
        assert (await client.post(f"{path}/{version}/publish")).status_code == 204
        assert await told(program, 2) == [WAIT]
        second = await drafted(client, tr="Bir dakika.")
        await client.post(f"{path}/{second}/publish")
        assert await told(program, 3) == ["Bir dakika."]
        await client.post(f"{path}/{version}/publish")
        assert await told(program, 4) == [WAIT]
        [seen] = [n for n in (await client.get("/v1/notices")).json() if n["name"] == "handover"]
        assert [v["status"] for v in seen["versions"]] == ["retired", "published"]
        assert seen["own"] == {"tr": WAIT}
        assert (await client.delete("/v1/notices/handover")).status_code == 204
        assert WAIT not in await told(program, 5)
        assert (await client.delete("/v1/notices/handover")).status_code == 404


async def test_what_came_with_the_files_becomes_the_first_version(house: House) -> None:
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await tenants.update_settings(conn, {"notices": {"handover": {"tr": WAIT}}})
    async with house.role("supervisor") as client:
        second = await drafted(client, tr="Bir dakika.")
        assert second == 2
        await client.post("/v1/notices/handover/versions/2/publish")
        await client.post("/v1/notices/handover/versions/1/publish")
    async with house.deps.database.tenant(house.tenant_id) as conn:
        settings = (await tenants.get_tenant(conn)).settings
        assert settings["notices"]["handover"] == {"tr": WAIT}
        assert len(await notices.history(conn, "handover")) == 2


async def test_what_is_refused(house: House, neighbour: House) -> None:
    async def status(client: httpx.AsyncClient, name: str, texts: dict[str, Any]) -> int:
        return (await client.post(f"/v1/notices/{name}/drafts", json={"texts": texts})).status_code

    async with house.role("supervisor") as client, neighbour.role("owner") as other:
        assert await status(client, "nothing", {"tr": "x"}) == 404
        assert await status(client, "handover", {"de": "x"}) == 422
        assert await status(client, "handover", {"tr": "  "}) == 422
        assert await status(client, "handover", {"tr": "Sayın {{ isim }}"}) == 422
        assert await status(client, "consent_request", {"tr": "Kabul mü?"}) == 403
        version = await drafted(client, tr=WAIT)
        path = f"/v1/notices/handover/versions/{version}"
        assert (await other.post(f"{path}/publish")).status_code == 404
        assert (await client.delete(path)).status_code == 204
        assert (await client.delete(path)).status_code == 404
    async with house.role("agent") as client:
        assert await status(client, "handover", {"tr": "x"}) == 403

"""What the assistant took down for people: order requests and leads over the API and the pages."""

from __future__ import annotations

from invekto.records import events, leads, order_requests
from invekto.records.events import Place
from invekto.server.told import told
from tests.server.conftest import House
from tests.tools.houses import NOW, fill_shop

PLACE = "/v1/requests/{}/status"


async def ask(house: House, kind: str = "return", **given: object) -> str:
    """A customer's request for the first line of an order; returns its id."""
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await fill_shop(conn)
        made = await order_requests.add_request(
            conn, "ord-NM-10451", kind, key=f"k_{kind}", now=NOW, lines=[1], reason="size",
            detail={"note": "kolları kısa geldi, 0532 111 22 33'ten arayın", **given},
        )  # fmt: skip
    return made.request_id


async def test_a_request_is_seen_and_moved_on_to_its_end(house: House) -> None:
    request_id = await ask(house)
    async with house.role("agent") as agent:
        [seen] = (await agent.get("/v1/requests")).json()
        assert (seen["number"], seen["kind"], seen["status"]) == ("NM-10451", "return", "requested")
        assert len(seen["items"]) == 1
        moved = await agent.post(PLACE.format(request_id), json={"status": "approved"})
        assert moved.json()["status"] == "approved"
        done = await agent.post(PLACE.format(request_id), json={"status": "done"})
        assert done.json()["resolved_by"] == "ayse"
        assert (await agent.get("/v1/requests")).json() == []
        [settled] = (await agent.get("/v1/requests", params={"settled": True})).json()
        assert settled["status"] == "done"
        again = await agent.post(PLACE.format(request_id), json={"status": "rejected"})
        assert again.status_code == 409
        assert "becomes nothing" in again.json()["detail"]
        unknown = await agent.post(PLACE.format("req_none"), json={"status": "done"})
        assert unknown.status_code == 404


async def test_what_moves_is_told_to_webhooks_and_to_the_log(house: House) -> None:
    request_id = await ask(house)
    async with house.role("agent") as agent:
        await agent.post(PLACE.format(request_id), json={"status": "rejected"})
        await agent.post(PLACE.format(request_id), json={"status": "requested"})
    async with house.deps.database.tenant(house.tenant_id) as conn:
        seen = [e for e in await events.after(conn, Place(0, 0)) if e.type == "request.changed"]
        data = await told(conn, "request.changed", {"request_id": request_id})
    assert [e.subject["status"] for e in seen] == ["requested", "rejected", "requested"]
    assert (data["number"], data["kind"], data["lines"]) == ("NM-10451", "return", [1])


async def test_who_only_reads_sees_no_number_and_moves_nothing(house: House) -> None:
    request_id = await ask(house)
    async with house.role("knowledge_manager") as reader:
        [seen] = (await reader.get("/v1/requests")).json()
        assert "0532" not in seen["detail"]["note"]
        refused = await reader.post(PLACE.format(request_id), json={"status": "done"})
        assert refused.status_code == 403


async def test_a_lead_goes_through_its_stages(house: House) -> None:
    lead = leads.Lead(
        "lead_1", name="Selin Er", phone="+905321112233", interest="40 masa", quantity=40,
        score=55, score_reasons=[["quantity", 15]], next_followup_at=NOW,
    )  # fmt: skip
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await leads.save_lead(conn, lead, NOW)
    async with house.role("agent") as agent:
        [seen] = (await agent.get("/v1/leads")).json()
        assert (seen["name"], seen["reasons"], seen["status"]) == ("Selin Er", ["quantity"], "new")
        won = await agent.post("/v1/leads/lead_1/status", json={"status": "won"})
        assert (won.json()["status"], won.json()["next_followup_at"]) == ("won", None)
        assert (await agent.get("/v1/leads", params={"status": "new"})).json() == []
        assert (await agent.post("/v1/leads/x/status", json={"status": "won"})).status_code == 404
    async with house.role("knowledge_manager") as reader:
        assert (await reader.get("/v1/leads")).json()[0]["phone"] != lead.phone
    async with house.deps.database.tenant(house.tenant_id) as conn:
        assert [kind for kind, *_ in await leads.activities(conn, "lead_1")] == ["status_changed"]


async def test_the_page_shows_them_and_its_buttons_work(house: House) -> None:
    request_id = await ask(house, what="address", value="Yeni Mah. 5")
    async with house.role("agent") as agent:
        page = (await agent.get("/console/requests")).text
        assert "#NM-10451" in page
        assert "Yeni Mah. 5" in page
        at = f"/console/requests/orders/{request_id}"
        moved = await agent.post(at, data={"status": "approved"}, follow_redirects=False)
        assert moved.status_code == 303
        assert "Onaylandı" in (await agent.get("/console/requests")).text
        odd = await agent.post(at, data={"status": "lost"}, follow_redirects=False)
        assert odd.status_code in (400, 422)

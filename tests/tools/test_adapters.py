"""The same tools for a model's tool loop and for other people's agents."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from invekto.contracts.action import ProposedAction
from invekto.contracts.clock import fixed_clock
from invekto.records import order_requests, tenants
from invekto.records.routing import token_hash
from invekto.tools.contract import ContactView, ToolContext
from invekto.tools.langchain import MAX_CHARACTERS, structured_tools
from invekto.tools.mcp import ToolServer
from invekto.tools.orders import Orders
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.tools.houses import NOW, House, contact, context

if TYPE_CHECKING:  # slow to import, and one of them optional
    from langchain_core.tools import StructuredTool
    from mcp import types
    from mcp.client.client import Client

box = Toolbox(standard_tools())


@asynccontextmanager
async def loop_tools(house: House, who: ContactView) -> AsyncIterator[dict[str, StructuredTool]]:
    async with house.db.tenant(house.id) as conn:
        ctx = context(house, conn, who)

        async def contexts() -> ToolContext:
            return ctx

        yield {tool.name: tool for tool in structured_tools(box.offered(ctx), contexts)}


async def call(tool: StructuredTool, **args: object) -> tuple[str, Any]:
    message = await tool.ainvoke({"type": "tool_call", "id": "1", "name": tool.name, "args": args})
    return str(message.content), message.artifact


async def test_reads_run_and_writes_only_propose(shop: House) -> None:
    who = await contact(shop, "+905321112233")
    async with loop_tools(shop, who) as tools:
        text, result = await call(tools["orders_find"], number="10452")
        assert isinstance(result, Orders)
        assert "NM-10452 numaralı siparişin durumu" in text
        text, action = await call(tools["orders_request_cancel"], number="10451")
        assert isinstance(action, ProposedAction)
        assert json.loads(text)["waits_for"] == "approval"
    async with shop.db.tenant(shop.id) as conn:
        assert await order_requests.list_requests(conn) == []


async def test_a_model_gets_reasons_it_can_act_on(shop: House) -> None:
    who = await contact(shop, "+905321112233")
    async with loop_tools(shop, who) as tools:
        text, result = await call(tools["orders_find"], number="NM-20001")
        assert (json.loads(text)["refused"], result) == ("identity", None)
        text, _ = await call(tools["catalog_stock"], product="gomlek", tenant_id="other")
        assert json.loads(text)["error"] == "bad_data"
        text, _ = await call(tools["slots_search"], service="x", day="yarın")
        assert json.loads(text)["error"] == "bad_data"


async def test_what_a_model_reads_is_bounded(shop: House) -> None:
    who = await contact(shop, "+905321112233")
    async with loop_tools(shop, who) as tools:
        text, _ = await call(tools["orders_find"])
    assert len(text) <= MAX_CHARACTERS


async def test_only_what_the_caller_may_use_is_offered(shop: House) -> None:
    async with shop.db.tenant(shop.id) as conn:
        nobody = box.offered(context(shop, conn, None))
        nothing = box.offered(context(shop, conn, None, role="read_only"))
        few = box.offered(context(shop, conn, None), {"orders.find", "slots.book"})
    assert "orders.request_cancel" not in {t.name for t in nobody}
    assert nothing == []
    assert [t.name for t in few] == ["orders.find"]


@pytest.fixture
async def server(shop: House) -> AsyncIterator[str]:
    """A real HTTP server with the tools at /mcp, and keys of the shop."""
    async with shop.db.tenant(shop.id) as conn:
        for key, scopes in (("key-read", ["read"]), ("key-write", ["read", "messages"])):
            await tenants.add_api_key(
                conn, key_hash=token_hash(f"{shop.id}-{key}"), prefix="k", name=key, scopes=scopes
            )
    app = ToolServer(shop.db, standard_tools(), fixed_clock(NOW)).app()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none")
    running = uvicorn.Server(config)
    task = asyncio.create_task(running.serve())
    for _ in range(1000):
        if running.started:
            break
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}/mcp"
    running.should_exit = True
    await task


@asynccontextmanager
async def client(address: str, key: str, **headers: str) -> AsyncIterator[Client]:
    import httpx2
    from mcp.client.client import Client
    from mcp.client.streamable_http import streamable_http_client

    sent = {"authorization": f"Bearer {key}"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        httpx2.AsyncClient(headers=sent) as http,
        Client(streamable_http_client(address, http_client=http)) as connected,
    ):
        yield connected


def hints(tool: types.Tool) -> types.ToolAnnotations:
    assert tool.annotations is not None
    return tool.annotations


async def test_mcp_shows_what_a_key_may_use(shop: House, server: str) -> None:
    async with client(server, f"{shop.id}-key-read") as mcp:
        listed = (await mcp.list_tools()).tools
    assert listed
    assert all(hints(tool).read_only_hint for tool in listed)
    async with client(server, f"{shop.id}-key-write") as mcp:
        hinted = {tool.name: hints(tool) for tool in (await mcp.list_tools()).tools}
    assert len(hinted) == len(box)
    assert hinted["orders.request_cancel"].destructive_hint
    assert not hinted["orders.request_cancel"].read_only_hint
    assert hinted["payments.create_link"].open_world_hint


async def test_mcp_acts_for_the_contact_of_the_header(shop: House, server: str) -> None:
    who = await contact(shop, "+905321112233")
    key = f"{shop.id}-key-write"
    more = {"x_invekto_contact": who.contact_id, "idempotency_key": "once"}
    async with client(server, key, **more) as mcp:
        found = await mcp.call_tool("orders.find", {"number": "10452"})
        assert found.content[0].type == "text"
        assert "NM-10452" in found.content[0].text
        foreign = await mcp.call_tool("orders.find", {"number": "NM-20001"})
        assert foreign.is_error
        assert foreign.structured_content["refused"] == "identity"
        first = await mcp.call_tool("orders.request_invoice", {"number": "10452"})
        second = await mcp.call_tool("orders.request_invoice", {"number": "10452"})
        assert first.structured_content == second.structured_content
    async with shop.db.tenant(shop.id) as conn:
        assert len(await order_requests.list_requests(conn)) == 1


async def test_mcp_refuses_strangers(shop: House, clinic: House, server: str) -> None:
    theirs = await contact(clinic, "+905321112233")
    async with client(server, f"{shop.id}-key-read") as mcp:
        for tool in ("orders.request_cancel", "no.such"):
            answer = await mcp.call_tool(tool, {"number": "10451"})
            assert answer.is_error
    key = f"{shop.id}-key-write"
    async with client(server, key, x_invekto_contact=theirs.contact_id) as mcp:
        answer = await mcp.call_tool("orders.find", {})
        assert answer.structured_content["refused"] == "not_found"
    import httpx

    async with httpx.AsyncClient() as http:
        for headers in ({}, {"authorization": "Bearer wrong"}):
            body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
            assert (await http.post(server, json=body, headers=headers)).status_code == 401


async def test_guessing_through_mcp_is_counted(shop: House, server: str) -> None:
    who = await contact(shop, None, name=None)
    async with client(server, f"{shop.id}-key-write", x_invekto_contact=who.contact_id) as mcp:
        reasons = []
        for n in range(7):
            tool = "orders.request_cancel" if n % 2 else "orders.find"
            args = {"number": "NM-20001", "second_factor": f"{n:04d}"}
            answer = await mcp.call_tool(tool, args)
            reasons.append(answer.structured_content["refused"])
    assert reasons == ["no_match"] * 5 + ["too_many_tries"] * 2

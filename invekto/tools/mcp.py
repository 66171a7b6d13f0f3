"""The same tools for other people's agents: an MCP server over streamable HTTP.

Authorization: Bearer <API key of the tenant>. Scope `read` may use reads, `messages` writes too.
For whom a call is made stands in headers, which a model cannot write:

    X-Invekto-Contact       the customer; without one only what belongs to nobody can be read
    X-Invekto-Conversation  where it happens
    Idempotency-Key         the same write under the same key is done once

A write is checked, committed and recorded in one go: whoever holds a key with `messages` is the
person who presses Send.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from invekto.contracts.action import action_key
from invekto.contracts.clock import Clock
from invekto.contracts.ids import new_id
from invekto.db.pool import Database
from invekto.errors import InvektoError, NotFound, Refused
from invekto.records import conversations, executed, routing, tenants
from invekto.tools.contract import ContactView, Effect, Opens, Tool, ToolContext, ToolResult
from invekto.tools.langchain import result_text
from invekto.tools.tenancy import tenant_view
from invekto.tools.toolbox import Toolbox
from invekto.tools.wording import speaks

if TYPE_CHECKING:
    from mcp import types
    from mcp.server import Server
    from starlette.applications import Starlette

READ, WRITE = "read", "messages"
"""Scopes of API keys."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who calls, and for whom."""

    tenant_id: str
    api_key_id: str
    scopes: frozenset[str]
    contact_id: str | None = None
    conversation_id: str | None = None
    idempotency_key: str | None = None


class ToolServer:
    """Serves a toolbox to MCP clients, each seeing its own tenant."""

    def __init__(
        self,
        database: Database,
        tools: Iterable[Tool[Any, Any]],
        clock: Clock,
        gateways: Any = None,
    ) -> None:
        self._database = database
        self._box = Toolbox(tools)
        self._clock = clock
        self._gateways = gateways

    def app(self, *, hosts: list[str] | None = None, path: str = "/mcp") -> Starlette:
        """The ASGI application; its lifespan has to be run.

        Args:
            hosts: allowed Host headers, such as `api.example.com`; loopback where None.
        """
        from mcp.server.auth.settings import AuthSettings
        from mcp.server.transport_security import TransportSecuritySettings
        from pydantic import AnyHttpUrl

        security = None if hosts is None else TransportSecuritySettings(allowed_hosts=hosts)
        auth = AuthSettings(
            issuer_url=AnyHttpUrl("https://invekto.example"), resource_server_url=None,
            required_scopes=[READ],
        )  # fmt: skip
        return self.server().streamable_http_app(
            streamable_http_path=path, json_response=True, stateless_http=True,
            transport_security=security, auth=auth, token_verifier=_Keys(self._database),
        )  # fmt: skip

    def server(self) -> Server[Any]:
        """The protocol server without a transport."""
        from mcp import types
        from mcp.server import Server

        async def list_tools(_: Any, __: Any) -> types.ListToolsResult:
            return types.ListToolsResult(tools=self.tools_for(_visit(None)))

        async def call_tool(
            context: Any, params: types.CallToolRequestParams
        ) -> types.CallToolResult:
            visit = _visit(context.request)
            return await self.call(visit, params.name, params.arguments or {})

        return Server("invekto", on_list_tools=list_tools, on_call_tool=call_tool)

    def tools_for(self, visit: Visit) -> list[types.Tool]:
        """The tools this key may use, with hints what may run without a person."""
        return [_described(tool) for tool in self._box if _permits(visit, tool)]

    async def call(self, visit: Visit, name: str, args: dict[str, Any]) -> types.CallToolResult:
        """Run one tool in a transaction of the key's tenant."""
        try:
            tool = self._box.get(name)
            if not _permits(visit, tool):
                raise NotFound(f"there is no tool {name!r} for this key")
            if tool.effect is Effect.READ:
                return await self._read(visit, tool, args)
            return await self._write(visit, tool, args)
        except InvektoError as error:
            return _refused(error)

    async def _read(
        self, visit: Visit, tool: Tool[Any, Any], args: dict[str, Any]
    ) -> types.CallToolResult:
        async with self._database.tenant(visit.tenant_id) as conn:
            ctx = await self._context(conn, visit)
            try:
                return _answered(await tool.read(ctx, args), speaks(ctx))
            except Refused as refusal:  # caught here so that a failed proof it noted is kept
                return _refused(refusal)

    async def _write(
        self, visit: Visit, tool: Tool[Any, Any], args: dict[str, Any]
    ) -> types.CallToolResult:
        # One key for all transactions of this call, also where the caller sent none.
        visit = replace(visit, idempotency_key=visit.idempotency_key or new_id("call"))
        by = f"api_key:{visit.api_key_id}"

        @asynccontextmanager
        async def opens() -> AsyncIterator[ToolContext]:
            async with self._database.tenant(visit.tenant_id) as conn:
                yield await self._context(conn, visit)

        if tool.outside:
            return await _done_once_outside(opens, tool, args, by)
        async with opens() as ctx:
            return await _done_once(ctx, tool, args, by)

    async def _context(self, conn: Any, visit: Visit) -> ToolContext:
        tenant = tenant_view(await tenants.get_tenant(conn))
        contact = None
        if visit.contact_id is not None:
            contact = await _contact(conn, visit, tenant.default_language)
        once = visit.idempotency_key or new_id("call")
        return ToolContext(
            conn=conn, tenant_id=visit.tenant_id, tenant=tenant, contact=contact,
            conversation_id=visit.conversation_id,
            turn_id=f"mcp:{visit.contact_id or '-'}:{once}", clock=self._clock,
            role="agent" if contact is None and WRITE in visit.scopes else "assistant",
            outside=self._gateways,
        )  # fmt: skip


async def _done_once(
    ctx: ToolContext, tool: Tool[Any, Any], args: dict[str, Any], by: str
) -> types.CallToolResult:
    """Check and commit a write under its key. A refusal changes nothing but what was noted of it
    (a failed proof, the refused action)."""
    key, before = await _begun(ctx, tool, args, by)
    if before is not None:
        return _answered(before, speaks(ctx))
    try:
        action = await tool.propose(ctx, args)
        async with ctx.conn.transaction():
            result: ToolResult = await tool.commit(replace(ctx, idempotency_key=key), action)
    except Refused as refusal:
        await executed.end_action(ctx.conn, key, "refused", None)
        return _refused(refusal)
    await executed.end_action(ctx.conn, key, "done", result.model_dump(mode="json"))
    return _answered(result, speaks(ctx))


async def _done_once_outside(
    opens: Opens, tool: Tool[Any, Any], args: dict[str, Any], by: str
) -> types.CallToolResult:
    """As `_done_once`, for a write at a provider: no transaction is open while it is asked."""
    async with opens() as ctx:
        key, before = await _begun(ctx, tool, args, by)
        language = speaks(ctx)
        if before is not None:
            return _answered(before, language)
        try:
            action = await tool.propose(ctx, args)
        except Refused as refusal:
            await executed.end_action(ctx.conn, key, "refused", None)
            return _refused(refusal)

    @asynccontextmanager
    async def committing() -> AsyncIterator[ToolContext]:
        async with opens() as inner:
            yield replace(inner, idempotency_key=key)

    try:
        result: ToolResult = await tool.commit_outside(committing, action)
    except Refused as refusal:
        async with opens() as ctx:
            await executed.end_action(ctx.conn, key, "refused", None)
        return _refused(refusal)
    async with opens() as ctx:
        await executed.end_action(ctx.conn, key, "done", result.model_dump(mode="json"))
    return _answered(result, language)


async def _begun(
    ctx: ToolContext, tool: Tool[Any, Any], args: dict[str, Any], by: str
) -> tuple[str, ToolResult | None]:
    """The call's key, and the result where it was done before."""
    parsed = tool.parse(args).model_dump(mode="json")
    key = action_key(ctx.turn_id or "", tool.name, parsed)
    before = await executed.begin_action(
        ctx.conn, key, tool=tool.name, args=parsed, turn_id=ctx.turn_id,
        conversation_id=ctx.conversation_id, by=by, now=ctx.now,
    )  # fmt: skip
    done = before is not None and before["status"] == "done"
    return key, tool.result.model_validate(before["result"]) if before and done else None


async def _contact(conn: Any, visit: Visit, default_language: str) -> ContactView:
    """The customer named in the header; NotFound for one of another tenant's."""
    assert visit.contact_id is not None
    stored = await conversations.get_contact(conn, visit.contact_id)
    proven: frozenset[str] = frozenset()
    if visit.conversation_id is not None:
        conversation = await conversations.get(conn, visit.conversation_id)
        if conversation.contact_id != visit.contact_id:
            raise NotFound(f"conversation {visit.conversation_id} is not this contact's")
        proven = frozenset(conversation.proven)
    return ContactView(
        contact_id=stored.contact_id, name=stored.name, phone=stored.phone,
        phone_verified=stored.phone_verified, language=stored.language or default_language,
        channel=stored.channel, proven=proven,
    )  # fmt: skip


class _Keys:
    """Knows API keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def verify_token(self, token: str) -> Any:
        from mcp.server.auth.provider import AccessToken

        async with self._database.routing() as conn:
            owner = await routing.by_api_key(conn, token)
        if owner is None:
            return None
        return AccessToken(
            token=owner.api_key_id,
            client_id=owner.api_key_id,
            scopes=owner.scopes,
            subject=owner.tenant_id,
        )


def _visit(request: Any) -> Visit:
    """The caller, as the authentication in front of us knows them."""
    from mcp.server.auth.middleware.auth_context import get_access_token

    token = get_access_token()
    if token is None or token.subject is None:
        raise NotFound("no API key came with this call")
    headers = request.headers if request is not None else {}
    return Visit(
        tenant_id=token.subject,
        api_key_id=token.client_id,
        scopes=frozenset(token.scopes),
        contact_id=headers.get("x-invekto-contact"),
        conversation_id=headers.get("x-invekto-conversation"),
        idempotency_key=headers.get("idempotency-key"),
    )


def _permits(visit: Visit, tool: Tool[Any, Any]) -> bool:
    needed = READ if tool.effect is Effect.READ else WRITE
    return needed in visit.scopes


def _described(tool: Tool[Any, Any]) -> types.Tool:
    from mcp import types

    read = tool.effect is Effect.READ
    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=tool.args.model_json_schema(),
        annotations=types.ToolAnnotations(
            read_only_hint=read,
            destructive_hint=tool.destructive,
            idempotent_hint=read,
            open_world_hint=tool.outside,
        ),
    )


def _answered(result: ToolResult, language: str) -> types.CallToolResult:
    from mcp import types

    return types.CallToolResult(
        content=[types.TextContent(type="text", text=result_text(result, language))],
        structured_content=result.model_dump(mode="json"),
    )


def _refused(error: InvektoError) -> types.CallToolResult:
    from mcp import types

    reason = error.reason if isinstance(error, Refused) else error.code
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=f"{reason}: {error.message}")],
        structured_content={"refused": reason, "message": error.message},
        is_error=True,
    )

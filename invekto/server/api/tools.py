"""The tools, for agents: what the AI may use, and running the reads of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from psycopg import AsyncConnection
from pydantic import BaseModel, Field

from invekto.errors import NotFound
from invekto.records import conversations
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.shapes import Body
from invekto.tools.contract import ContactView, TenantView, ToolContext

router = APIRouter(prefix="/v1/tools", tags=["tools"], route_class=Door)


class ToolSeen(BaseModel):
    name: str
    description: str
    effect: str
    risk: str
    destructive: bool
    arguments: dict[str, Any] = Field(description="JSON Schema.")


class RunIn(Body):
    arguments: dict[str, Any] = Field({}, examples=[{"order_number": "4512"}])
    conversation_id: Annotated[str, Field(max_length=128)] | None = Field(
        None, description="Whose customer is meant."
    )


class Ran(BaseModel):
    result: dict[str, Any]


@router.get("")
async def list_tools(caller: CurrentCaller, deps: Deps) -> list[ToolSeen]:
    """The tools of the tenant's sector."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        _, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
    return [
        ToolSeen(
            name=tool.name,
            description=tool.description,
            effect=tool.effect,
            risk=tool.risk,
            destructive=tool.destructive,
            arguments=tool.args.model_json_schema(),
        )
        for tool in kit.tools.values()
    ]


@router.post("/{name}/run")
async def run_tool(name: str, body: RunIn, caller: CurrentCaller, deps: Deps) -> Ran:
    """Run a read. Writes are proposed by turns and done by verdicts, never from here."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
        tool = kit.tools.get(name)
        if tool is None:
            raise NotFound(f"there is no tool {name}")
        contact = await _contact(conn, body.conversation_id, tenant)
        ctx = ToolContext(
            conn=conn,
            tenant_id=caller.tenant_id,
            tenant=tenant,
            contact=contact,
            conversation_id=body.conversation_id,
            turn_id=None,
            clock=deps.clock,
            role=tool_role(caller),
            outside=deps.engine.deps.gateways,
        )
        result = await tool.read(ctx, body.arguments)
    return Ran(result=result.model_dump(mode="json"))


async def _contact(
    conn: AsyncConnection[Any], conversation_id: str | None, tenant: TenantView
) -> ContactView | None:
    """The customer of a conversation, as tools see them. Raises NotFound."""
    if conversation_id is None:
        return None
    conversation = await conversations.get(conn, conversation_id)
    contact = await conversations.get_contact(conn, conversation.contact_id)
    return ContactView(
        contact_id=contact.contact_id,
        name=contact.name,
        phone=contact.phone,
        phone_verified=contact.phone_verified,
        language=contact.language or tenant.default_language,
        channel=contact.channel,
        proven=frozenset(conversation.proven),
    )


def tool_role(caller: Caller) -> str:
    """As which role the tools see the caller: a program with the inbox's scope is an agent."""
    return caller.role.value if caller.role is not None else "agent"

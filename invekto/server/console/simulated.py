"""The demo's customer: write as one, and watch what the assistant does."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage
from invekto.errors import NotFound
from invekto.records import conversations
from invekto.server.auth import CurrentCaller
from invekto.server.console.pages import render
from invekto.server.deps import Deps, ServerDeps
from invekto.server.receiving import storable_message
from invekto.server.shapes import Body
from invekto.server.turns import run_turn_for_request

router = APIRouter(prefix="/console", include_in_schema=False)

CHANNELS = ("whatsapp", "web")
PATIENCE = 10.0  # seconds


class Said(Body):
    text: str = Field(min_length=1, max_length=2000)
    name: str = Field("Deniz Aksoy", min_length=1, max_length=80)
    phone: str = Field("+905551234567", pattern=r"\+[0-9]{8,15}")
    channel: str = "whatsapp"


@router.get("/simulated")
async def thread(
    request: Request, caller: CurrentCaller, deps: Deps, conversation: str
) -> Response:
    """The conversation as the customer's telephone shows it."""
    _only_demo(deps)
    async with deps.database.tenant(caller.tenant_id) as conn:
        await conversations.get(conn, conversation)
        messages = await conversations.thread(conn, conversation, last=30)
    return render(request, "simulated_thread.html", caller, messages=messages)


@router.post("/simulated")
async def say(body: Said, caller: CurrentCaller, deps: Deps) -> dict[str, object]:
    """Store the message as a channel would, and run its turn at once."""
    _only_demo(deps)
    inbound = InboundMessage(
        channel=body.channel if body.channel in CHANNELS else "whatsapp",
        channel_user_id=body.phone.lstrip("+"),
        provider_message_id=new_id("sim"),
        text=body.text,
        sent_at=deps.clock(),
        name=body.name,
        phone=body.phone,
        phone_verified=True,
    )
    async with deps.database.tenant(caller.tenant_id) as conn:
        received = await conversations.receive(conn, storable_message(inbound), deps.clock())
    handled = await run_turn_for_request(
        deps, caller.tenant_id, received.conversation_id, new_id("simulated"), patience=PATIENCE
    )
    return {
        "conversation_id": received.conversation_id,
        "outcome": handled.committed.outcome if handled else None,
        "milliseconds": round(handled.worked.milliseconds) if handled else None,
    }


def _only_demo(deps: ServerDeps) -> None:
    if not deps.settings.demo:
        raise NotFound("there is no simulated customer outside the demo")

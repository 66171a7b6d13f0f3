"""What the widget calls. Open to any page that holds the account's token, or to the origins that
the account names; what is read or written is the visitor's own conversation."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib import resources
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field

from invekto.channels.web import CHANNEL, Mark, Visitor, known_visitor, new_visitor, public_author
from invekto.contracts.messages import InboundMessage
from invekto.errors import NotAllowed, NotFound, TooMuch
from invekto.records import conversations, listings, rate_limits, routing, tenants
from invekto.records.routing import AccountOwner
from invekto.server.deps import Deps, ServerDeps
from invekto.server.receiving import storable_message, store_and_enqueue
from invekto.server.shapes import Body

router = APIRouter(prefix="/widget", tags=["web chat"])
script = APIRouter(include_in_schema=False)

CORS = {
    "access-control-allow-methods": "GET, POST, OPTIONS",
    "access-control-allow-headers": "content-type, x-visitor",
    "access-control-max-age": "86400",
    "cross-origin-resource-policy": "cross-origin",
}
SHOWN = 60
"""Messages that are shown when a conversation is resumed."""


class Begun(BaseModel):
    visitor: str = Field(description="Keep it in the browser; send it as X-Visitor.")


class Opening(BaseModel):
    """What the widget needs to draw itself."""

    business: str
    language: str


class Said(Body):
    message_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")] = Field(
        description="Made by the browser: sending it twice stores it once."
    )
    text: Annotated[str, Field(min_length=1, max_length=4_000)]


class Line(BaseModel):
    seq: int
    author: str = Field(description="you, assistant or person")
    text: str
    sent_at: datetime


class Lines(BaseModel):
    lines: list[Line]


@cache
def _script() -> bytes:
    return (resources.files("invekto.server.widget") / "widget.js").read_bytes()


@script.get("/widget.js")
async def widget_script() -> Response:
    """The script; the page's tag holds the token in `data-token`."""
    headers = {
        "cache-control": "public, max-age=300",
        "cross-origin-resource-policy": "cross-origin",
        "access-control-allow-origin": "*",
    }
    return Response(_script(), media_type="text/javascript", headers=headers)


@router.options("/{token}", include_in_schema=False)
@router.options("/{token}/{rest:path}", include_in_schema=False)
async def preflight(token: str, request: Request, deps: Deps) -> Response:
    """What the browser asks before it lets a page call us."""
    _, allowed = await _account(deps, token, request)
    return Response(status_code=204, headers=allowed)


@router.get("/{token}")
async def opening(token: str, request: Request, response: Response, deps: Deps) -> Opening:
    """Whose chat it is, and its language."""
    owner, allowed = await _account(deps, token, request)
    response.headers.update(allowed)
    async with deps.database.tenant(owner.tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
    return Opening(business=tenant.name, language=tenant.default_language)


@router.post("/{token}/visitors", status_code=201)
async def begin(token: str, request: Request, response: Response, deps: Deps) -> Begun:
    """A new visitor."""
    owner, allowed = await _account(deps, token, request)
    response.headers.update(allowed)
    await _limited(deps, owner, "widget visitors", burst=120, per_second=2.0)
    return Begun(visitor=new_visitor(owner.channel_account_id, _mark(deps)).token)


@router.post("/{token}/messages", status_code=202)
async def say(
    token: str,
    said: Said,
    request: Request,
    response: Response,
    deps: Deps,
    x_visitor: Annotated[str, Header(max_length=200)] = "",
) -> Line:
    """The visitor writes."""
    owner, allowed = await _account(deps, token, request)
    response.headers.update(allowed)
    visitor = known_visitor(owner.channel_account_id, x_visitor, _mark(deps))
    await _limited(deps, owner, f"widget {visitor.visitor_id}", burst=10, per_second=0.5)
    now = deps.clock()
    inbound = InboundMessage(
        channel=CHANNEL,
        channel_user_id=visitor.visitor_id,
        provider_message_id=f"{visitor.visitor_id}:{said.message_id}",
        text=said.text,
        sent_at=now,
        channel_account_id=owner.channel_account_id,
    )
    async with deps.database.tenant(owner.tenant_id) as conn:
        received = await store_and_enqueue(
            conn, storable_message(inbound), now, quiet_seconds=deps.settings.quiet_seconds
        )
    return Line(seq=received.seq, author="you", text=said.text, sent_at=now)


@router.get("/{token}/messages")
async def read(
    token: str,
    request: Request,
    response: Response,
    deps: Deps,
    x_visitor: Annotated[str, Header(max_length=200)] = "",
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> Lines:
    """The visitor's conversation, oldest first, after a number."""
    owner, allowed = await _account(deps, token, request)
    response.headers.update(allowed)
    visitor = known_visitor(owner.channel_account_id, x_visitor, _mark(deps))
    return Lines(lines=await _lines(deps, owner, visitor, after))


async def _lines(deps: ServerDeps, owner: AccountOwner, visitor: Visitor, after: int) -> list[Line]:
    async with deps.database.tenant(owner.tenant_id) as conn:
        contact = await conversations.find_contact(conn, CHANNEL, visitor.visitor_id)
        if contact is None:
            return []
        found = await listings.messages_of_contact(
            conn, contact.contact_id, after=after, limit=SHOWN
        )
    return [
        Line(seq=m.seq, author=public_author(m.author), text=m.text, sent_at=m.sent_at)
        for m in found
    ]


async def _account(
    deps: ServerDeps, token: str, request: Request
) -> tuple[AccountOwner, dict[str, str]]:
    """The widget's account, and the headers that let the page read the answer."""
    async with deps.database.routing() as conn:
        owner = await routing.by_channel_token(conn, token)
    if owner is None or owner.channel != CHANNEL:
        raise NotFound("no such widget")
    async with deps.database.tenant(owner.tenant_id) as conn:
        account = await tenants.get_channel_account(conn, owner.channel_account_id)
    origin = request.headers.get("origin")
    wanted = account.settings.get("origins") or []
    if wanted and origin is not None and origin not in wanted:
        raise NotAllowed("this page may not show this widget")
    return owner, {**CORS, "access-control-allow-origin": origin or "*", "vary": "origin"}


async def _limited(
    deps: ServerDeps, owner: AccountOwner, bucket: str, *, burst: int, per_second: float
) -> None:
    async with deps.database.tenant(owner.tenant_id) as conn:
        allowance = await rate_limits.take(conn, bucket, burst=burst, per_second=per_second)
    if not allowance.allowed:
        raise TooMuch("slower, please", retry_after=max(1, round(allowance.retry_after)))


def _mark(deps: ServerDeps) -> Mark:
    return lambda value: deps.sealer.mark(value, "widget visitor")

"""The inbox: list, thread, and beside it why the assistant says what it says."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from psycopg import AsyncConnection
from starlette.responses import Response

from invekto.records import conversations, inbox, notes, tenants, turns
from invekto.server.audited import looked
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller
from invekto.server.console.pages import page, render, said
from invekto.server.console.why import Panel, panel_of
from invekto.server.deps import Deps
from invekto.server.masking import Mask, mask_for

router = APIRouter(prefix="/console/inbox", include_in_schema=False)

Conn = AsyncConnection[Any]
ViewName = Annotated[str, Query(max_length=20)]
Text = Annotated[str, Query(max_length=120)]
PAGE = 50
VARIABLE = re.compile(r"( ?)\{(name|business|agent)\}")
"""With the blank before it, which goes where the name is not known."""


@router.get("")
async def inbox_page(
    request: Request, caller: CurrentCaller, deps: Deps, view: ViewName = "all",
    channel: Text = "", tag: Text = "", intent: Text = "", q: Text = "",
) -> Response:  # fmt: skip
    """The list; on a wide screen with its first conversation open."""
    wanted = _filter(view, channel, tag, intent, q)
    async with deps.database.tenant(caller.tenant_id) as conn:
        listed = await _list(conn, request, caller, wanted)
        first = listed["rows"][0].conversation_id if listed["rows"] else None
        opened = await _opened(conn, request, caller, first) if first else {}
    return await page(
        request, "inbox.html", caller, **listed, **opened, chosen=False, selected=first
    )


@router.get("/list")
async def inbox_list(
    request: Request, caller: CurrentCaller, deps: Deps, view: ViewName = "all",
    channel: Text = "", tag: Text = "", intent: Text = "", q: Text = "",
    selected: Text = "", offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:  # fmt: skip
    """The list alone, for replacing it on the page."""
    wanted = _filter(view, channel, tag, intent, q)
    async with deps.database.tenant(caller.tenant_id) as conn:
        listed = await _list(conn, request, caller, wanted, offset=offset)
        people = await tenants.list_users(conn, active_only=False)
        tenant = await tenants.get_tenant(conn)
    return render(
        request, "inbox_list.html", caller, **listed, selected=selected, tenant=tenant,
        people={p.user_id: p.name for p in people},
    )  # fmt: skip


@router.get("/{conversation_id}")
async def conversation_page(
    conversation_id: str, request: Request, caller: CurrentCaller, deps: Deps,
    view: ViewName = "all", channel: Text = "", tag: Text = "", intent: Text = "", q: Text = "",
) -> Response:  # fmt: skip
    """The inbox with this conversation open."""
    wanted = _filter(view, channel, tag, intent, q)
    async with deps.database.tenant(caller.tenant_id) as conn:
        listed = await _list(conn, request, caller, wanted)
        opened = await _opened(conn, request, caller, conversation_id)
    return await page(
        request, "inbox.html", caller, **listed, **opened, chosen=True, selected=conversation_id
    )


@router.get("/{conversation_id}/body")
async def conversation_body(
    conversation_id: str, request: Request, caller: CurrentCaller, deps: Deps
) -> Response:
    """Thread, draft and panel, for replacing them on the page."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        opened = await _opened(conn, request, caller, conversation_id)
        people = await tenants.list_users(conn, active_only=False)
        tenant = await tenants.get_tenant(conn)
    return render(
        request, "conversation.html", caller, **opened, tenant=tenant,
        people={p.user_id: p.name for p in people},
    )  # fmt: skip


@router.get("/{conversation_id}/why/{turn_id}")
async def why(
    conversation_id: str, turn_id: str, request: Request, caller: CurrentCaller, deps: Deps
) -> Response:
    """The why of one turn."""
    w = said(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        mask = await _mask(conn, request, caller)
        turn = mask.row(await turns.get_turn(conn, turn_id), "why", "inputs")
        tenant = await tenants.get_tenant(conn)
    panel = panel_of(turn, w, zone=tenant.timezone)
    return render(
        request, "why.html", caller, panel=panel, tenant=tenant, single=True,
        conversation_id=conversation_id,
    )  # fmt: skip


def _filter(view: str, channel: str, tag: str, intent: str, q: str) -> inbox.Filter:
    known = view if view in inbox.VIEWS else "all"
    return inbox.Filter(known, channel or None, tag or None, intent or None, q.strip() or None)


async def _list(
    conn: Conn, request: Request, caller: Caller, wanted: inbox.Filter, *, offset: int = 0
) -> dict[str, Any]:
    rows = await inbox.rows(conn, wanted, caller.subject, limit=PAGE + 1, offset=offset)
    mask = await _mask(conn, request, caller)
    return {
        "rows": [mask.row(row, "text") for row in rows[:PAGE]],
        "more": offset + PAGE if len(rows) > PAGE else None,
        "counts": await inbox.counts(conn, caller.subject),
        "choices": await inbox.choices(conn),
        "wanted": wanted,
        "asked": {k: v for k, v in asdict(wanted).items() if v and (k, v) != ("view", "all")},
    }


async def _opened(
    conn: Conn, request: Request, caller: Caller, conversation_id: str
) -> dict[str, Any]:
    """All that is shown of one conversation. Raises NotFound."""
    w = said(request)
    conversation = await conversations.get(conn, conversation_id)
    await looked(conn, caller, "conversation", conversation_id)
    contact = await conversations.get_contact(conn, conversation.contact_id)
    tenant = await tenants.get_tenant(conn)
    mask = await _mask(conn, request, caller)
    drafts = await turns.open_suggestions(conn, conversation_id)
    suggestion = mask.suggestion(drafts[0]) if drafts else None
    happened = await turns.turns_of(conn, conversation_id, last=60)
    handover = next(
        (h for h in await _handovers(conn, conversation_id) if h.status != "resolved"), None
    )
    handover = mask.row(handover, "summary") if handover is not None else None
    shown = _shown(happened, suggestion)
    panel: Panel | None = None
    if shown is not None:
        shown = mask.row(shown, "why", "inputs")
        panel = panel_of(shown, w, suggestion=suggestion, handover=handover, zone=tenant.timezone)
    return {
        "conversation": conversation,
        "contact": contact,
        "messages": [
            mask.row(one, "text") for one in await conversations.thread(conn, conversation_id)
        ],
        "turns": {t.turn_id: t for t in happened},
        "suggestion": suggestion,
        "stale": conversation.last_inbound_seq > conversation.answered_seq,
        "others": len(drafts[1:]),
        "handover": handover,
        "panel": panel,
        "notes": [mask.row(one, "text") for one in await notes.notes_of(conn, conversation_id)],
        "canned": [
            _filled(c, name=contact.name, business=tenant.name, agent=caller.name)
            for c in await notes.list_canned(conn)
        ],
        "zone": tenant.timezone,
    }


async def _mask(conn: Conn, request: Request, caller: Caller) -> Mask:
    """What the caller may not see, worded in the language of the page."""
    return await mask_for(conn, caller, said(request).hidden)


def _shown(happened: list[turns.Turn], suggestion: turns.Suggestion | None) -> turns.Turn | None:
    """The turn the panel opens with: the draft's, else the last one."""
    if suggestion is not None:
        return next((t for t in happened if t.turn_id == suggestion.turn_id), None)
    return happened[0] if happened else None


async def _handovers(conn: Conn, conversation_id: str) -> list[turns.StoredHandOver]:
    return [
        h for h in await turns.open_handovers(conn, limit=500)
        if h.conversation_id == conversation_id
    ]  # fmt: skip


def _filled(canned: notes.Canned, *, name: str | None, business: str, agent: str) -> dict[str, str]:
    """A canned reply with its variables filled in: first names, and the business's whole one."""
    known = {
        "name": (name or "").partition(" ")[0], "business": business,
        "agent": agent.partition(" ")[0],
    }  # fmt: skip
    text = VARIABLE.sub(lambda v: f"{v[1]}{known[v[2]]}" if known[v[2]] else "", canned.text)
    return {"shortcut": canned.shortcut, "language": canned.language, "text": text}

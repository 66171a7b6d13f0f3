"""One contact's privacy: consent with its proofs, what is held, holds, erasure."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from invekto.errors import BadRequest
from invekto.server.api import rights as api
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import HERE, Short, body_of, settings_page, to
from invekto.server.deps import Deps

router = APIRouter(prefix=f"{HERE}/privacy/contacts", include_in_schema=False)


@router.get("/{contact_id}")
async def contact_page(
    contact_id: str, request: Request, caller: CurrentCaller, deps: Deps
) -> Response:
    """Where a contact's privacy stands, and what may be done about it."""
    found = await api.get_standing(contact_id, caller, deps)
    return await settings_page(request, "settings/contact.html", caller, "privacy", found=found)


@router.get("/{contact_id}/export")
async def export(contact_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """What is held of the person, as a file to hand over."""
    held = await api.export(contact_id, caller, deps)
    name = f'attachment; filename="{contact_id}.json"'
    return JSONResponse(held.model_dump(mode="json"), headers={"content-disposition": name})


@router.post("/{contact_id}/consent")
async def consent(
    contact_id: str, caller: CurrentCaller, deps: Deps, said: Short, wording: Short = ""
) -> Response:
    """What the contact said, such as `messages:withdrawn`."""
    purpose, _, state = said.partition(":")
    body = body_of(api.ConsentIn, purpose=purpose, state=state, wording=wording)
    await api.consent(contact_id, body, caller, deps)
    return _back(contact_id)


@router.post("/{contact_id}/holds")
async def hold(contact_id: str, caller: CurrentCaller, deps: Deps, reason: Short) -> Response:
    """Keep all of it until released."""
    await api.hold(contact_id, body_of(api.HoldIn, reason=reason), caller, deps)
    return _back(contact_id)


@router.post("/{contact_id}/holds/{hold_id}/release")
async def release(contact_id: str, hold_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """End a hold."""
    await api.release(hold_id, caller, deps)
    return _back(contact_id)


@router.post("/{contact_id}/erase")
async def erase(
    contact_id: str, caller: CurrentCaller, deps: Deps, sure: Annotated[bool, Form()] = False
) -> Response:
    """Erase the person, once the box is ticked."""
    if not sure:
        raise BadRequest("tick the box: what is erased does not come back", field="sure")
    await api.erase(contact_id, caller, deps)
    return to("/privacy")


def _back(contact_id: str) -> Response:
    return to(f"/privacy/contacts/{contact_id}")

"""Replies kept under a shortcut, for people who answer the same thing often."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from invekto.records import notes
from invekto.server.api.business import Language
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/canned-replies", tags=["settings"], route_class=Door)


class CannedSeen(BaseModel):
    canned_id: str
    shortcut: str
    language: str
    text: str


class CannedIn(Body):
    """`{name}`, `{business}` and `{agent}` are filled in by who shows it."""

    shortcut: Annotated[str, Field(min_length=1, max_length=200)] = Field(examples=["selam"])
    text: Annotated[str, Field(min_length=1, max_length=4000)] = Field(
        examples=["Merhaba {name}, ben {agent}. Nasıl yardımcı olabilirim?"]
    )
    language: Language = "tr"


@router.get("")
async def list_canned(caller: CurrentCaller, deps: Deps) -> list[CannedSeen]:
    """Every canned reply, by shortcut."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await notes.list_canned(conn)
    return [CannedSeen.model_validate(one, from_attributes=True) for one in found]


@router.post("")
async def save_canned(body: CannedIn, caller: CurrentCaller, deps: Deps) -> CannedSeen:
    """Keep a reply, in place of the one under the same shortcut and language."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        kept = await notes.save_canned(
            conn, body.shortcut.lstrip("/"), body.language, body.text, caller.subject
        )
        await audited(conn, caller, "canned_reply.saved", "canned_reply", kept.shortcut)
    return CannedSeen.model_validate(kept, from_attributes=True)


@router.delete("/{canned_id}", status_code=204)
async def delete_canned(canned_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Remove a canned reply."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await notes.delete_canned(conn, canned_id)
        await audited(conn, caller, "canned_reply.deleted", "canned_reply", canned_id)
    return Response(status_code=204)

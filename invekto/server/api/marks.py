"""What people put beside a conversation, and a look at a customer's whole number."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from invekto.errors import BadRequest
from invekto.records import conversations, inbox, notes
from invekto.records.notes import LONGEST_NOTE
from invekto.server.api.conversations import Acting
from invekto.server.api.suggestions import acting
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.masking import mask_for
from invekto.server.shapes import Body

router = APIRouter(
    prefix="/v1/conversations/{conversation_id}", tags=["conversations"], route_class=Door
)


class NoteSeen(BaseModel):
    note_id: str
    written_by: str
    text: str
    created_at: datetime


class NoteIn(Acting):
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)] = Field(
        examples=["Telefonda da aradı, kargoyu bekliyor."]
    )


class NoteMade(BaseModel):
    note_id: str


class TagsIn(Body):
    tags: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=20)
    ] = Field(examples=[["iade", "öncelikli"]])


class Revealed(BaseModel):
    phone: str | None
    channel_user_id: str


@router.get("/notes")
async def list_notes(conversation_id: str, caller: CurrentCaller, deps: Deps) -> list[NoteSeen]:
    """What colleagues wrote for each other, oldest first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        found = await notes.notes_of(conn, conversation_id)
        mask = await mask_for(conn, caller)
    return [NoteSeen.model_validate(mask.row(one, "text"), from_attributes=True) for one in found]


@router.post("/notes", status_code=201)
async def add_note(
    conversation_id: str, body: NoteIn, caller: CurrentCaller, deps: Deps
) -> NoteMade:
    """A note for colleagues; customers never see it."""
    by = acting(caller, body.person).user_id
    async with deps.database.tenant(caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        made = await notes.add_note(conn, conversation_id, by, body.text, deps.clock())
    return NoteMade(note_id=made)


@router.put("/tags", status_code=204)
async def set_tags(
    conversation_id: str, body: TagsIn, caller: CurrentCaller, deps: Deps
) -> Response:
    """Replace the conversation's tags."""
    wanted = [tag for one in body.tags if (tag := one.strip().lower())]
    async with deps.database.tenant(caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id, lock=True)
        await inbox.set_tags(conn, conversation_id, wanted)
    return Response(status_code=204)


@router.post("/reveal")
async def reveal(conversation_id: str, body: Acting, caller: CurrentCaller, deps: Deps) -> Revealed:
    """The customer's whole number, and a line in the audit log that says who looked: a program
    names the person."""
    if caller.kind == "api_key" and body.person is None:
        raise BadRequest("say in `person` who looks: the audit log keeps it", field="person")
    by = acting(caller, body.person).user_id
    async with deps.database.tenant(caller.tenant_id) as conn:
        conversation = await conversations.get(conn, conversation_id)
        contact = await conversations.get_contact(conn, conversation.contact_id)
        await audited(
            conn, caller, "personal_data.revealed", "contact", contact.contact_id,
            fields=["phone"], person=by,
        )  # fmt: skip
    return Revealed(phone=contact.phone, channel_user_id=contact.channel_user_id)

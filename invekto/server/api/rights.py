"""The rights of the person behind a contact: what is held, erasure, legal holds, consent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from invekto.errors import BadRequest
from invekto.records import consents, conversations, privacy
from invekto.server.api.privacy import RequestSeen
from invekto.server.audited import looked
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/privacy", tags=["settings"], route_class=Door)

HERE = "/contacts/{contact_id}"


class ConsentSeen(BaseModel):
    channel: str
    purpose: str = Field(description="automation, messages or marketing")
    state: str = Field(description="asked, given, refused or withdrawn")
    wording: str = Field(description="The version of the text that was agreed to.")
    recorded_by: str
    created_at: datetime


class HoldSeen(BaseModel):
    hold_id: str
    reason: str
    placed_by: str
    created_at: datetime


class StandingSeen(BaseModel):
    """Where a contact's privacy stands."""

    contact_id: str
    name: str | None
    channel: str
    consent: str | None = Field(description="To automation; null where it was never asked.")
    opted_out_at: datetime | None
    consents: list[ConsentSeen] = Field(description="All that was said, the latest first.")
    holds: list[HoldSeen] = Field(description="In force: nothing may be erased.")
    requests: list[RequestSeen] = Field(description="Open ones.")


class ExportSeen(BaseModel):
    tables: dict[str, list[dict[str, Any]]] = Field(description="Rows by kind of record.")


class ErasedSeen(BaseModel):
    deleted: dict[str, int] = Field(description="Rows by table.")
    blanked: dict[str, int] = Field(description="Kept without the person, by table.")
    leftovers: list[str] = Field(
        description="Columns where a value of the person still stands: somebody has to look."
    )


class StoppedSeen(BaseModel):
    outbound: int = Field(description="Messages taken out of the queue.")
    scheduled: int
    suggestions: int = Field(description="Drafts that are void.")


class HoldIn(Body):
    reason: Annotated[str, Field(min_length=1, max_length=300)] = Field(examples=["dava 2026/14"])


class HoldMade(BaseModel):
    hold_id: str


class RequestIn(Body):
    kind: Literal["access", "erasure", "correction", "objection", "withdrawal"]


class ConsentIn(Body):
    """What a contact said to a person: on the telephone, on paper."""

    purpose: Literal["automation", "messages", "marketing"]
    state: Literal["given", "withdrawn"]
    wording: Annotated[str, Field(max_length=200)] = Field(
        "", description="Which text was agreed to; needed where it is given.",
        examples=["aydınlatma formu v3"],
    )  # fmt: skip


@router.get(HERE)
async def get_standing(contact_id: str, caller: CurrentCaller, deps: Deps) -> StandingSeen:
    """Consent with its proofs, holds in force, open requests."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        contact = await conversations.get_contact(conn, contact_id)
        said = await consents.consent_history(conn, contact_id)
        held = await privacy.holds(conn, contact_id)
        asked = await privacy.open_requests(conn)
        await looked(conn, caller, "contact", contact_id)
    return StandingSeen(
        contact_id=contact_id,
        name=contact.name,
        channel=contact.channel,
        consent=contact.consent,
        opted_out_at=contact.opted_out_at,
        consents=[ConsentSeen.model_validate(one, from_attributes=True) for one in said],
        holds=[HoldSeen.model_validate(one, from_attributes=True) for one in held],
        requests=[
            RequestSeen.model_validate(one, from_attributes=True)
            for one in asked
            if one.contact_id == contact_id
        ],
    )


@router.get(HERE + "/export")
async def export(contact_id: str, caller: CurrentCaller, deps: Deps) -> ExportSeen:
    """Everything held about a person that is theirs to have."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        tables = await privacy.export_contact(
            conn, contact_id, by=caller.subject, actor_kind=caller.actor
        )
    return ExportSeen(tables=tables)


@router.post(HERE + "/erase")
async def erase(contact_id: str, caller: CurrentCaller, deps: Deps) -> ErasedSeen:
    """Erase a person for good: rows are deleted, or blanked where the business must keep them.
    Requests for it are closed. 409 (`legal_hold`) while a hold is in force."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        done = await privacy.erase_contact(
            conn, contact_id, by=caller.subject, actor_kind=caller.actor
        )
    return ErasedSeen.model_validate(done, from_attributes=True)


@router.post(HERE + "/holds", status_code=201)
async def hold(contact_id: str, body: HoldIn, caller: CurrentCaller, deps: Deps) -> HoldMade:
    """Keep all of a contact, whatever is asked or due, until it is released."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        made = await privacy.place_hold(
            conn, contact_id, reason=body.reason, by=caller.subject, actor_kind=caller.actor
        )
    return HoldMade(hold_id=made)


@router.delete("/holds/{hold_id}", status_code=204)
async def release(hold_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """End a hold."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await privacy.release_hold(
            conn, hold_id, deps.clock(), by=caller.subject, actor_kind=caller.actor
        )
    return Response(status_code=204)


@router.post(HERE + "/requests", status_code=201)
async def open_request(
    contact_id: str, body: RequestIn, caller: CurrentCaller, deps: Deps
) -> RequestSeen:
    """A request that came another way than by message; the same open one is given back."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        made = await privacy.open_request(conn, contact_id, body.kind, deps.clock())
    return RequestSeen.model_validate(made, from_attributes=True)


@router.post(HERE + "/consent")
async def consent(
    contact_id: str, body: ConsentIn, caller: CurrentCaller, deps: Deps
) -> StoppedSeen:
    """Write down what a contact said of consent. Withdrawn is in force at once: drafts that wait
    are void; of `messages`, what is queued and planned is cancelled too."""
    by = caller.subject
    if body.state == "given" and body.purpose != "messages" and not body.wording.strip():
        raise BadRequest("say which text was agreed to", field="wording")
    stopped = consents.Stopped(0, 0, 0)
    async with deps.database.tenant(caller.tenant_id) as conn:
        match body.purpose, body.state:
            case "messages", "withdrawn":
                stopped = await consents.opt_out(conn, contact_id, deps.clock(), recorded_by=by)
            case "messages", _:
                await consents.opt_in(conn, contact_id, recorded_by=by)
            case "automation", "withdrawn":
                stopped = await consents.withdraw_consent(conn, contact_id, recorded_by=by)
            case _:
                await consents.record_consent(
                    conn, contact_id, body.state, purpose=body.purpose, wording=body.wording,
                    recorded_by=by,
                )  # fmt: skip
    return StoppedSeen.model_validate(stopped, from_attributes=True)

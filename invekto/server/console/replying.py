"""What people do in a conversation: send, edit, reject, take over, write, note, tag."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from pydantic import Field

from invekto.agent import verdicts
from invekto.errors import BadRequest, Conflict
from invekto.guardrails.checksums import is_iban, is_tckn
from invekto.records import audit, conversations, inbox, notes, tenants, turns
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller
from invekto.server.deps import Deps, ServerDeps
from invekto.server.shapes import Body

router = APIRouter(prefix="/console", include_in_schema=False)

NUMBERS = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ ]?[A-Za-z0-9]){10,30}\b|\b\d{11}\b")
BY_PEOPLE = ("person", "person_for_ai")


class Sending(Body):
    text: str | None = Field(None, max_length=4000)
    actions: bool = True
    confirmed: bool = False
    """The person has seen the warning about an identity or account number."""


class Rejecting(Body):
    reason: str = Field(max_length=500)
    intent: str | None = Field(None, max_length=80)


class Writing(Body):
    text: str = Field(max_length=4000)
    key: str = Field(min_length=8, max_length=80)
    seen: int = 0
    """Number of the last message on the screen."""
    confirmed: bool = False


class Noting(Body):
    text: str = Field(max_length=4000)


class Tagging(Body):
    tags: list[str] = Field(max_length=20)


class Reporting(Body):
    note: str = Field("", max_length=500)
    intent: str | None = Field(None, max_length=80)


@router.post("/suggestions/{suggestion_id}/shown", status_code=204)
async def shown(suggestion_id: str, caller: CurrentCaller, deps: Deps) -> None:
    """The draft is on an agent's screen: from now on it can be judged."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await turns.mark_shown(conn, suggestion_id, deps.clock())


@router.post("/suggestions/{suggestion_id}/send")
async def send(
    suggestion_id: str, body: Sending, caller: CurrentCaller, deps: Deps
) -> dict[str, object]:
    """Send a draft, as it is or edited."""
    await _mind_numbers(deps, caller, body.text, body.confirmed)
    sent = await verdicts.send(
        deps.engine.deps, deps.engine.shelf, caller.tenant_id, suggestion_id, caller.person,
        text=body.text, actions=body.actions,
    )  # fmt: skip
    return {"verdict": sent.verdict, "reasons": list(sent.reasons)}


@router.post("/suggestions/{suggestion_id}/reject", status_code=204)
async def reject(suggestion_id: str, body: Rejecting, caller: CurrentCaller, deps: Deps) -> None:
    """The draft is wrong; the reason and the right intent teach."""
    await verdicts.reject(
        deps.engine.deps, caller.tenant_id, suggestion_id, caller.person, body.reason,
        corrected_intent=body.intent or None,
    )  # fmt: skip


@router.post("/inbox/{conversation_id}/take-over", status_code=204)
async def take_over(conversation_id: str, caller: CurrentCaller, deps: Deps) -> None:
    """The assistant is silent here until the person gives the conversation back."""
    await verdicts.take_over(deps.engine.deps, caller.tenant_id, conversation_id, caller.person)


@router.post("/inbox/{conversation_id}/release", status_code=204)
async def release(conversation_id: str, caller: CurrentCaller, deps: Deps) -> None:
    """The person is done: the assistant answers again."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        conversation = await conversations.get(conn, conversation_id, lock=True)
        _not_anothers(conversation, caller)
        await turns.release(conn, conversation_id, deps.clock())


@router.post("/inbox/{conversation_id}/write")
async def write(
    conversation_id: str, body: Writing, caller: CurrentCaller, deps: Deps
) -> dict[str, object]:
    """A person's own words. Two who answer at once: the second is told."""
    await _mind_numbers(deps, caller, body.text, body.confirmed)
    async with deps.database.tenant(caller.tenant_id) as conn:
        conversation = await conversations.get(conn, conversation_id)
        _not_anothers(conversation, caller)
        others = [
            m for m in await conversations.thread(conn, conversation_id, last=20)
            if m.seq > body.seen and m.author in BY_PEOPLE and m.author_id != caller.subject
        ]  # fmt: skip
    if others:
        raise Conflict(
            "somebody else has just answered", reason="answered", assigned_to=others[-1].author_id
        )
    queued = await verdicts.write(
        deps.engine.deps, caller.tenant_id, conversation_id, caller.person, body.text, body.key
    )
    return {"sent": queued is not None}


@router.post("/inbox/{conversation_id}/notes", status_code=204)
async def note(conversation_id: str, body: Noting, caller: CurrentCaller, deps: Deps) -> None:
    """For colleagues; customers never see it."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        await notes.add_note(conn, conversation_id, caller.subject, body.text, deps.clock())


@router.post("/inbox/{conversation_id}/tags", status_code=204)
async def tags(conversation_id: str, body: Tagging, caller: CurrentCaller, deps: Deps) -> None:
    """Replace the conversation's tags."""
    wanted = [t.strip().lower() for t in body.tags if t.strip()]
    if any(len(t) > 40 for t in wanted):
        raise BadRequest("a tag has at most 40 characters", field="tags")
    async with deps.database.tenant(caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id, lock=True)
        await inbox.set_tags(conn, conversation_id, wanted)


@router.post("/inbox/{conversation_id}/reveal")
async def reveal(
    conversation_id: str, request: Request, caller: CurrentCaller, deps: Deps
) -> dict[str, str | None]:
    """The customer's whole number, and a line in the audit log that says who looked."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        conversation = await conversations.get(conn, conversation_id)
        contact = await conversations.get_contact(conn, conversation.contact_id)
        await audit.record(
            conn, "personal_data.revealed", actor_kind="user", actor_id=caller.subject,
            resource_type="contact", resource_id=contact.contact_id,
            correlation_id=request.state.request_id, detail={"fields": ["phone"]},
        )  # fmt: skip
    return {"phone": contact.phone, "channel_user_id": contact.channel_user_id}


@router.post("/turns/{turn_id}/wrong", status_code=204)
async def wrong(turn_id: str, body: Reporting, caller: CurrentCaller, deps: Deps) -> None:
    """ "This automatic reply was wrong": its topic only suggests from the next message on."""
    await verdicts.report_wrong(
        deps.engine.deps, caller.tenant_id, turn_id, by=caller.subject, note=body.note,
        corrected_intent=body.intent or None,
    )  # fmt: skip


def _not_anothers(conversation: conversations.Conversation, caller: Caller) -> None:
    if conversation.assigned_to not in (None, caller.subject):
        raise Conflict(
            "another person holds this conversation", reason="held",
            assigned_to=conversation.assigned_to,
        )  # fmt: skip


async def _mind_numbers(
    deps: ServerDeps, caller: Caller, text: str | None, confirmed: bool
) -> None:
    """Raises Conflict where the text holds somebody's identity or account number and nobody has
    said yet that it is meant to. The business's own account number is fine."""
    found = personal_numbers(text or "")
    if not found or confirmed:
        return
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
    if found - {str(tenant.profile.get("own_iban", "")).replace(" ", "").lower()}:
        raise Conflict("the reply holds an identity or account number", reason="personal_number")


def personal_numbers(text: str) -> set[str]:
    """Turkish identity numbers and account numbers in a text, without blanks, in lower case."""
    said = {m.group().replace(" ", "").lower() for m in NUMBERS.finditer(text)}
    return {number for number in said if is_tckn(number) or is_iban(number)}

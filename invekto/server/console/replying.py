"""What people do in a conversation: send, edit, reject, take over, write, note, tag."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from invekto.agent import verdicts
from invekto.records import turns
from invekto.server.answering import mind_numbers
from invekto.server.api import conversations as api
from invekto.server.api import marks
from invekto.server.api.conversations import Acting
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller
from invekto.server.console.settings.frame import body_of
from invekto.server.deps import Deps, ServerDeps
from invekto.server.shapes import Body

router = APIRouter(prefix="/console", include_in_schema=False)


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
    await _mind_numbers(deps, caller, body.text, confirmed=body.confirmed)
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
    await api.release(conversation_id, caller, deps)


@router.post("/inbox/{conversation_id}/write")
async def write(
    conversation_id: str, body: Writing, caller: CurrentCaller, deps: Deps
) -> dict[str, object]:
    """A person's own words. Two who answer at once: the second is told."""
    reply = body_of(
        api.ReplyIn, text=body.text, key=body.key, seen=body.seen, mind_numbers=not body.confirmed
    )
    written = await api.write(conversation_id, reply, caller, deps)
    return {"sent": written.outbound_id is not None}


@router.post("/inbox/{conversation_id}/notes", status_code=204)
async def note(conversation_id: str, body: Noting, caller: CurrentCaller, deps: Deps) -> None:
    """For colleagues; customers never see it."""
    await marks.add_note(conversation_id, body_of(marks.NoteIn, text=body.text), caller, deps)


@router.post("/inbox/{conversation_id}/tags", status_code=204)
async def tags(conversation_id: str, body: Tagging, caller: CurrentCaller, deps: Deps) -> None:
    """Replace the conversation's tags."""
    wanted = [tag for tag in body.tags if tag.strip()]
    tagged = body_of(marks.TagsIn, "a tag has at most 40 characters", tags=wanted)
    await marks.set_tags(conversation_id, tagged, caller, deps)


@router.post("/inbox/{conversation_id}/reveal")
async def reveal(conversation_id: str, caller: CurrentCaller, deps: Deps) -> marks.Revealed:
    """The customer's whole number, and a line in the audit log that says who looked."""
    return await marks.reveal(conversation_id, Acting(), caller, deps)


@router.post("/turns/{turn_id}/wrong", status_code=204)
async def wrong(turn_id: str, body: Reporting, caller: CurrentCaller, deps: Deps) -> None:
    """ "This automatic reply was wrong": its topic only suggests from the next message on."""
    await verdicts.report_wrong(
        deps.engine.deps, caller.tenant_id, turn_id, by=caller.subject, note=body.note,
        corrected_intent=body.intent or None,
    )  # fmt: skip


async def _mind_numbers(
    deps: ServerDeps, caller: Caller, text: str | None, *, confirmed: bool
) -> None:
    if confirmed:
        return
    async with deps.database.tenant(caller.tenant_id) as conn:
        await mind_numbers(conn, text)

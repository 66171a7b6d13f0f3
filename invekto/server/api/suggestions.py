"""Drafts that wait for a person, and the person's verdict."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from invekto.agent import verdicts
from invekto.agent.verdicts import Person
from invekto.errors import BadRequest
from invekto.records import turns
from invekto.server.answering import mind_numbers
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.masking import mask_for
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1", tags=["suggestions"], route_class=Door)


class SuggestionSeen(BaseModel):
    suggestion_id: str
    turn_id: str
    conversation_id: str
    intent: str
    status: str = Field(description="open, sent, edited, rejected, taken_over, superseded, ignored")
    reply_text: str
    tones: dict[str, str] = Field(description="The same reply, formal, short and friendly.")
    actions: list[dict[str, Any]] = Field(description="What sending it will do.")
    created_at: datetime | None
    resolved_by: str | None = None
    final_text: str | None = None


class OnBehalf(Body):
    """The person behind a program's call; only with an API key."""

    user_id: Annotated[str, Field(min_length=1, max_length=128)] = Field(examples=["u-17"])
    name: Annotated[str, Field(max_length=200)] = Field("", examples=["Emre Saygın"])


class VerdictIn(Body):
    """`send` as it is or with `text`, `reject` with a `reason`, or `take_over`."""

    kind: Literal["send", "reject", "take_over"] = Field(examples=["send"])
    text: Annotated[str, Field(min_length=1, max_length=20_000)] | None = Field(
        None, description="The person's version; left out: the draft as it is."
    )
    actions: bool = Field(True, description="False sends the words without the proposed actions.")
    mind_numbers: bool = Field(
        False,
        description="`send`: 409 (`personal_number`) where `text` holds an identity or account"
        " number that is not the business's own: ask, then send without this.",
    )
    reason: Annotated[str, Field(max_length=1000)] = Field("", examples=["fiyat eski"])
    corrected_intent: Annotated[str, Field(max_length=64)] | None = None
    person: OnBehalf | None = None


class VerdictTaken(BaseModel):
    verdict: str = Field(examples=["sent_unchanged"])
    text: str | None = None
    outbound_id: str | None = None
    reasons: list[str] = Field([], description="Why an edit was judged material.")


def suggestion_seen(suggestion: turns.Suggestion) -> SuggestionSeen:
    """As callers see it; whether it was seeded with an error is not said."""
    return SuggestionSeen(
        suggestion_id=suggestion.suggestion_id,
        turn_id=suggestion.turn_id,
        conversation_id=suggestion.conversation_id,
        intent=suggestion.intent,
        status=suggestion.status,
        reply_text=suggestion.reply_text,
        tones=suggestion.tones,
        actions=suggestion.actions,
        created_at=suggestion.created_at,
        resolved_by=suggestion.resolved_by,
        final_text=suggestion.final_text,
    )


@router.get("/suggestions/{suggestion_id}")
async def get_suggestion(suggestion_id: str, caller: CurrentCaller, deps: Deps) -> SuggestionSeen:
    """One suggestion."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        mask = await mask_for(conn, caller)
        return suggestion_seen(mask.suggestion(await turns.get_suggestion(conn, suggestion_id)))


@router.post("/suggestions/{suggestion_id}/shown", status_code=204)
async def mark_shown(suggestion_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """A person has the draft on the screen: from here on, reading time and silence count."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await turns.get_suggestion(conn, suggestion_id)
        await turns.mark_shown(conn, suggestion_id, deps.clock())
    return Response(status_code=204)


@router.post("/suggestions/{suggestion_id}/verdict")
async def give_verdict(
    suggestion_id: str, verdict: VerdictIn, caller: CurrentCaller, deps: Deps
) -> VerdictTaken:
    """Send, edit, reject or take over. A draft that went stale gives 409 with `newer`, the id of
    the draft that replaced it."""
    person, engine = acting(caller, verdict.person), deps.engine
    if verdict.kind == "send":
        if verdict.mind_numbers:
            async with deps.database.tenant(caller.tenant_id) as conn:
                await mind_numbers(conn, verdict.text)
        sent = await verdicts.send(
            engine.deps,
            engine.shelf,
            caller.tenant_id,
            suggestion_id,
            person,
            text=verdict.text,
            actions=verdict.actions,
        )
        return VerdictTaken(
            verdict=sent.verdict,
            text=sent.text,
            outbound_id=sent.outbound_id,
            reasons=list(sent.reasons),
        )
    if verdict.kind == "reject":
        await verdicts.reject(
            engine.deps,
            caller.tenant_id,
            suggestion_id,
            person,
            verdict.reason,
            corrected_intent=verdict.corrected_intent,
        )
        return VerdictTaken(verdict="rejected")
    async with deps.database.tenant(caller.tenant_id) as conn:
        suggestion = await turns.get_suggestion(conn, suggestion_id)
    await verdicts.take_over(engine.deps, caller.tenant_id, suggestion.conversation_id, person)
    return VerdictTaken(verdict="taken_over")


def somebody(caller: Caller, person: OnBehalf | None) -> bool:
    """Whether a certain person acts: a program that names nobody speaks for the whole business."""
    return caller.kind != "api_key" or person is not None


def acting(caller: Caller, person: OnBehalf | None) -> Person:
    """Who acts: the caller, or the person a program speaks for.

    Raises:
        BadRequest: a signed-in person tried to speak for another.
    """
    if person is None:
        return caller.person
    if caller.kind != "api_key":
        raise BadRequest("`person` is for API keys: a signed-in person acts as themselves")
    return Person(person.user_id, "agent", person.name)

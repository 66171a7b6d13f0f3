"""How far the AI is trusted, intent by intent, and a person's word above it: thin over
`agent/trust` and `records/overrides`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from psycopg import AsyncConnection
from pydantic import BaseModel, Field

from invekto.agent.trust.evidence import change_rules, resolve_audit
from invekto.agent.trust.page import curve
from invekto.agent.trust.rules import Rules
from invekto.agent.trust.stored import read_rules
from invekto.contracts.evidence import Risk
from invekto.errors import BadRequest, NotFound
from invekto.records import overrides, trust, trust_feed
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.shapes import Body
from invekto.server.standing import standing

router = APIRouter(prefix="/v1/trust", tags=["trust"], route_class=Door)

Intent = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]


class CellSeen(BaseModel):
    """One cell of the claim: intent, language, answer path and behaviour version."""

    intent: str
    language: str
    path: str
    behaviour: str
    risk: str
    sentence: str = Field(description="Where it stands and what is missing, in words.")
    thresholds: list[float]
    passed: list[bool]
    share: list[float]
    falls: int


class OverrideSeen(BaseModel):
    override_id: str
    kind: str
    intent: str | None
    by: str
    reason: str
    created_at: datetime
    expires_at: datetime | None


class TopicSeen(BaseModel):
    """Where an intent stands, by the cell that has got furthest."""

    intent: str
    risk: str
    mode: str = Field(
        description="auto, pinned_auto, suggest, pinned_suggest, killed, or person: high risk."
    )
    share: float = Field(description="Of its messages that are answered by themselves.")
    progress: int = Field(description="0 to 100, towards the next step.")
    clean: int | None = Field(description="Approvals in a row that would reach it.")
    right: int
    wrong: int
    sentence: str = Field(description="The same in words.")
    override: OverrideSeen | None = Field(description="A person's word above it.")


class OverrideIn(Body):
    """`pin_auto` needs an expiry and is never for high risk; `kill` and `pin_suggest` without an
    intent are for all of them."""

    kind: Literal["pin_auto", "pin_suggest", "kill"]
    intent: Intent | None = Field(None, examples=["working_hours"])
    reason: Annotated[str, Field(min_length=1, max_length=500)] = Field(
        examples=["saatler değişmiyor"]
    )
    expires_at: datetime | None = None


class TrustEventSeen(BaseModel):
    event_id: str
    at: datetime
    kind: str
    detail: dict[str, Any]


class CaughtSeen(BaseModel):
    at: datetime
    kind: str = Field(description="edited_material, rejected, auto_wrong_agent and the like.")
    intent: str
    language: str
    by: str
    turn_id: str


class AuditSeen(BaseModel):
    turn_id: str
    conversation_id: str
    intents: list[str]
    language: str | None
    question: str | None
    reply: str | None
    sent_at: datetime


class AuditIn(Body):
    right: bool
    note: Annotated[str, Field(max_length=1000)] = ""


class RulesSeen(BaseModel):
    """What the tenant tolerates, and who catches what."""

    epsilon_low: float = Field(description="Tolerated share of wrong replies, low risk.")
    epsilon_medium: float
    delta: float = Field(description="Chance that a worse cell ever becomes automatic.")
    audit_share: float
    settle_hours: float = Field(description="Hours after which an approval counts.")
    seeded_share: float = Field(description="Drafts that are wrong on purpose; 0: none.")


class RulesIn(Body):
    """What is not named keeps its value."""

    epsilon_low: float | None = None
    epsilon_medium: float | None = None
    delta: float | None = None
    audit_share: float | None = None
    settle_hours: Annotated[float, Field(ge=0, le=168)] | None = None
    seeded_share: float | None = None


async def _rules(conn: AsyncConnection[Any]) -> RulesSeen:
    settings = await trust.get_settings(conn)
    rules = read_rules(settings)
    return RulesSeen(
        epsilon_low=rules.epsilon_low,
        epsilon_medium=rules.epsilon_medium,
        delta=rules.delta,
        audit_share=rules.audit_share,
        settle_hours=rules.settle.total_seconds() / 3600,
        seeded_share=settings["seeded_share"] if settings else 0.0,
    )


@router.get("/settings")
async def trust_settings(caller: CurrentCaller, deps: Deps) -> RulesSeen:
    """The tolerances in force."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        return await _rules(conn)


@router.put("/settings")
async def change_settings(body: RulesIn, caller: CurrentCaller, deps: Deps) -> RulesSeen:
    """Change tolerances within their limits: a tighter one starts the evidence anew, a looser one
    keeps it."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        now = await _rules(conn)
        asked = {name: v for name, v in body.model_dump().items() if v is not None}
        wanted = RulesSeen.model_validate(now.model_dump() | asked)
        rules = Rules(
            epsilon_low=wanted.epsilon_low,
            epsilon_medium=wanted.epsilon_medium,
            delta=wanted.delta,
            audit_share=wanted.audit_share,
            settle=timedelta(hours=wanted.settle_hours),
        )
        await change_rules(conn, rules, seeded_share=wanted.seeded_share)
        await audited(conn, caller, "trust.settings", "tenant", caller.tenant_id, **asked)
        return await _rules(conn)


@router.get("/intents")
async def list_topics(
    caller: CurrentCaller, deps: Deps, language: Literal["tr", "en"] = "tr"
) -> list[TopicSeen]:
    """Every intent of the business, those that have got furthest first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        _, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
        found = await standing(conn, kit.taxonomy, language, deps.clock())
    return [TopicSeen.model_validate(one, from_attributes=True) for one in found]


@router.get("/intents/{intent}")
async def intent_curve(
    intent: str, caller: CurrentCaller, deps: Deps, language: Literal["tr", "en"] = "tr"
) -> list[CellSeen]:
    """Every cell of an intent, the latest behaviour versions first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await curve(conn, intent, language, deps.clock())
    return [
        CellSeen(
            intent=one.cell.intent,
            language=one.cell.language,
            path=one.cell.path,
            behaviour=one.cell.behaviour,
            risk=one.risk,
            sentence=one.sentence,
            thresholds=list(one.thresholds),
            passed=list(one.passed),
            share=list(one.share),
            falls=one.falls,
        )
        for one in found
    ]


@router.get("/overrides")
async def list_overrides(
    caller: CurrentCaller, deps: Deps, ended: bool = False
) -> list[OverrideSeen]:
    """Pins and kill switches in force; with `ended` the past ones too."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await overrides.list_overrides(conn, deps.clock(), ended=ended)
    return [OverrideSeen.model_validate(one, from_attributes=True) for one in found]


@router.post("/overrides", status_code=201)
async def override(body: OverrideIn, caller: CurrentCaller, deps: Deps) -> OverrideSeen:
    """Put a person's word above the curve, from the next message on."""
    now, by = deps.clock(), caller.subject
    async with deps.database.tenant(caller.tenant_id) as conn:
        _, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
        if body.intent is not None and body.intent not in kit.taxonomy:
            raise NotFound(f"there is no topic {body.intent}")
        if body.kind == "kill":
            made = await overrides.kill(conn, body.intent, by=by, reason=body.reason, now=now)
        elif body.kind == "pin_suggest":
            made = await overrides.pin_suggest(
                conn, body.intent, by=by, reason=body.reason, now=now, expires_at=body.expires_at
            )
        else:
            if body.intent is None or body.expires_at is None or body.expires_at.tzinfo is None:
                raise BadRequest("pin_auto needs an intent and an expires_at with a timezone")
            risk = Risk(kit.taxonomy[body.intent]["risk"])
            made = await overrides.pin_auto(
                conn, body.intent, risk, by=by, reason=body.reason, expires_at=body.expires_at,
                now=now,
            )  # fmt: skip
        await audited(conn, caller, f"trust.{body.kind}", "intent", body.intent or "all")
    return OverrideSeen.model_validate(made, from_attributes=True)


@router.delete("/overrides/{override_id}", status_code=204)
async def end_override(
    override_id: str,
    caller: CurrentCaller,
    deps: Deps,
    reason: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Take a pin or a kill switch back."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await overrides.end_override(
            conn, override_id, by=caller.subject, now=deps.clock(), reason=reason
        )
        await audited(conn, caller, "trust.override_ended", "override", override_id)
    return Response(status_code=204)


@router.get("/events")
async def list_events(
    caller: CurrentCaller,
    deps: Deps,
    intent: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[TrustEventSeen]:
    """Promotions, falls, pins and kills, the latest first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await trust_feed.list_events(conn, intent=intent, limit=limit)
    return [TrustEventSeen.model_validate(one, from_attributes=True) for one in found]


@router.get("/errors")
async def list_errors(
    caller: CurrentCaller, deps: Deps, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[CaughtSeen]:
    """Replies that were found wrong, by whom and how, the latest first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await trust_feed.list_errors(conn, limit=limit)
    return [
        CaughtSeen(
            at=one.verdict.at, kind=one.verdict.kind, intent=one.verdict.cell.intent,
            language=one.verdict.cell.language, by=one.verdict.by, turn_id=one.verdict.turn_id,
        )
        for one in found
    ]  # fmt: skip


@router.get("/audits")
async def audit_queue(caller: CurrentCaller, deps: Deps) -> list[AuditSeen]:
    """Automatic replies that drew the audit coin and wait for a person's look."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await trust_feed.audit_queue(conn)
    return [AuditSeen.model_validate(one, from_attributes=True) for one in found]


@router.post("/audits/{turn_id}", status_code=204)
async def audit(turn_id: str, body: AuditIn, caller: CurrentCaller, deps: Deps) -> Response:
    """Say whether an automatic reply was right."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await resolve_audit(
            conn, turn_id, right=body.right, by=caller.subject, now=deps.clock(), note=body.note
        )
    return Response(status_code=204)

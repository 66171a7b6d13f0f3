"""The trust page: how far the assistant may go, topic by topic, and a person's word above it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from invekto.agent.trust.page import Curve, curve
from invekto.errors import NotFound
from invekto.records import overrides, trust_feed
from invekto.records.trust_feed import StoredEvent
from invekto.server.api import trust as api
from invekto.server.auth import CurrentCaller
from invekto.server.console import charts
from invekto.server.console.pages import language_of, page, said
from invekto.server.console.settings.frame import body_of
from invekto.server.console.words import Words
from invekto.server.deps import Deps
from invekto.server.masking import mask_for
from invekto.server.standing import standing

router = APIRouter(prefix="/console/trust", include_in_schema=False)

Kind = Literal["pin_auto", "pin_suggest", "kill"]
Short = Annotated[str, Form(max_length=300)]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A curve with its picture and its latest verdicts."""

    curve: Curve
    picture: charts.Line
    latest: list[Any] = field(default_factory=list)


@router.get("")
async def trust_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """All topics with their standing; what was found wrong, what waits for a check."""
    language, now = language_of(request), deps.clock()
    async with deps.database.tenant(caller.tenant_id) as conn:
        _, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
        held = await overrides.list_overrides(conn, now)
        topics = await standing(conn, kit.taxonomy, language, now)
        events = _once(await trust_feed.list_events(conn, limit=60))[:12]
        errors = await trust_feed.list_errors(conn, limit=8)
        audits = await trust_feed.audit_queue(conn, limit=20)
        w = said(request)
        mask = await mask_for(conn, caller, w.hidden)
    return await page(
        request, "trust.html", caller, judged=[t for t in topics if t.known],
        others=[t for t in topics if not t.known], events=events, errors=errors,
        audits=[mask.row(one, "question", "reply") for one in audits],
        everything=[o for o in held if o.intent is None],
    )  # fmt: skip


@router.get("/{intent}")
async def intent_page(intent: str, request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """One topic: its curve, its evidence, what is missing, and the switches."""
    language, now = language_of(request), deps.clock()
    async with deps.database.tenant(caller.tenant_id) as conn:
        _, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
        if intent not in kit.taxonomy:
            raise NotFound(f"there is no topic {intent}")
        held = await overrides.list_overrides(conn, now)
        curves = await curve(conn, intent, language, now)
        events = _once(await trust_feed.list_events(conn, intent=intent, limit=60))[:20]
        [topic] = await standing(conn, kit.taxonomy, language, now, intent=intent)
    return await page(
        request, "trust_intent.html", caller, topic=topic, events=events,
        drawn=[_drawn(one, said(request)) for one in _latest(curves)],
        held=[o for o in held if o.intent in (None, intent)],
    )  # fmt: skip


@router.post("/overrides")
async def put_override(
    caller: CurrentCaller, deps: Deps, kind: Annotated[Kind, Form()],
    reason: Short, intent: Short = "", days: Annotated[int, Form(ge=1, le=365)] = 30,
) -> Response:  # fmt: skip
    """Put a person's word above the curve, from the next message on; all topics are pinned to
    suggestions, never to automatic."""
    wanted = "pin_suggest" if kind == "pin_auto" and not intent else kind
    body = body_of(
        api.OverrideIn, kind=wanted, intent=intent or None, reason=reason,
        expires_at=deps.clock() + timedelta(days=days) if wanted == "pin_auto" else None,
    )  # fmt: skip
    await api.override(body, caller, deps)
    return _back(intent)


@router.post("/overrides/{override_id}/end")
async def end_override(
    override_id: str, caller: CurrentCaller, deps: Deps, intent: Short = ""
) -> Response:
    """Take it back."""
    await api.end_override(override_id, caller, deps)
    return _back(intent)


@router.post("/audits/{turn_id}")
async def audit(
    turn_id: str, caller: CurrentCaller, deps: Deps, right: Annotated[bool, Form()]
) -> Response:
    """Whether an automatic reply was right."""
    await api.audit(turn_id, api.AuditIn(right=right), caller, deps)
    return _back("")


def _once(events: list[StoredEvent]) -> list[StoredEvent]:
    """The thresholds of a cell often move at the same verdict: told once."""
    told: dict[tuple[object, ...], StoredEvent] = {}
    for one in events:
        told.setdefault((one.verdict_id or one.event_id, one.kind), one)
    return list(told.values())


def _back(intent: str) -> Response:
    safe = intent if intent.replace("_", "").isalnum() else ""
    return RedirectResponse(f"/console/trust/{safe}" if safe else "/console/trust", 303)


def _latest(curves: list[Curve]) -> list[Curve]:
    """The latest behaviour version of each language and path."""
    kept: dict[tuple[str, str], Curve] = {}
    for one in curves:
        kept.setdefault((one.cell.language, one.cell.path.value), one)
    return list(kept.values())


def _drawn(one: Curve, w: Words) -> Drawn:
    """The strictest threshold that has not passed, or the last one."""
    level = next((i for i, passed in enumerate(one.passed) if not passed), len(one.passed) - 1)
    values = [p.evidence[level] if level < len(p.evidence) else 0.0 for p in one.points]
    told = [f"{w('verdicts.' + p.kind)} · {p.at:%d.%m.%Y}" for p in one.points]
    picture = charts.line(values, [p.counted for p in one.points], told)
    return Drawn(one, picture, list(reversed(one.points[-12:])))

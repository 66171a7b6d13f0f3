"""The trust page: how far the assistant may go, topic by topic, and a person's word above it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from psycopg import AsyncConnection
from starlette.responses import RedirectResponse, Response

from invekto.agent.trust.evidence import resolve_audit
from invekto.agent.trust.explain import explain, missing
from invekto.agent.trust.page import Curve, curve
from invekto.agent.trust.stored import read_override, read_state
from invekto.contracts.evidence import Risk
from invekto.errors import NotFound
from invekto.records import overrides, trust, trust_feed
from invekto.records.overrides import StoredOverride
from invekto.records.trust import StoredCell
from invekto.records.trust_feed import StoredEvent
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.console import charts
from invekto.server.console.pages import language_of, page, said
from invekto.server.console.words import Words
from invekto.server.deps import Deps

router = APIRouter(prefix="/console/trust", include_in_schema=False)

Conn = AsyncConnection[Any]
ORDER = ("auto", "pinned_auto", "suggest", "pinned_suggest", "killed", "person")
Kind = Literal["pin_auto", "pin_suggest", "kill"]
Short = Annotated[str, Form(max_length=300)]


@dataclass(frozen=True, slots=True)
class Topic:
    """An intent in the list. `share` of its messages is automatic, `progress` 0 to 100 towards
    the next step, which `clean` more approvals in a row would reach."""

    intent: str
    risk: str
    mode: str
    share: float = 0.0
    progress: int = 0
    clean: int | None = None
    right: int = 0
    wrong: int = 0
    sentence: str = ""
    override: StoredOverride | None = None


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
        topics = _topics(kit.taxonomy, await trust.list_cells(conn), held, language)
        events = _once(await trust_feed.list_events(conn, limit=60))[:12]
        errors = await trust_feed.list_errors(conn, limit=8)
        audits = await trust_feed.audit_queue(conn, limit=20)
    return await page(
        request, "trust.html", caller, judged=[t for t in topics if _known(t)],
        others=[t for t in topics if not _known(t)], events=events, errors=errors, audits=audits,
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
        topic = _topics(
            {intent: kit.taxonomy[intent]}, await trust.list_cells(conn, intent), held, language
        )[0]
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
    """Put a person's word above the curve, from the next message on."""
    now, by, about = deps.clock(), caller.subject, intent or None
    async with deps.database.tenant(caller.tenant_id) as conn:
        _, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
        if about is not None and about not in kit.taxonomy:
            raise NotFound(f"there is no topic {about}")
        if kind == "kill":
            await overrides.kill(conn, about, by=by, reason=reason, now=now)
        elif kind == "pin_suggest" or about is None:
            await overrides.pin_suggest(conn, about, by=by, reason=reason, now=now)
        else:
            await overrides.pin_auto(
                conn, about, Risk(kit.taxonomy[about]["risk"]), by=by, reason=reason,
                expires_at=now + timedelta(days=days), now=now,
            )  # fmt: skip
        await audited(conn, caller, f"trust.{kind}", "intent", about or "all")
    return _back(intent)


@router.post("/overrides/{override_id}/end")
async def end_override(
    override_id: str, caller: CurrentCaller, deps: Deps, intent: Short = ""
) -> Response:
    """Take it back."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await overrides.end_override(conn, override_id, by=caller.subject, now=deps.clock())
        await audited(conn, caller, "trust.override_ended", "override", override_id)
    return _back(intent)


@router.post("/audits/{turn_id}")
async def audit(
    turn_id: str, caller: CurrentCaller, deps: Deps, right: Annotated[bool, Form()]
) -> Response:
    """Whether an automatic reply was right."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await resolve_audit(conn, turn_id, right=right, by=caller.subject, now=deps.clock())
    return _back("")


def _known(topic: Topic) -> bool:
    """There is something to say of it: evidence, a person's word, or that it never will be."""
    return bool(topic.right or topic.wrong or topic.override or topic.mode != "suggest")


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


def _topics(
    taxonomy: dict[str, Any], cells: list[StoredCell], held: list[StoredOverride], language: str
) -> list[Topic]:
    """Each intent by the cell that has got furthest."""
    by_intent: dict[str, list[StoredCell]] = {}
    for cell in cells:
        by_intent.setdefault(cell.cell.intent, []).append(cell)
    topics = [
        _topic(intent, Risk(about["risk"]), by_intent.get(intent, []), held, language)
        for intent, about in taxonomy.items()
    ]
    return sorted(topics, key=lambda t: (ORDER.index(t.mode), -t.progress, t.intent))


def _topic(
    intent: str, risk: Risk, cells: list[StoredCell], held: list[StoredOverride], language: str
) -> Topic:
    word = _strongest([o for o in held if o.intent in (None, intent)])
    states = [read_state(c.state) for c in cells]
    best = max(
        states, key=lambda s: (sum(v.passed for v in s.levels), s.levels[0].right), default=None
    )
    share = max((best.ramp[v.step] for v in best.levels if v.passed), default=0.0) if best else 0.0
    mode = "person" if risk is Risk.HIGH else "auto" if share else "suggest"
    if word is not None:
        mode = {"kill": "killed", "pin_suggest": "pinned_suggest"}.get(word.kind, mode)
        if word.kind == "pin_auto" and risk is not Risk.HIGH:
            mode, share = "pinned_auto", 1.0
    told = (read_override(vars_of(word)),) if word else ()
    progress, clean = 0, None
    if best is not None and mode == "suggest":
        left = missing(best)
        clean = left.clean if left else None
        level = best.levels[0]
        progress = max(0, min(100, round(100 * level.log_capital / level.needed(best.delta))))
    return Topic(
        intent, risk.value, mode, share, progress, clean,
        best.levels[0].right if best else 0, best.levels[0].wrong if best else 0,
        explain(best, language, risk=risk, overrides=told), word,
    )  # fmt: skip


def vars_of(word: StoredOverride) -> dict[str, Any]:
    """An override as the trust core reads it."""
    return {
        "kind": word.kind, "by": word.by, "reason": word.reason, "intent": word.intent,
        "expires_at": word.expires_at.isoformat() if word.expires_at else None,
    }  # fmt: skip


def _strongest(held: list[StoredOverride]) -> StoredOverride | None:
    order = ("kill", "pin_suggest", "pin_auto")
    return min(held, key=lambda o: order.index(o.kind), default=None)


def _drawn(one: Curve, w: Words) -> Drawn:
    """The strictest threshold that has not passed, or the last one."""
    level = next((i for i, passed in enumerate(one.passed) if not passed), len(one.passed) - 1)
    values = [p.evidence[level] if level < len(p.evidence) else 0.0 for p in one.points]
    told = [f"{w('verdicts.' + p.kind)} · {p.at:%d.%m.%Y}" for p in one.points]
    picture = charts.line(values, [p.counted for p in one.points], told)
    return Drawn(one, picture, list(reversed(one.points[-12:])))

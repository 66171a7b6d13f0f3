"""Playing a scenario: messages in, the agent's hand, and what became of the tenant's records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from invekto.agent.assembly import Engine
from invekto.agent.handling import Handled, handle, store
from invekto.agent.verdicts import Person, reject, report_wrong, send, take_over
from invekto.contracts.clock import fixed_clock
from invekto.contracts.ids import new_id
from invekto.contracts.messages import Attachment, InboundMessage
from invekto.db.pool import Connection
from invekto.errors import Conflict
from invekto.evals.scenario import Edit, Reject, Scenario, Turn
from invekto.records import consents, conversations, turns

AGENT = Person("eval-agent", "agent", "Agent")
WORLD = (
    "appointments", "coupons", "intent_examples", "leads", "order_requests", "orders",
    "payment_links", "privacy_requests", "quotes", "return_deflections",
)  # fmt: skip
"""Tables that only what was agreed may change."""

Rows = list[dict[str, Any]]


@dataclass
class Played:
    """What came of a scenario, turn by turn, and its ids."""

    contact_id: str = ""
    conversation_id: str = ""
    handled: list[Handled | None] = field(default_factory=list)
    refused: list[bool] = field(default_factory=list)
    """By turn: whether what the agent did met a conflict."""
    changes: dict[str, int] = field(default_factory=dict)
    milliseconds: float = 0.0
    crash: str | None = None
    """What the engine broke with, where it did; the turns after it were not played."""


async def play(engine: Engine, scenario: Scenario) -> Played:
    """Play all turns on the engine's database; what they change stays there."""
    if scenario.clock is not None:
        engine = replace(engine, deps=replace(engine.deps, clock=fixed_clock(scenario.clock)))
    played = Played()
    before = await world(engine, scenario.tenant)
    try:
        for turn in scenario.turns:
            await _turn(engine, scenario, turn, played)
    except Exception as error:  # noqa: BLE001 - a crash is this scenario's result; others go on
        played.crash = f"crashed: {type(error).__name__}: {error}"
    after = await world(engine, scenario.tenant)
    played.changes = {
        table: rows for table in WORLD if (rows := changed(before[table], after[table]))
    }
    return played


async def _turn(engine: Engine, scenario: Scenario, turn: Turn, played: Played) -> None:
    for text in [turn.say] if isinstance(turn.say, str) else turn.say:
        await put(engine, scenario, turn, text, played)
    handled = None
    if turn.handled:
        handled = await handle(engine, scenario.tenant, played.conversation_id)
        played.milliseconds += handled.worked.milliseconds if handled else 0.0
    played.handled.append(handled)
    played.refused.append(await _agent(engine, scenario.tenant, turn, played))


async def put(engine: Engine, scenario: Scenario, turn: Turn, text: str, played: Played) -> None:
    """Store one message of the scenario's customer."""
    contact = scenario.contact
    files = (Attachment(turn.attachment, new_id("file")),) if turn.attachment else ()
    inbound = InboundMessage(
        channel="whatsapp",
        channel_user_id=contact.phone.lstrip("+"),
        provider_message_id=new_id("eval"),
        text=text,
        sent_at=engine.deps.clock(),
        name=contact.name,
        phone=contact.phone,
        phone_verified=contact.verified,
        attachments=files,
    )
    received = await store(engine, scenario.tenant, inbound)
    if not played.conversation_id:
        played.conversation_id = received.conversation_id
        await _introduce(engine, scenario, played)


async def _introduce(engine: Engine, scenario: Scenario, played: Played) -> None:
    async with engine.deps.database.tenant(scenario.tenant) as conn:
        conversation = await conversations.get(conn, played.conversation_id)
        played.contact_id = conversation.contact_id
        if scenario.contact.consent is not None:
            await consents.record_consent(
                conn, played.contact_id, scenario.contact.consent, recorded_by="assistant"
            )


async def _agent(engine: Engine, tenant: str, turn: Turn, played: Played) -> bool:
    """What the person does after the turn; True where it met a conflict."""
    if turn.agent is None:
        return False
    try:
        await act(engine, tenant, turn.agent, played)
    except Conflict:
        return True
    return False


async def act(engine: Engine, tenant: str, agent: object, played: Played) -> None:
    """The person's act after a turn. Raises Conflict where it is refused."""
    deps = engine.deps
    if agent == "take_over":
        await _show(engine, tenant, played)
        await take_over(deps, tenant, played.conversation_id, AGENT)
    elif agent == "report_wrong":
        last = next(h for h in reversed(played.handled) if h is not None)
        await report_wrong(deps, tenant, last.committed.turn_id, by=AGENT.user_id)
    else:
        draft = await _show(engine, tenant, played)
        if isinstance(agent, Reject):
            await reject(
                deps, tenant, draft, AGENT, agent.reject, corrected_intent=agent.corrected_intent
            )
        else:
            text = agent.edit if isinstance(agent, Edit) else None
            await send(deps, engine.shelf, tenant, draft, AGENT, text=text)


async def _show(engine: Engine, tenant: str, played: Played) -> str:
    """The open draft, put before the agent's eyes. Raises Conflict where there is none."""
    async with engine.deps.database.tenant(tenant) as conn:
        draft = await turns.open_suggestion(conn, played.conversation_id)
        if draft is None:
            raise Conflict("there is no open draft in this conversation")
        await turns.mark_shown(conn, draft.suggestion_id, engine.deps.clock())
        return draft.suggestion_id


async def rows_of(conn: Connection, table: str) -> Rows:
    """All rows of one of the tables a scenario may name, as JSON; the tenant's only."""
    query = f"SELECT to_jsonb(t) FROM {table} t WHERE tenant_id = app.current_tenant()"
    found = await conn.execute(query.encode())
    return [row[0] for row in await found.fetchall()]


async def world(engine: Engine, tenant: str) -> dict[str, Counter[str]]:
    """All rows of the tables of the world."""
    async with engine.deps.database.tenant(tenant) as conn:
        return {table: Counter(map(repr, await rows_of(conn, table))) for table in WORLD}


def changed(before: Counter[str], after: Counter[str]) -> int:
    """Rows added, changed or removed."""
    return max((after - before).total(), (before - after).total())

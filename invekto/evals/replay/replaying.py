"""All past exchanges of a file through the graph, and what came of them.

The clock of every turn is the moment of the customer's message; the records it reads are those of
today. What an order or a diary has become since is the one thing that a replay cannot take back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from invekto.agent.assembly import Engine
from invekto.agent.deps import TenantKit, TurnScope
from invekto.agent.shadow import ShadowReader, Version, shadow_kit, undone
from invekto.agent.state import Dialogue
from invekto.agent.trust.rules import Rules
from invekto.agent.trust.stored import read_rules
from invekto.agent.turn import Worked, run_graph
from invekto.contracts.evidence import Mode, Risk
from invekto.errors import BadRequest
from invekto.evals.ragas_measures import strings
from invekto.evals.replay.autonomy import Drafted, Earned, earn
from invekto.evals.replay.likeness import Compared, Likeness, compare
from invekto.evals.replay.past import Past, PastConversation, read_past
from invekto.evals.replay.staging import Exchange, Stage, exchanges, stage_of, turn_of
from invekto.evals.report import Report
from invekto.records import trust
from invekto.tools.contract import TenantView

Told = Callable[[int], Awaitable[None]]
"""Hears how many conversations are done."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One exchange: what the version would have done, beside what was written."""

    exchange: Exchange
    worked: Worked
    compared: Compared | None = None

    @property
    def draft(self) -> str:
        """The reply that would have been sent or suggested; empty where there is none."""
        draft = self.worked.state.draft
        return draft.text if draft is not None and self.outcome != "handed_over" else ""

    @property
    def outcome(self) -> str:
        """drafted, noticed (a fixed notice alone), or handed_over."""
        state = self.worked.state
        decision = state.decision
        if decision is not None and decision.why.get("notice_only"):
            return "noticed"
        if decision is None or decision.mode is Mode.HAND_OVER or state.draft is None:
            return "handed_over"
        return "drafted" if state.draft.text.strip() else "handed_over"


async def replay_file(
    engine: Engine,
    tenant_id: str,
    name: str,
    data: bytes,
    *,
    version: Version = "present",
    told: Told | None = None,
) -> Report:
    """Replay a file of past conversations; nothing is sent, and every transaction is undone.

    Args:
        told: hears after each conversation how many are done.

    Raises:
        NotFound: no such tenant.
        BadData: the file is unusable, or a draft of the candidate version does not fit the code.
    """
    tenant, kit = await shadow_kit(engine, tenant_id, version)
    past = read_past(name, data, tenant.zone)
    async with undone(engine.deps.database, tenant_id) as conn:
        rules = read_rules(await trust.get_settings(conn))
    replayed: list[Replayed] = []
    for done, conversation in enumerate(past.conversations, 1):
        replayed += await _replay(engine, tenant, kit, conversation)
        if told is not None:
            await told(done)
    return report_of(past, replayed, rules, version)


def within(past: Past, most: int) -> Past:
    """What was read, where it is not too much. Raises BadRequest: more than `most` messages."""
    count = sum(len(conversation.messages) for conversation in past.conversations)
    if count > most:
        raise BadRequest(
            f"{count} messages are more than {most} at a time: use `invekto replay`", most=most
        )
    return past


async def _replay(
    engine: Engine, tenant: TenantView, kit: TenantKit, past: PastConversation
) -> list[Replayed]:
    async with undone(engine.deps.database, tenant.tenant_id) as conn:
        stage = await stage_of(conn, past)
    dialogue, told = Dialogue(), []
    for exchange in exchanges(past):
        worked = await _work(engine, tenant, kit, stage, exchange, dialogue)
        one = _beside(Replayed(exchange, worked))
        told.append(one)
        dialogue = _remembered(one)
        consent = worked.state.contact_changes.get("consent")
        if consent is not None:
            stage = replace(stage, contact=replace(stage.contact, consent=consent))
    return told


async def _work(
    engine: Engine,
    tenant: TenantView,
    kit: TenantKit,
    stage: Stage,
    exchange: Exchange,
    dialogue: Dialogue,
) -> Worked:
    reader = ShadowReader(engine.deps.database, tenant.tenant_id, stage.put)
    try:
        turn = turn_of(exchange, stage, tenant, dialogue)
        return await run_graph(turn, TurnScope(engine.deps, reader, kit))
    finally:
        await reader.pause()


def _beside(one: Replayed) -> Replayed:
    """With its comparison, where there is a draft and somebody answered."""
    state, reply = one.worked.state, one.exchange.reply
    if reply is None or not one.draft:
        return one
    language = state.understanding.language if state.understanding else "tr"
    return replace(one, compared=compare(one.draft, reply, language, state.turn.now))


def _remembered(one: Replayed) -> Dialogue:
    """Our question waits for the customer only where the agent asked something too."""
    state = one.worked.state
    dialogue = state.dialogue or state.turn.dialogue
    asked = dialogue.task is not None and dialogue.task.asked is not None
    reply = one.exchange.reply or ""
    if one.outcome == "handed_over" or (asked and "?" not in reply and "؟" not in reply):
        return replace(dialogue, task=None, parked=None)
    return dialogue


def report_of(past: Past, replayed: Sequence[Replayed], rules: Rules, version: str) -> Report:
    """The report: figures, the same by intent, and every exchange."""
    drafts = [_drafted(one) for one in replayed if _by_trust(one)]
    secret = "replay"  # noqa: S105 - coins of an imagined past; nothing is decided by them
    careful = earn(drafts, rules, secret, careful=True)
    generous = earn(drafts, rules, secret, careful=False)
    messages = sum(len(one.exchange.asked) for one in replayed)
    report = Report(
        "replay",
        len(replayed),
        {"version": version, "conversations": len(past.conversations), "messages": messages}
        | _outcomes(replayed)
        | strings([(one.draft, one.exchange.reply or "") for one in replayed if one.compared])
        | _autonomy(replayed, careful, generous, messages),
        by={"intent": _by_intent(replayed), "handed_over": _reasons(replayed)},
        predictions=[_told(one, careful, generous) for one in replayed],
    )
    differing = [row for row in report.predictions if row["likeness"] == Likeness.DIFFERS]
    report.errors = [*past.problems, *differing]
    return report


def _by_trust(one: Replayed) -> bool:
    """Drafts that trust decides on: no rail, suspicion or person stood in the way."""
    decision = one.worked.state.decision
    return (
        one.outcome == "drafted"
        and decision is not None
        and decision.mode in (Mode.SUGGEST, Mode.AUTO)
        and "coins" in decision.why
    )


def _drafted(one: Replayed) -> Drafted:
    state, decision = one.worked.state, one.worked.state.decision
    assert decision is not None
    assert state.draft is not None
    risks = decision.why["risks"]
    return Drafted(
        turn_id=state.turn.turn_id,
        conversation=one.exchange.conversation.key,
        at=one.exchange.at,
        cells=decision.cells,
        risks=tuple(Risk(risks[cell.intent]) for cell in decision.cells),
        confidence=decision.confidence,
        resolving=state.draft.resolving,
        likeness=one.compared.likeness if one.compared else None,
        judged=one.exchange.verdict,
        messages=len(one.exchange.asked),
    )


def _outcomes(replayed: Sequence[Replayed]) -> dict[str, Any]:
    n = max(1, len(replayed))
    counts = Counter(one.outcome for one in replayed)
    likeness = Counter(one.compared.likeness.value for one in replayed if one.compared)
    compared = max(1, likeness.total())
    return {
        "drafted": counts["drafted"] / n,
        "noticed": counts["noticed"] / n,
        "handed_over": counts["handed_over"] / n,
        "compared": likeness.total(),
        **{kind.value: likeness[kind.value] / compared for kind in Likeness},
        "material_edits": sum(one.compared.material for one in replayed if one.compared) / compared,
    }


def _autonomy(
    replayed: Sequence[Replayed], careful: Earned, generous: Earned, messages: int
) -> dict[str, Any]:
    counts = {one.worked.state.turn.turn_id: len(one.exchange.asked) for one in replayed}

    def share(turns: Sequence[str]) -> float:
        return sum(counts[turn] for turn in turns) / max(1, messages)

    return {
        "automatic_at_the_end_careful": share(careful.at_the_end),
        "automatic_at_the_end_generous": share(generous.at_the_end),
        "automatic_on_the_way_careful": share(careful.sent),
        "automatic_on_the_way_generous": share(generous.sent),
        "wrong_on_the_way_careful": len(careful.wrong),
        "wrong_on_the_way_generous": len(generous.wrong),
    }


def _by_intent(replayed: Sequence[Replayed]) -> dict[str, Any]:
    groups: dict[str, list[Replayed]] = {}
    for one in replayed:
        for intent in _intents(one) or ["-"]:
            groups.setdefault(intent, []).append(one)
    return {
        intent: {
            "n": len(group),
            "drafted": sum(one.outcome == "drafted" for one in group),
            **Counter(one.compared.likeness.value for one in group if one.compared),
        }
        for intent, group in sorted(groups.items(), key=lambda pair: -len(pair[1]))
    }


def _intents(one: Replayed) -> list[str]:
    return [result.intent for result in one.worked.state.results]


def _reasons(replayed: Sequence[Replayed]) -> dict[str, int]:
    reasons = Counter(
        one.worked.state.handover.reason.value
        for one in replayed
        if one.outcome == "handed_over" and one.worked.state.handover is not None
    )
    return dict(reasons.most_common())


def _told(one: Replayed, careful: Earned, generous: Earned) -> dict[str, Any]:
    state, turn_id = one.worked.state, one.worked.state.turn.turn_id
    return {
        "conversation": one.exchange.conversation.key,
        "at": one.exchange.at.isoformat(),
        "text": one.exchange.text,
        "outcome": one.outcome,
        "intents": _intents(one),
        "reason": state.handover.reason.value if state.handover else None,
        "notices": list(state.notices),
        "draft": one.draft,
        "actions": [action.tool for action in state.draft.actions] if state.draft else [],
        "reply": one.exchange.reply,
        "likeness": one.compared.likeness.value if one.compared else None,
        "material": one.compared.material if one.compared else None,
        "differences": list(one.compared.reasons) if one.compared else [],
        "automatic": turn_id in careful.at_the_end,
        "automatic_generous": turn_id in generous.at_the_end,
        "milliseconds": round(one.worked.milliseconds, 1),
    }

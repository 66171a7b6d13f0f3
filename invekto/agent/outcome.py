"""The why of a turn as JSON: everything a person needs to see to believe or doubt the reply."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from invekto.agent.state import TaskResult, TurnState


def why(state: TurnState) -> dict[str, Any]:
    """Understanding, playbook steps, tool results, sources, rails and the trust behind it."""
    understanding, draft, rails, decision = (
        state.understanding,
        state.draft,
        state.guard,
        state.decision,
    )
    return {
        "understanding": {
            "language": understanding.language,
            "intents": [[g.name, round(g.probability, 4)] for g in understanding.intents],
            "alternatives": [
                [g.name, round(g.probability, 4)] for g in understanding.alternatives[:5]
            ],
            "answered": understanding.answered,
            "unsure_between": list(understanding.unsure_between),
            "entities": [asdict(e) for e in understanding.entities],
            "answer": asdict(understanding.answer) if understanding.answer else None,
            "sentiment": understanding.sentiment.value,
            "urgency": understanding.urgency.value,
            "source": understanding.source,
            "model": understanding.model_version,
        }
        if understanding
        else None,
        "flagged": list(state.flagged),
        "results": [_result(r) for r in state.results],
        "reply": draft.text if draft else None,
        "facts": list(draft.facts) if draft else [],
        "actions": [{"tool": a.tool, "args": a.args, "summary": a.summary} for a in draft.actions]
        if draft
        else [],
        "sources": [
            {
                "document": p.document_id,
                "chunk": p.chunk_id,
                "citation": p.citation,
                "page": p.page,
                "score": round(p.score, 4),
            }
            for p in (draft.passages if draft else ())
        ],
        "considered": [
            {"citation": p.citation, "score": round(p.score, 4), "why": p.why}
            for p in state.passages
        ],
        "rails": {
            "outcome": rails.outcome.value,
            "milliseconds": rails.milliseconds,
            "findings": [asdict(f) for f in rails.findings],
        }
        if rails
        else None,
        "decision": {
            "mode": decision.mode.value,
            "confidence": decision.confidence,
            "cells": [asdict(c) for c in decision.cells],
            "audit": decision.audit,
            **decision.why,
        }
        if decision
        else None,
        "handover": asdict(state.handover) if state.handover else None,
        "notices": list(state.notices),
        "stops": [[s.node, s.milliseconds] for s in state.stops],
        "model_calls": list(state.model_calls),
    }


def audited(state: TurnState, path: str | None, behaviour: str | None) -> dict[str, Any]:
    """What the audit log keeps of a turn: names and ids, nothing that anybody said."""
    rails, draft, handover = state.guard, state.draft, state.handover
    return {
        "conversation": state.turn.conversation.conversation_id,
        "intents": [r.intent for r in state.asked_for],
        "path": path,
        "behaviour": behaviour,
        "flagged": list(state.flagged),
        "rails": sorted({f"{f.rail}:{f.reason}:{f.outcome.value}" for f in rails.findings})
        if rails
        else [],
        "tools": [action.tool for action in draft.actions] if draft else [],
        "notices": list(state.notices),
        "handover": handover.reason.value if handover else None,
    }


def _result(result: TaskResult) -> dict[str, Any]:
    return {
        "intent": result.intent,
        "kind": result.kind,
        "path": result.path.value,
        "steps": list(result.steps),
        "tools": list(result.tools),
        "cards": list(result.cards),
        "slots": result.slots,
        "playbook": result.version,
        "reason": result.reason.value if result.reason else None,
    }

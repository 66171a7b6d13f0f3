"""Compose: one reply from the results, in the order they were asked for. With a model endpoint
the same facts are put into words by it; the built-in text stays the fall-back."""

from __future__ import annotations

from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.model_compose import write_with_model
from invekto.agent.nodes.setting import reply_language
from invekto.agent.playbooks.schema import TONES
from invekto.agent.state import Draft, TaskResult, TurnState
from invekto.contracts.evidence import Path
from invekto.contracts.passages import Passage
from invekto.knowledge.screening import steering

TOOL_RESULT = "tool_result"
"""Flagged: what tries to manipulate is not the message but a record it is answered from."""
SOURCE = {"tr": "Kaynak", "en": "Source", "ar": "المصدر"}

PAGE = {"tr": "s.", "en": "p.", "ar": "ص"}


async def compose(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """The draft in all tones. Facts that try to steer the assistant are data all the same: a model
    does not see them, and the draft is for a person."""
    speaking = [r for r in state.results if r.texts]
    language = reply_language(state)
    passages = _unique(p for r in speaking for p in r.passages)
    tones = {tone: "\n\n".join(r.texts[tone] for r in speaking if r.texts[tone]) for tone in TONES}
    draft = Draft(
        text=tones[state.turn.tenant.tone],
        tones=tones,
        facts=tuple(dict.fromkeys(f for r in speaking for f in (*r.facts, *r.approved))),
        actions=tuple(a for r in speaking for a in r.actions),
        passages=passages,
        path=_path(speaking),
        resolving=all(r.kind == "reply" for r in speaking) and _resolves(speaking, scope),
        citation=_citation(passages, language),
    )
    if steering(draft.facts):
        return {"draft": draft, "flagged": (*state.flagged, TOOL_RESULT)}
    if scope.model is None or state.flagged:
        return {"draft": draft}
    await scope.reader.pause()
    written, calls = await write_with_model(draft, state, scope, language)
    return {"draft": written or draft, "model_calls": calls}


def _citation(passages: tuple[Passage, ...], language: str) -> str:
    """`Kaynak: iade.pdf, s. 2`; FAQs are the tenant's own words and are not named."""
    page = PAGE.get(language, PAGE["en"])
    cited = dict.fromkeys(
        f"{p.title}, {page} {p.page}" if p.page else p.title for p in passages if p.kind != "faq"
    )
    if not cited:
        return ""
    return f"{SOURCE.get(language, SOURCE['en'])}: {'; '.join(cited)}"


def _path(results: list[TaskResult]) -> Path:
    paths = {r.path for r in results}
    for path in (Path.MODEL, Path.EXTRACT):
        if path in paths:
            return path
    return Path.PLAYBOOK


def _resolves(results: list[TaskResult], scope: TurnScope) -> bool:
    books = [scope.kit.playbooks.get(r.intent) for r in results]
    return any(book is None or book.playbook.resolving for book in books)


def _unique(passages: Any) -> tuple[Passage, ...]:
    return tuple({p.chunk_id: p for p in passages}.values())

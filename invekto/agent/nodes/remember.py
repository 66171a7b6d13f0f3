"""What a conversation remembers after a turn: the question that waits, the request left aside, and
what was spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from invekto.agent.goods import goods_of
from invekto.agent.intents.words import TenantWords
from invekto.agent.nodes.requests import CLOSING
from invekto.agent.playbooks.topic import NAMED, TYPED
from invekto.agent.state import WISH, Asked, Dialogue, Task, TaskResult
from invekto.contracts.understanding import Understanding

FRESH = 2
"""Turns for which a product or treatment counts as the one spoken of."""


def remembered(
    before: Dialogue,
    tasks: Sequence[Task],
    results: Sequence[TaskResult],
    understanding: Understanding,
    words: TenantWords,
) -> Dialogue:
    """What to remember of tasks that were run."""
    worked = {t.intent for t in tasks}
    if worked == {CLOSING}:
        return Dialogue(notices=before.notices)
    asking = next((r for r in results if r.kind == "ask"), None)
    task = Task(asking.intent, asking.slots, asking.asked) if asking else _offered(results, worked)
    left = [t for t in (before.task, before.parked) if t is not None and t.intent not in worked]
    parked = next((t for t in left if t.asked and t.asked.slot not in ("intent", WISH)), None)
    about = {kind: (name,) for result in results for kind, name in result.named.items()}
    now = Dialogue(task=task, parked=parked, notices=before.notices)
    now = _with_subject(now, before, {**_typed(understanding), **about})
    return replace(now, goods=goods_of(results, understanding, words) or now.goods)


def still_about(now: Dialogue, before: Dialogue, understanding: Understanding) -> Dialogue:
    """With what a message names that no playbook was run for."""
    return _with_subject(now, before, _typed(understanding))


def _typed(understanding: Understanding) -> dict[str, tuple[str, ...]]:
    """By kind, what the customer has typed and need not type again, and the products or
    treatments they named, whatever it was that they asked about them."""
    typed: dict[str, tuple[str, ...]] = {
        e.kind: (str(e.value),) for e in reversed(understanding.entities) if e.kind in TYPED
    }
    for kind in NAMED:
        named = dict.fromkeys(str(e.value) for e in understanding.entities if e.kind == kind)
        if named:
            typed[kind] = tuple(named)
    return typed


def _offered(results: Sequence[TaskResult], worked: set[str]) -> Task | None:
    """What a reply offers and was not asked for already: a yes or no to it is waited for."""
    for result in results:
        if result.follow is not None and result.follow not in worked:
            return Task(result.follow, {}, Asked(WISH, "yes_no"))
    return None


def _with_subject(now: Dialogue, before: Dialogue, named: dict[str, tuple[str, ...]]) -> Dialogue:
    """With what was spoken of last, as long as it is fresh."""
    if named:
        return replace(now, named=named, goods=before.goods if named == before.named else ())
    if not before.named or before.named_ago + 1 > FRESH:
        return now
    return replace(now, named=before.named, goods=before.goods, named_ago=before.named_ago + 1)

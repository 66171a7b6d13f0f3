"""Every intent with its standing: how far it has come, and a person's word above it. What the API
and the pages share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.trust.explain import explain, missing
from invekto.agent.trust.stored import read_override, read_state
from invekto.contracts.evidence import Risk
from invekto.records import overrides, tenants, trust
from invekto.records.overrides import StoredOverride
from invekto.records.trust import StoredCell

Conn = AsyncConnection[Any]
Taxonomy = dict[str, dict[str, Any]]
ORDER = ("auto", "pinned_auto", "suggest", "pinned_suggest", "killed", "person")
STRONGEST = ("kill", "pin_suggest", "pin_auto")


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

    @property
    def known(self) -> bool:
        """There is something to say of it: evidence, a person's word, or that it never will be."""
        return bool(self.right or self.wrong or self.override or self.mode != "suggest")


async def standing(
    conn: Conn, taxonomy: Taxonomy, language: str, now: datetime, *, intent: str | None = None
) -> list[Topic]:
    """Each intent, or this one, by the cell that has got furthest."""
    held = await overrides.list_overrides(conn, now)
    people = await tenants.list_users(conn, active_only=False)
    names = {person.user_id: person.name for person in people}
    by_intent: dict[str, list[StoredCell]] = {}
    for cell in await trust.list_cells(conn, intent):
        by_intent.setdefault(cell.cell.intent, []).append(cell)
    topics = [
        _topic(name, Risk(about["risk"]), by_intent.get(name, []), held, names, language)
        for name, about in taxonomy.items()
        if intent in (None, name)
    ]
    return sorted(topics, key=lambda t: (ORDER.index(t.mode), -t.progress, t.intent))


def _topic(
    intent: str, risk: Risk, cells: list[StoredCell], held: list[StoredOverride],
    names: Mapping[str, str], language: str,
) -> Topic:  # fmt: skip
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
    told = (read_override(_as_read(word, names)),) if word else ()
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


def _as_read(word: StoredOverride, names: Mapping[str, str]) -> dict[str, Any]:
    """An override as the trust core reads it, with the person's name."""
    return {
        "kind": word.kind, "by": names.get(word.by, word.by), "reason": word.reason,
        "intent": word.intent,
        "expires_at": word.expires_at.isoformat() if word.expires_at else None,
    }  # fmt: skip


def _strongest(held: list[StoredOverride]) -> StoredOverride | None:
    return min(held, key=lambda o: STRONGEST.index(o.kind), default=None)

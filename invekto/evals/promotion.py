"""`invekto eval promote --tenant T`: corrections of production become lines of an evaluation set.

Corrected messages are pseudonymised as they are proposed; a person reads and approves each; what is
written is what is approved at that moment. Whoever is erased takes their lines along, so a set is
made anew from the table rather than kept.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from invekto.contracts.clock import Clock
from invekto.db.pool import Database
from invekto.errors import BadRequest
from invekto.guardrails.pseudonyms import Pseudonyms
from invekto.records import conversations, eval_lines, tenants
from invekto.records.eval_lines import EvalLine

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Promoted:
    """What waits for a person, and what a set may hold."""

    proposed: list[EvalLine]
    approved: list[EvalLine]


async def promote(
    database: Database,
    tenant_id: str,
    clock: Clock,
    *,
    approve: Sequence[str] = (),
    refuse: Sequence[str] = (),
    by: str | None = None,
) -> Promoted:
    """Propose what is new, decide what is named.

    Raises:
        BadRequest: a decision without the name of who takes it.
        NotFound: no such tenant or line.
    """
    if (approve or refuse) and not (by or "").strip():
        raise BadRequest("a decision needs the name of who takes it: --by NAME")
    now = clock()
    async with database.tenant(tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
        for row in await eval_lines.corrections(conn):
            await _propose(conn, row, tenant.sector, now)
        for ids, status in ((approve, "approved"), (refuse, "refused")):
            if ids:
                await eval_lines.decide(conn, ids, status, by=str(by), now=now)  # type: ignore[arg-type]
        return Promoted(
            await eval_lines.list_lines(conn, "proposed"),
            await eval_lines.list_lines(conn, "approved"),
        )


async def _propose(conn: Any, row: Json, pack: str, now: datetime) -> None:
    hidden = Pseudonyms()
    if row["contact_id"] is not None:
        contact = await conversations.get_contact(conn, row["contact_id"])
        for value in (contact.name, contact.phone):
            if value:
                hidden.hide(value)
    line = {
        "text": hidden.hide(row["text"], row["language"]),
        "lang": row["language"],
        "pack": pack,
        "intent": row["intent"],
    }
    await eval_lines.propose(
        conn, line, kind="intents", example_id=row["example_id"], turn_id=row["turn_id"],
        contact_id=row["contact_id"], now=now,
    )  # fmt: skip


def as_file(lines: Sequence[EvalLine]) -> str:
    """JSON Lines, with where each comes from."""
    return "".join(
        json.dumps(
            {
                **one.line,
                "origin": "production correction",
                "line_id": one.line_id,
                "approved_by": one.decided_by,
                "approved_at": one.decided_at.isoformat() if one.decided_at else None,
            },
            ensure_ascii=False,
        )
        + "\n"
        for one in lines
    )

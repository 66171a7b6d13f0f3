"""Starting a replay and looking at one: what the API and the pages share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from invekto.agent.shadow import Version
from invekto.errors import BadData
from invekto.evals.replay.past import read_past
from invekto.evals.replay.replaying import within
from invekto.evals.report import Report
from invekto.records import inbox, replays
from invekto.records.inbox import Thread
from invekto.records.replays import KeptReplay
from invekto.server.audited import audited
from invekto.server.caller import Caller
from invekto.server.deps import ServerDeps
from invekto.server.jobs.replay import enqueue_replay

MONTH = timedelta(days=30)
OWN = 400
"""Conversations of one's own month that are replayed."""
OWN_MONTH = "month.json"
"""What a replay of one's own conversations is called; a page says it in words."""
MOST = 5_000
"""Messages of a file, a few minutes; `invekto replay` takes more."""
AUTHORS = {"customer": "customer", "person": "person", "person_for_ai": "person"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A replay, with its report once that is there."""

    entry: KeptReplay
    report: Report | None


async def start(
    deps: ServerDeps, caller: Caller, name: str, data: bytes, version: Version = "present"
) -> str:
    """Have a file replayed by a worker; returns the replay's id.

    Raises:
        BadData: the file is unusable. BadRequest: it holds more than `MOST` messages.
    """
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant, _ = await deps.engine.shelf.kit(conn, caller.tenant_id)
    past = within(read_past(name, data, tenant.zone), MOST)
    replay_id = replays.new_replay_id()
    sealed = deps.sealer.seal(data, replays.purpose(caller.tenant_id, replay_id))
    async with deps.database.tenant(caller.tenant_id) as conn:
        await replays.add(
            conn, replay_id, name, version, sealed, len(past.conversations), caller.subject,
            deps.clock(),
        )  # fmt: skip
        await enqueue_replay(conn, replay_id)
        await audited(
            conn, caller, "trust.replayed", "replay", replay_id, version=version,
            conversations=len(past.conversations),
        )  # fmt: skip
    return replay_id


async def look(deps: ServerDeps, tenant_id: str, replay_id: str) -> Seen:
    """A replay as far as it is. Raises NotFound."""
    async with deps.database.tenant(tenant_id) as conn:
        entry = await replays.get(conn, replay_id)
    if entry.report is None:
        return Seen(entry, None)
    told = deps.sealer.open_json(entry.report, replays.purpose(tenant_id, replay_id))
    return Seen(entry, Report.from_document(told))


async def own_month(deps: ServerDeps, tenant_id: str) -> bytes:
    """The latest conversations of the month, as a file of past conversations holds them.

    Raises:
        BadData: there is none that somebody answered.
    """
    async with deps.database.tenant(tenant_id) as conn:
        found = await inbox.threads_since(conn, deps.clock() - MONTH, limit=OWN)
    if not found:
        raise BadData("nobody has answered a customer in the last month: upload past conversations")
    return json.dumps([_told(one) for one in found], ensure_ascii=False).encode()


def _told(thread: Thread) -> dict[str, Any]:
    return {
        "conversation": thread.conversation_id,
        "phone": thread.phone,
        "name": thread.name,
        "channel": thread.channel,
        "consent": thread.consent,
        "messages": [
            {"at": at, "from": AUTHORS.get(str(author), "system"), "text": text, "agent": agent}
            for at, author, text, agent in thread.messages
        ],
    }

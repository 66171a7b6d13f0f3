"""Whatever goes wrong: each inbound message is in exactly one terminal turn, what is certain was
sent once by the channel's own log, and nothing is left undone in silence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.doubles.whatsapp import WhatsApp
from tests.server.conftest import House

INBOUND = """
    SELECT m.conversation_id, m.seq, count(t.turn_id) FROM messages m
    LEFT JOIN turns t ON t.conversation_id = m.conversation_id
        AND m.seq BETWEEN t.first_seq AND t.last_seq
        AND t.outcome IN ('answered', 'suggested', 'handed_over')
    WHERE m.author = 'customer' GROUP BY 1, 2"""
SENDS = "SELECT outbound_id, status, uncertain_times, kind FROM outbound_messages"
TOLD = """SELECT o.outbound_id FROM outbound_messages o JOIN handovers h
    ON h.conversation_id = o.conversation_id AND h.detail ->> 'outbound_id' = o.outbound_id"""
SETTLED = {"sent", "delivered", "read"}
ENDED_BADLY = {"dead", "failed"}


@dataclass(frozen=True)
class Account:
    """What came in and went out of one tenant."""

    inbound: int
    sent: int
    uncertain: int
    repeated: int
    """Sends that the channel took twice because nobody could know."""


async def judge_inbound(house: House) -> int:
    """How many messages came in. Raises AssertionError where one is not in one terminal turn."""
    async with house.deps.database.tenant(house.tenant_id) as conn:
        inbound = await (await conn.execute(INBOUND)).fetchall()
    wrong = [row for row in inbound if row[2] != 1]
    assert not wrong, f"(conversation, seq, terminal turns): {wrong}"
    return len(inbound)


async def judge(house: House, graph: WhatsApp) -> Account:
    """Raises AssertionError where a message was lost, or certainly sent twice."""
    inbound = await judge_inbound(house)
    async with house.deps.database.tenant(house.tenant_id) as conn:
        sends = await (await conn.execute(SENDS)).fetchall()
        told = {str(row[0]) for row in await (await conn.execute(TOLD)).fetchall()}
    times = Counter(accepted.own_id for accepted in graph.log)
    assert set(times) <= {row[0] for row in sends}, "the channel has a message that we never queued"
    for outbound_id, status, uncertain, _ in sends:
        _judge_send(str(outbound_id), str(status), int(uncertain), times[outbound_id], told)
    return Account(
        inbound=inbound,
        sent=sum(1 for row in sends if row[1] in SETTLED),
        uncertain=sum(1 for row in sends if row[2] > 0),
        repeated=sum(1 for count in times.values() if count > 1),
    )


def _judge_send(outbound_id: str, status: str, uncertain: int, times: int, told: set[str]) -> None:
    case = (outbound_id, status, f"uncertain {uncertain}", f"taken {times}")
    assert status in SETTLED | ENDED_BADLY, case
    assert times <= 1 + uncertain, case
    if uncertain == 0:
        assert times == (1 if status in SETTLED else 0) or status == "failed", case
    if status in SETTLED:
        assert times >= 1, case
    else:
        assert outbound_id in told, ("nobody was told", *case)

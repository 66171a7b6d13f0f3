"""What became of a customer's matter, defined once: contained, assisted, resolved, verified.

A conversation on a messenger never ends by itself, so it is cut into *matters*: a pause of
`PAUSE` without a message from anybody parts two. Silence is never counted as success.

The definitions are pure; `of_period` reads what they need of a tenant's rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from invekto.contracts.evidence import WRONG, VerdictKind

PAUSE = timedelta(hours=24)
"""Nobody wrote for so long: the matter is closed, if nothing of the customer's is unanswered."""
RECONTACT = timedelta(hours=72)
"""Who comes back with the same matter within this was not helped."""
SMALL_TALK = frozenset({"greeting", "thanks_goodbye"})
"""Intents that are no matter of their own."""
CONFIRMS = frozenset(
    {VerdictKind.SENT_UNCHANGED, VerdictKind.EDITED_COSMETIC, VerdictKind.AUDIT_RIGHT}
)
"""Verdicts by which a person stands for the reply."""
PEOPLE = frozenset({"person", "person_for_ai"})


@dataclass(frozen=True, slots=True)
class Said:
    """A message: who wrote it (customer, ai, person, person_for_ai, system) and when."""

    at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class Worked:
    """A terminal turn: answered, suggested, handed_over …; `resolving`: no mere question."""

    at: datetime
    outcome: str
    intents: tuple[str, ...] = ()
    resolving: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict on one of its replies."""

    at: datetime
    kind: VerdictKind


@dataclass(frozen=True, slots=True)
class Matter:
    """What lies between two pauses of one contact's conversation, in order of time."""

    contact: str
    said: tuple[Said, ...]
    worked: tuple[Worked, ...] = ()
    judged: tuple[Judged, ...] = ()

    @property
    def intents(self) -> frozenset[str]:
        """What it was about."""
        return frozenset(i for turn in self.worked for i in turn.intents) - SMALL_TALK


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a matter.

    Attributes:
        closed: answered last and quiet since `PAUSE`; all others are False while it is open.
        contained: no person wrote and nothing waited for or went to one.
        assisted: a person sent what the assistant had drafted.
        resolved: ended with a resolving reply that nobody called wrong, and no re-contact.
        verified: resolved, and a person stood for a reply or the customer thanked after it.
        recontact: the same contact came back with the same matter within `RECONTACT`.
    """

    closed: bool = False
    contained: bool = False
    assisted: bool = False
    resolved: bool = False
    verified: bool = False
    recontact: bool = False


def matters(
    contact: str,
    said: Iterable[Said],
    worked: Iterable[Worked] = (),
    judged: Iterable[Judged] = (),
) -> list[Matter]:
    """Cut one contact's conversation at its pauses; a verdict belongs to the matter before it."""
    ordered = sorted(said, key=lambda message: message.at)
    starts = [
        message.at
        for before, message in zip([None, *ordered], ordered, strict=False)
        if before is None or message.at - before.at > PAUSE
    ]

    def place(at: datetime) -> int:
        return max(0, sum(start <= at for start in starts) - 1)

    turns, verdicts = list(worked), list(judged)
    return [
        Matter(
            contact,
            tuple(messages),
            tuple(sorted((t for t in turns if place(t.at) == number), key=lambda t: t.at)),
            tuple(v for v in verdicts if place(v.at) == number),
        )
        for number, messages in groupby(ordered, key=lambda message: place(message.at))
    ]


def outcome(matter: Matter, now: datetime, later: Sequence[Matter] = ()) -> Outcome:
    """What became of it, as known at `now`.

    Args:
        later: matters of the same contact that came after it.
    """
    last = matter.said[-1]
    if last.author == "customer" and not _thanked(matter):
        return Outcome()
    if now - last.at <= PAUSE:
        return Outcome()
    recontact = any(_same_again(matter, other) for other in later)
    resolved = _resolved(matter) and not recontact
    stood_for = any(v.kind in CONFIRMS for v in matter.judged)
    return Outcome(
        closed=True,
        contained=_contained(matter),
        assisted=any(message.author == "person_for_ai" for message in matter.said),
        resolved=resolved,
        verified=resolved and (stood_for or _thanked(matter)),
        recontact=recontact,
    )


def _contained(matter: Matter) -> bool:
    waited = any(turn.outcome in ("suggested", "handed_over") for turn in matter.worked)
    answered = any(turn.outcome == "answered" for turn in matter.worked)
    return answered and not waited and not any(m.author in PEOPLE for m in matter.said)


def _resolved(matter: Matter) -> bool:
    real = [turn for turn in matter.worked if not _small_talk(turn)]
    if not real or not real[-1].resolving or any(v.kind in WRONG for v in matter.judged):
        return False
    return any(m.author in PEOPLE | {"ai"} and m.at >= real[-1].at for m in matter.said)


def _thanked(matter: Matter) -> bool:
    """The last turn is the customer's thanks, after a resolving reply."""
    *before, last = matter.worked or (None,)
    return (
        last is not None
        and "thanks_goodbye" in last.intents
        and any(turn is not None and turn.resolving for turn in before)
    )


def _small_talk(turn: Worked) -> bool:
    return bool(turn.intents) and set(turn.intents) <= SMALL_TALK


def _same_again(matter: Matter, other: Matter) -> bool:
    gap = other.said[0].at - matter.said[-1].at
    return (
        other.contact == matter.contact
        and timedelta(0) < gap <= RECONTACT
        and bool(matter.intents & other.intents)
    )


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Counts of matters: all but the first are among the closed."""

    matters: int = 0
    closed: int = 0
    contained: int = 0
    assisted: int = 0
    resolved: int = 0
    verified: int = 0
    recontact: int = 0


NAMES = ("closed", "contained", "assisted", "resolved", "verified", "recontact")


def count(
    all_matters: Sequence[Matter], now: datetime, *, begun: Iterable[Matter] | None = None
) -> Outcomes:
    """Counts over matters.

    Args:
        begun: those that count; the others only show who came back. None: all.
    """
    by_contact: dict[str, list[Matter]] = {}
    for matter in all_matters:
        by_contact.setdefault(matter.contact, []).append(matter)
    told = [
        outcome(matter, now, [other for other in by_contact[matter.contact] if other is not matter])
        for matter in (all_matters if begun is None else begun)
    ]
    return Outcomes(len(told), **{name: sum(getattr(one, name) for one in told) for name in NAMES})


def summary(all_matters: Sequence[Matter], now: datetime) -> dict[str, float]:
    """Shares of the closed matters; `matters` and `closed` are counts."""
    told = count(all_matters, now)
    shares = {name: getattr(told, name) / told.closed if told.closed else 0.0 for name in NAMES[1:]}
    return {"matters": told.matters, "closed": told.closed, **shares}


SAID = """
    SELECT v.contact_id AS contact, m.sent_at AS at, m.author
    FROM messages m JOIN conversations v USING (tenant_id, conversation_id)
    WHERE m.tenant_id = app.current_tenant() AND m.sent_at >= %(since)s AND m.sent_at < %(until)s
    ORDER BY 1, 2, m.seq
"""
WORKED = """
    SELECT v.contact_id AS contact, t.created_at AS at, t.outcome, t.intents, t.resolving,
        coalesce((SELECT array_agg(d.kind) FROM trust_verdicts d
                  WHERE d.tenant_id = app.current_tenant() AND d.turn_id = t.turn_id), '{}')
            AS verdicts
    FROM turns t JOIN conversations v USING (tenant_id, conversation_id)
    WHERE t.tenant_id = app.current_tenant() AND t.created_at >= %(since)s
      AND t.created_at < %(until)s
    ORDER BY 1, 2
"""


async def of_period(
    conn: AsyncConnection[Any], begin: datetime, end: datetime, now: datetime
) -> Outcomes:
    """What became of the matters that began between `begin` and `end`, as known at `now`.

    A verdict is told with the turn it judged, however late it came. Two statements; a thousandth
    of a second for some hundred messages.
    """
    span = {"since": begin - PAUSE, "until": end + RECONTACT + PAUSE}
    said: dict[str, list[Said]] = {}
    worked: dict[str, list[Worked]] = {}
    judged: dict[str, list[Judged]] = {}
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(SAID, span)
        async for row in cur:
            said.setdefault(row["contact"], []).append(Said(row["at"], row["author"]))
        await cur.execute(WORKED, span)
        async for row in cur:
            contact, at = row["contact"], row["at"]
            worked.setdefault(contact, []).append(
                Worked(at, row["outcome"], tuple(row["intents"]), row["resolving"])
            )
            judged.setdefault(contact, []).extend(
                Judged(at, VerdictKind(kind)) for kind in row["verdicts"]
            )
    found = [
        matter
        for contact, messages in said.items()
        for matter in matters(contact, messages, worked.get(contact, ()), judged.get(contact, ()))
    ]
    begun = [matter for matter in found if begin <= matter.said[0].at < end]
    return count(found, now, begun=begun)

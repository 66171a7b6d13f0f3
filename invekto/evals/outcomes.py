"""What became of a customer's matter, defined once: contained, assisted, resolved, verified.

A conversation on a messenger never ends by itself, so it is cut into *matters*: a pause of
`PAUSE` without a message from anybody parts two. Silence is never counted as success.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

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


def summary(all_matters: Sequence[Matter], now: datetime) -> dict[str, float]:
    """Shares of the closed matters; `matters` and `closed` are counts."""
    told = [outcome(m, now, [o for o in all_matters if o is not m]) for m in all_matters]
    closed = [one for one in told if one.closed]
    names = ("contained", "assisted", "resolved", "verified", "recontact")
    shares = {
        name: sum(getattr(one, name) for one in closed) / len(closed) if closed else 0.0
        for name in names
    }
    return {"matters": len(told), "closed": len(closed), **shares}

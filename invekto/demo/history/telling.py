"""The weeks as they went: who asked when, what was sent by itself, what people did with drafts.

Deterministic for a tenant and a moment. Trust is folded as it is in life: an intent begins to
answer by itself where its evidence passes, and stops where a reply was wrong.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from invekto.agent.trust.changes import changes
from invekto.agent.trust.decision import Coins, Override, TrustDecision, decide, standing
from invekto.agent.trust.ledger import Ledger, new_cell
from invekto.contracts.evidence import Mode, Risk, Verdict, VerdictKind
from invekto.demo.history.book import Book
from invekto.demo.history.played import Played
from invekto.demo.history.scenes import Story

DAYS = 56
HOURS = (9, 10, 10, 11, 11, 12, 13, 14, 14, 15, 16, 16, 17, 18, 19, 20, 20, 21, 21, 22)
GROWTH = 0.8
"""Below 1: more is asked towards the end."""
OPEN_AUDITS = timedelta(hours=40)
"""Checks of the last hours are left to the people of the demo."""
AUTOMATIC = (VerdictKind.AUTO_WRONG_AGENT, VerdictKind.AUTO_WRONG_CUSTOMER)


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """Somebody asks; `number` counts over all, `slip` is what a person will find of the reply."""

    at: datetime
    number: int
    scene: int
    turn_of: int
    slip: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """What telling needs beside the book it writes into."""

    tenant_id: str
    story: Story
    played: list[list[Played]]
    """By scene; a scene of known customers has several."""
    dice: random.Random
    ledger: Ledger
    book: Book
    due: dict[int, str] = field(default_factory=dict)
    """Slips of automatic replies, by scene, that wait for the next automatic one."""


def tell(tenant_id: str, story: Story, played: list[Played], now: datetime, zone: str) -> Book:
    """The rows of eight weeks until an hour before `now`."""
    dice = random.Random(tenant_id)
    by_scene = [[p for p in played if p.scene is scene] for scene in story.scenes]
    teller = Teller(tenant_id, story, by_scene, dice, Ledger(), Book(tenant_id, story.names))
    later: list[tuple[datetime, str, Verdict, Risk]] = []
    for asked in sorted(_asked(story, dice, now, zone)):
        while later and later[0][0] < asked.at:
            _, _, verdict, risk = heapq.heappop(later)
            _judge(teller, verdict, risk)
        for verdict, risk in _answer(teller, asked, now):
            heapq.heappush(later, (verdict.at, verdict.id, verdict, risk))
    for _, _, verdict, risk in sorted(later, key=lambda one: one[:2]):
        _judge(teller, verdict, risk)
    teller.book.keep_trust(teller.ledger)
    return teller.book


def _asked(story: Story, dice: random.Random, now: datetime, zone: str) -> Iterator[Asked]:
    number = 0
    for place, scene in enumerate(story.scenes):
        shares = sorted(
            scene.begins + (1 - scene.begins) * dice.random() ** GROWTH
            for _ in range(scene.often)
        )  # fmt: skip
        slips = _slips(shares, scene.slips)
        for turn_of, share in enumerate(shares):
            number += 1
            at = _moment(now, share, dice, zone)
            yield Asked(at, number, place, turn_of, slips.get(turn_of, ""))


def _slips(shares: list[float], wanted: tuple[tuple[float, str], ...]) -> dict[int, str]:
    """The occurrence nearest to each slip's moment."""
    return {
        min(range(len(shares)), key=lambda n: abs(shares[n] - moment)): kind
        for moment, kind in wanted
    }


def _moment(now: datetime, share: float, dice: random.Random, zone: str) -> datetime:
    day = now.astimezone(ZoneInfo(zone)) - timedelta(days=(1 - share) * (DAYS - 1))
    at = day.replace(
        hour=dice.choice(HOURS), minute=dice.randrange(60), second=dice.randrange(60),
        microsecond=0,
    )  # fmt: skip
    return at if at < now - timedelta(hours=1) else at - timedelta(days=1)


def _answer(teller: Teller, asked: Asked, now: datetime) -> Iterator[tuple[Verdict, Risk]]:
    """Write the conversation down; yields the verdicts that come of it."""
    several = teller.played[asked.scene]
    played = several[asked.turn_of % len(several)]
    person = teller.dice.choice(teller.story.people)
    if played.cell is None:
        teller.book.handed_over(asked, played, person, teller.dice)
        return
    coins = Coins(teller.dice.random(), teller.dice.random())
    decision = _decision(teller, played, asked, coins)
    if asked.slip in AUTOMATIC:
        teller.due[asked.scene] = asked.slip
    if decision.mode is Mode.AUTO:
        audit = decision.audit
        turn_id = teller.book.answered(asked, played, decision, coins, teller.dice)
        verdict = _of_automatic(teller, asked, played, turn_id, now, audit=audit)
    else:
        kind = _kind(asked, teller.dice)
        turn_id, sent_at, reading = teller.book.assisted(
            asked, played, decision, coins, person, kind, teller.dice
        )
        verdict = _verdict(
            played, asked, turn_id, kind, sent_at, person, reading, {"length": len(played.text)}
        )
    if verdict is not None:
        yield verdict, played.risk


def _decision(teller: Teller, played: Played, asked: Asked, coins: Coins) -> TrustDecision:
    assert played.cell is not None
    state = teller.ledger.cells.get(played.cell)
    if state is None:
        state = new_cell(played.risk, teller.ledger.rules)
    return decide(
        standing(state), played.confidence, played.risk, _pinned(teller, played), coins,
        rules=teller.ledger.rules, now=asked.at,
    )  # fmt: skip


def _pinned(teller: Teller, played: Played) -> tuple[Override, ...]:
    """A supervisor had pinned harmless topics from the first day on."""
    intent = played.intents[0]
    if intent not in teller.story.pinned:
        return ()
    return (Override("pin_auto", teller.story.checks, "Selamlaşma, içinde bilgi yok", intent),)


def _kind(asked: Asked, dice: random.Random) -> VerdictKind:
    if asked.slip and asked.slip not in AUTOMATIC:
        return VerdictKind(asked.slip)
    cosmetic = dice.random() < 0.07
    return VerdictKind.EDITED_COSMETIC if cosmetic else VerdictKind.SENT_UNCHANGED


def _of_automatic(
    teller: Teller, asked: Asked, played: Played, turn_id: str, now: datetime, *, audit: bool
) -> Verdict | None:
    slip = teller.due.pop(asked.scene, asked.slip)
    if slip:
        kind = VerdictKind(slip) if slip in AUTOMATIC else VerdictKind.AUTO_WRONG_AGENT
        at = asked.at + timedelta(minutes=teller.dice.randrange(8, 90))
        return _verdict(played, asked, turn_id, kind, at, teller.story.checks)
    at = asked.at + timedelta(hours=teller.dice.uniform(2, 20))
    if not audit or at > now - OPEN_AUDITS:
        return None
    return _verdict(played, asked, turn_id, VerdictKind.AUDIT_RIGHT, at, teller.story.checks)


def _verdict(
    played: Played, asked: Asked, turn_id: str, kind: VerdictKind, at: datetime, by: str,
    reading: float | None = None, detail: dict[str, Any] | None = None,
) -> Verdict:  # fmt: skip
    assert played.cell is not None
    return Verdict(
        id=f"{turn_id}:{played.cell.intent}:{kind.value}",
        turn_id=turn_id,
        conversation_id=f"hc-{asked.number}",
        cell=played.cell,
        kind=kind,
        confidence=played.confidence,
        resolving=played.resolving,
        shared=False,
        at=at,
        by=by,
        reading_seconds=reading,
        detail=detail or {},
    )


def _judge(teller: Teller, verdict: Verdict, risk: Risk) -> None:
    ledger = teller.ledger
    before = ledger.cells.get(verdict.cell) or new_cell(risk, ledger.rules)
    admitted = ledger.add(verdict, risk)
    after = ledger.cells[verdict.cell]
    teller.book.judged(verdict, risk, admitted, after, ledger.rules, changes(before, after))

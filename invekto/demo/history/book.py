"""The rows of a history, as the tables hold them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from invekto.agent.trust.admission import Admitted
from invekto.agent.trust.cell import CellState
from invekto.agent.trust.changes import Change
from invekto.agent.trust.decision import Coins, TrustDecision, standing
from invekto.agent.trust.evidence import logged_terms
from invekto.agent.trust.ledger import Ledger, Terms
from invekto.agent.trust.rules import Rules
from invekto.agent.trust.stored import write_standing, write_state
from invekto.contracts.evidence import Risk, Verdict, VerdictKind
from invekto.demo.history.played import Played, named
from invekto.records.trust import cell_columns

if TYPE_CHECKING:
    from invekto.demo.history.telling import Asked

Row = dict[str, Any]
CHANNELS = ("whatsapp",) * 7 + ("web",) * 2 + ("instagram",)
RETURNING = 0.35
"""Share of those who ask that have asked before."""
RETURNS_AFTER = timedelta(days=4)
WRONG_FACTS = "Bilgi yanlış"
ADDED = {
    "edited_cosmetic": {"tr": "İyi günler dileriz.", "en": "Have a nice day.", "ar": "يوماً سعيداً."},
    "edited_material": {
        "tr": "Düzeltiyorum: güncel bilgi için sizi birazdan arayacağım.",
        "en": "One correction: I will call you shortly with the current details.",
        "ar": "تصحيح: سأتصل بكم قريباً بالمعلومات المحدّثة.",
    },
}  # fmt: skip


class Book:
    """Collects rows by table; `judged` and `keep_trust` write what trust made of them."""

    def __init__(self, tenant_id: str, names: dict[str, list[str]]) -> None:
        self.tenant_id = tenant_id
        self._pool = names
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.asked_prices: list[tuple[str, datetime]] = []
        """(contact, moment) of those who asked for a price."""
        self._known: dict[str, list[tuple[str, str, str, datetime]]] = defaultdict(list)
        self._cells: dict[Any, tuple[Risk, datetime, datetime]] = {}

    def answered(
        self, asked: Asked, played: Played, decision: TrustDecision, coins: Coins,
        dice: random.Random,
    ) -> str:  # fmt: skip
        """A reply that went by itself."""
        name = self._open(asked, played, dice)
        text = played.said_to(name)
        turn_id = self._turn(asked, played, "answered", text, _why(played, decision, coins))
        self._message(asked, 2, "ai", text, asked.at + timedelta(seconds=dice.uniform(2.2, 4.5)))
        self._close()
        return turn_id

    def assisted(
        self, asked: Asked, played: Played, decision: TrustDecision, coins: Coins, person: str,
        kind: VerdictKind, dice: random.Random,
    ) -> tuple[str, datetime, float]:  # fmt: skip
        """A draft that a person decided on; (turn, when, seconds it was read)."""
        name = self._open(asked, played, dice)
        text = played.said_to(name)
        turn_id = self._turn(asked, played, "suggested", text, _why(played, decision, coins))
        sent_at = asked.at + timedelta(minutes=min(90.0, dice.lognormvariate(1.2, 1.0)), seconds=40)
        reading = round(dice.uniform(6, 45) + len(text) / 40, 1)
        final = "\n\n".join([text, ADDED[kind][played.scene.language]]) if kind in ADDED else text
        status = {"edited_cosmetic": "edited", "edited_material": "edited"}.get(kind, "sent")
        status = "rejected" if kind == "rejected" else status
        self.rows["suggested_replies"].append({
            "suggestion_id": f"hs-{asked.number}", "turn_id": turn_id,
            "conversation_id": _id(asked), "intent": played.intents[0], "reply_text": text,
            "tones": {t: named(s, played.scene.language, name) for t, s in played.tones.items()},
            "actions": [], "answers_seq": 1, "status": status,
            "was_accepted": kind == "sent_unchanged", "seeded_error": False,
            "shown_at": sent_at - timedelta(seconds=reading), "resolved_at": sent_at,
            "resolved_by": person, "final_text": None if status == "rejected" else final,
            "reject_reason": WRONG_FACTS if status == "rejected" else None, "created_at": asked.at,
        })  # fmt: skip
        author = "person" if status == "rejected" else "person_for_ai"
        told = ADDED["edited_material"][played.scene.language] if author == "person" else final
        self._message(asked, 2, author, told, sent_at, by=person)
        self._close()
        return turn_id, sent_at, reading

    def handed_over(self, asked: Asked, played: Played, person: str, dice: random.Random) -> None:
        """A person answered from the start."""
        handover = played.handover
        if handover is None:
            return
        name = self._open(asked, played, dice)
        turn_id = self._turn(
            asked, played, "handed_over", "", played.why, reason=handover.reason.value
        )
        at = asked.at + timedelta(minutes=min(70.0, dice.lognormvariate(1.6, 0.8)))
        text = (played.scene.answer or ADDED["edited_material"][played.scene.language]).format(
            name=name.split(" ")[0], agent=person.capitalize()
        )
        self._message(asked, 2, "person", text, at, by=person)
        self.rows["handovers"].append({
            "handover_id": f"hh-{asked.number}", "conversation_id": _id(asked), "turn_id": turn_id,
            "reason": handover.reason.value, "priority": handover.priority.value,
            "team": handover.team,
            "summary": named(handover.summary, played.scene.language, name),
            "next_step": handover.next_step, "detail": handover.detail, "status": "resolved",
            "assigned_to": person, "created_at": asked.at,
            "resolved_at": at + timedelta(minutes=6),
        })  # fmt: skip
        self._close()

    def judged(
        self, verdict: Verdict, risk: Risk, admitted: Admitted, after: CellState, rules: Rules,
        changed: Sequence[Change],
    ) -> None:  # fmt: skip
        """The log's row of a verdict, and what people are told of it."""
        nominal = rules.epsilon(risk)
        terms = Terms(nominal, nominal, rules.delta, rules.settle)
        self.rows["trust_verdicts"].append({
            **cell_columns(verdict.cell), "verdict_id": verdict.id, "turn_id": verdict.turn_id,
            "conversation_id": verdict.conversation_id, "kind": verdict.kind.value,
            "confidence": verdict.confidence, "resolving": verdict.resolving,
            "shared": verdict.shared, "at": verdict.at, "by": verdict.by,
            "reading_seconds": verdict.reading_seconds, "seeded_error": False,
            "detail": verdict.detail, "risk": risk.value, "counted": admitted.counted.value,
            "why": admitted.why, "terms": logged_terms(terms, after),
            "capital": [level.log_capital for level in after.levels],
        })  # fmt: skip
        for place, change in enumerate(changed):
            detail = {**change.detail, "kind": verdict.kind.value, "by": verdict.by}
            self.rows["trust_events"].append({
                **cell_columns(verdict.cell), "event_id": f"he-{verdict.turn_id}-{place}",
                "at": verdict.at, "kind": change.kind, "verdict_id": verdict.id, "detail": detail,
            })  # fmt: skip
        first = self._cells.get(verdict.cell, (risk, verdict.at, verdict.at))[1]
        self._cells[verdict.cell] = (risk, first, verdict.at)

    def keep_trust(self, ledger: Ledger) -> None:
        """Where cells and reviewers stand at the end."""
        for cell, state in ledger.cells.items():
            risk, first, last = self._cells[cell]
            self.rows["trust_cells"].append({
                **cell_columns(cell), "risk": risk.value, "state": write_state(state),
                "standing": write_standing(standing(state)), "created_at": first,
                "updated_at": last,
            })  # fmt: skip
        for user_id, reviewer in ledger.reviewers.items():
            if reviewer.decisions:
                self.rows["trust_reviewers"].append({"user_id": user_id, **asdict(reviewer)})

    def _open(self, asked: Asked, played: Played, dice: random.Random) -> str:
        """The conversation with its first message; returns the customer's name."""
        contact_id, name, channel = self._contact(asked, played, dice)
        self.rows["conversations"].append({
            "conversation_id": _id(asked), "contact_id": contact_id, "channel": channel,
            "language": played.scene.language, "priority": "normal",
            "tags": sorted(set(played.intents)), "dialogue": {}, "proven": [],
            "created_at": asked.at, "last_inbound_at": asked.at, "last_inbound_seq": 1,
            "answered_seq": 1,
        })  # fmt: skip
        said = played.scene.say[asked.turn_of % len(played.scene.say)]
        self._message(asked, 1, "customer", said, asked.at)
        if played.scene.prices:
            self.asked_prices.append((contact_id, asked.at))
        return name

    def _contact(
        self, asked: Asked, played: Played, dice: random.Random
    ) -> tuple[str, str, str]:  # fmt: skip
        if played.scene.order:
            known = played.contact
            return known.contact_id, known.name or "", known.channel
        language = played.scene.language
        known_before = [c for c in self._known[language] if asked.at - c[3] > RETURNS_AFTER]
        if known_before and dice.random() < RETURNING:
            contact_id, name, channel, _ = dice.choice(known_before)
            return contact_id, name, channel
        name = dice.choice(self._pool[language])
        channel = dice.choice(CHANNELS)
        contact_id = f"hp-{asked.number}"
        phone = f"+90505{asked.number:07d}"
        self.rows["contacts"].append({
            "contact_id": contact_id, "channel": channel, "channel_user_id": phone.lstrip("+"),
            "name": name, "phone": phone, "phone_verified": channel == "whatsapp",
            "language": played.scene.language, "consent": "given", "attributes": {"demo": True},
            "created_at": asked.at,
        })  # fmt: skip
        self.rows["consent_events"].append({
            "consent_id": f"hk-{asked.number}", "contact_id": contact_id, "channel": channel,
            "purpose": "automation", "state": "given", "message_id": f"hm-{asked.number}-1",
            "wording": "consent_request@sector", "recorded_by": "assistant",
            "created_at": asked.at,
        })  # fmt: skip
        self._known[language].append((contact_id, name, channel, asked.at))
        return contact_id, name, channel

    def _message(
        self, asked: Asked, seq: int, author: str, text: str, at: datetime, by: str | None = None
    ) -> None:
        self.rows["messages"].append({
            "conversation_id": _id(asked), "seq": seq, "message_id": f"hm-{asked.number}-{seq}",
            "author": author, "author_id": by, "text": text, "attachments": [],
            "channel": self.rows["conversations"][-1]["channel"], "sent_at": at, "received_at": at,
            "turn_id": _turn_id(asked),
        })  # fmt: skip

    def _turn(
        self, asked: Asked, played: Played, outcome: str, reply: str, why: Row,
        reason: str | None = None,
    ) -> str:  # fmt: skip
        said = self.rows["messages"][-1]["text"]
        self.rows["turns"].append({
            "turn_id": _turn_id(asked), "conversation_id": _id(asked), "first_seq": 1,
            "last_seq": 1, "outcome": outcome, "intents": played.intents,
            "language": played.scene.language, "confidence": played.confidence,
            "path": played.path, "behaviour": played.cell.behaviour if played.cell else None,
            "reason": reason, "resolving": played.resolving,
            "inputs": {"messages": [{"text": said, "seq": 1}], "text": said,
                       "dialogue": {}, "now": asked.at.isoformat()},
            "why": {**why, "reply": reply or None}, "milliseconds": played.milliseconds,
            "created_at": asked.at,
        })  # fmt: skip
        return _turn_id(asked)

    def _close(self) -> None:
        """The conversation is over; its last message was the second."""
        conversation, last = self.rows["conversations"][-1], self.rows["messages"][-1]["sent_at"]
        conversation |= {
            "last_seq": 2, "last_message_at": last, "status": "closed", "closed_at": last,
        }  # fmt: skip


def _id(asked: Asked) -> str:
    return f"hc-{asked.number}"


def _turn_id(asked: Asked) -> str:
    return f"ht-{asked.number}"


def _why(played: Played, decision: TrustDecision, coins: Coins) -> Row:
    """The reply's why under the decision of that day."""
    assert played.cell is not None
    told = {
        "mode": decision.mode.value,
        "confidence": played.confidence,
        "cells": [asdict(played.cell)],
        "audit": decision.audit,
        "risks": {played.cell.intent: played.risk.value},
        "because": decision.why["because"],
        "trust": [{"intent": played.cell.intent, **decision.why}],
        "coins": asdict(coins),
    }
    return {**played.why, "decision": told}

"""Eight weeks put into a demo business, once."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.assembly import Engine
from invekto.demo.history.book import Book, Row
from invekto.demo.history.played import play_scenes
from invekto.demo.history.scenes import Story
from invekto.demo.history.telling import DAYS, tell
from invekto.knowledge.gaps import note_unanswered
from invekto.records import history, openings, tenants

Conn = AsyncConnection[Any]
KEPT = ("size", "color", "changed_mind")
PROMISING = (["contactable", 15], ["named", 5], ["decided", 15], ["urgent", 10], ["from_ad", 8])
"""Reasons of a lead's score, with their points."""


async def load_history(engine: Engine, tenant_id: str, story: Story) -> int:
    """Put a business's past in; returns how many conversations, 0 where it is there already."""
    now = engine.deps.clock()
    async with engine.deps.database.tenant(tenant_id) as conn:
        if await history.has_history(conn):
            return 0
        tenant = await tenants.get_tenant(conn)
        doctors = await openings.practitioners(conn)
    book = tell(tenant_id, story, await play_scenes(engine, tenant_id, story), now, tenant.timezone)
    dice = random.Random(f"{tenant_id} outcomes")
    book.rows["leads"] = _leads(story, book, dice)
    book.rows["return_deflections"] = _deflections(story, now, dice)
    book.rows["order_requests"] = _requests(story, now)
    if pairs := [(d.practitioner_id, d.service_ids[0]) for d in doctors if d.service_ids]:
        book.rows["appointments"] = _visits(story, book, pairs, now, dice)
    async with engine.deps.database.tenant(tenant_id) as conn:
        for table in history.TABLES:
            await history.put_rows(conn, table, book.rows[table])
        await _gaps(conn, story, now)
    return len(book.rows["conversations"])


async def _gaps(conn: Conn, story: Story, now: datetime) -> None:
    for question in story.unanswered:
        for time in range(question.times):
            at = now - timedelta(days=2 + 5 * time, hours=time)
            said = question.say[time % len(question.say)]
            await note_unanswered(conn, said, question.language, "general_question", None, at)


def _requests(story: Story, now: datetime) -> list[Row]:
    """What customers asked to be done with their orders; some of it is settled."""
    rows: list[Row] = []
    for place, asked in enumerate(story.requests):
        at = now - timedelta(hours=asked["hours"])
        settled = "status" in asked
        rows.append({
            "request_id": f"hr-{place}", "order_id": asked["order"], "kind": asked["kind"],
            "status": asked.get("status", "requested"), "reason": asked.get("reason"),
            "lines": asked.get("lines", []), "detail": asked.get("detail", {}),
            "amount": asked.get("amount"), "idempotency_key": f"hr-{place}",
            "resolved_by": story.people[0] if settled else None, "created_at": at,
            "updated_at": at + timedelta(minutes=50 if settled else 0),
        })  # fmt: skip
    return rows


def _leads(story: Story, book: Book, dice: random.Random) -> list[Row]:
    """Some of those who asked for a price, or anybody, as leads."""
    contacts = book.asked_prices or [
        (row["contact_id"], row["created_at"]) for row in book.rows["contacts"]
    ]
    wanted = [status for status, n in story.leads.items() for _ in range(n)]
    chosen = dice.sample(contacts, len(wanted))
    named = {row["contact_id"]: row["name"] for row in book.rows["contacts"]}
    talks = {row["contact_id"]: row["conversation_id"] for row in book.rows["conversations"]}
    said = {row["conversation_id"]: row["text"] for row in book.rows["messages"] if row["seq"] == 1}
    return [
        {
            "lead_id": f"hl-{place}", "contact_id": contact_id, "referral": {},
            "name": named.get(contact_id),
            "conversation_id": None if story.interests else talks[contact_id],
            "source": dice.choice(["instagram", "organic", "whatsapp_ad"]),
            "interest": story.interests[place] if story.interests else said[talks[contact_id]],
            "pipeline_status": status,
            "score_reasons": (why := dice.sample(PROMISING, dice.randrange(2, 6))),
            "score": sum(points for _, points in why),
            "qualification": {}, "created_at": at, "updated_at": at, "last_contact_at": at,
        }
        for place, (status, (contact_id, at)) in enumerate(zip(wanted, chosen, strict=True))
    ]  # fmt: skip


def _deflections(story: Story, now: datetime, dice: random.Random) -> list[Row]:
    """Returns for which an exchange or a coupon was offered."""
    kept, lost = story.deflections.get("kept", 0), story.deflections.get("lost", 0)
    rows: list[Row] = []
    for place in range(kept + lost):
        stayed = place < kept
        at = now - timedelta(days=dice.uniform(1, DAYS))
        rows.append({
            "deflection_id": f"hd-{place}", "reason_category": dice.choice(KEPT),
            "original_intent": "return_request",
            "action_taken": dice.choice(["exchange_offered", "coupon_offered"]),
            "was_deflected": stayed,
            "saved_revenue": f"{dice.randrange(400, 1900)}.90" if stayed else "0",
            "currency": "TRY", "created_at": at, "settled_at": at + timedelta(days=1),
        })  # fmt: skip
    return rows


def _visits(
    story: Story, book: Book, pairs: list[tuple[str, str]], now: datetime, dice: random.Random
) -> list[Row]:
    """Appointments of some who had asked for a price; each in an hour of its own."""
    booked, missed = story.visits.get("booked_after_price", 0), story.visits.get("no_show", 0)
    early = [one for one in book.asked_prices if one[1] < now - timedelta(days=9)]
    chosen = sorted(dice.sample(early, min(booked, len(early))), key=lambda one: one[1])
    taken: set[tuple[str, datetime]] = set()
    rows: list[Row] = []
    for place, (contact_id, asked_at) in enumerate(chosen):
        doctor, service = pairs[place % len(pairs)]
        day = asked_at + timedelta(days=dice.randrange(1, 8))
        begin = day.replace(hour=dice.randrange(9, 18), minute=0, second=0, microsecond=0)
        while (doctor, begin) in taken:
            begin += timedelta(hours=1)
        taken.add((doctor, begin))
        end = begin + timedelta(minutes=40)
        rows.append({
            "appointment_id": f"ha-{place}", "practitioner_id": doctor, "service_id": service,
            "contact_id": contact_id, "starts_at": begin, "ends_at": end, "busy_from": begin,
            "busy_until": end, "seat": 2, "note": "", "source": "assistant", "sequence": 0,
            "status": "no_show" if place % max(1, booked // max(1, missed)) == 3 else "completed",
            "created_at": asked_at + timedelta(minutes=9),
            "updated_at": end,
        })  # fmt: skip
    return rows

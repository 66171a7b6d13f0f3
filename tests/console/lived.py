"""Two businesses with weeks behind them: what the demo tells, and the odd cases it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

from invekto.demo.history.book import Book
from invekto.demo.history.telling import tell
from invekto.records import history, openings
from invekto.records.outcomes import PAUSE
from tests.demo.test_history import PLAYED, STORY

Said = tuple[str, float, str, str]
"""Author, hours from the beginning, and of the turn that begins here outcome and intent, or ""."""

CASES: tuple[tuple[float, str, str, Sequence[Said]], ...] = (
    (40, "en", "instagram", (
        ("customer", 0, "handed_over", "price_query"), ("person", 0.5, "", ""),
    )),
    (41, "ar", "web", (("customer", 0, "answered", "greeting"), ("ai", 0.001, "", ""))),
    (30, "tr", "whatsapp", (
        ("customer", 0, "answered", "location"), ("ai", 0.01, "", ""),
        ("customer", 40, "answered", "location"), ("ai", 40.01, "", ""),
    )),
    (20, "tr", "whatsapp", (
        ("customer", 0, "suggested", "price_query"), ("person_for_ai", 1, "", ""),
        ("customer", 2, "answered", "thanks_goodbye"), ("ai", 2.001, "", ""),
    )),
    (12, "tr", "whatsapp", (
        ("customer", 0, "answered", "location"), ("ai", 0.02, "", ""),
        ("customer", 1, "silent", "thanks_goodbye"),
    )),
    (9, "tr", "whatsapp", (
        ("customer", 0, "handed_over", ""), ("customer", 60, "handed_over", ""),
    )),
    (3, "en", "web", (
        ("customer", 0, "superseded", "location"), ("customer", 0.1, "suggested", "location"),
        ("person", 26, "", ""),
    )),
    (0.2, "tr", "whatsapp", (("customer", 0, "answered", "location"), ("ai", 0.01, "", ""))),
    (26, "tr", "whatsapp", (
        ("customer", 0, "answered", "location"), ("ai", 0.01, "", ""),
        ("customer", 40, "answered", "location"), ("ai", 40.01, "", ""),
    )),
)  # fmt: skip
"""Days ago, language, channel, and what was said: returns, thanks, silence, matters still open."""
REASONS = ("wants_person", "emergency", "no_source")


async def live(conn: AsyncConnection[Any], tenant_id: str, now: datetime) -> None:
    """Give a tenant its weeks."""
    book = tell(tenant_id, STORY, PLAYED, now, "Europe/Istanbul")
    book.rows.setdefault("handovers", [])
    for number, case in enumerate(CASES):
        _talk(book, number, now, *case)
    contacts = [row["contact_id"] for row in book.rows["contacts"]]
    begin = now - timedelta(days=6)
    book.rows["leads"] = [
        {"lead_id": f"l{number}", "contact_id": contact, "referral": {}, "score_reasons": [],
         "qualification": {}, "source": "organic", "interest": "", "score": 1,
         "pipeline_status": status, "created_at": at, "updated_at": at}
        for number, (contact, status, at) in enumerate([
            (contacts[-1], "new", begin), (contacts[-2], "new", begin),
            (contacts[-3], "lost", begin - timedelta(days=40)),
        ])
    ]  # fmt: skip
    book.rows["appointments"] = [
        {"appointment_id": f"a{number}", "practitioner_id": "dt", "service_id": "bakim",
         "contact_id": contact, "starts_at": at, "ends_at": at + timedelta(minutes=30),
         "busy_from": at, "busy_until": at + timedelta(minutes=30), "seat": 1, "note": "",
         "source": "own", "sequence": 0, "status": status, "created_at": begin + timedelta(hours=1),
         "updated_at": at}
        for number, (contact, status) in enumerate([
            (contacts[-1], "completed"), (contacts[-5], "no_show"), (contacts[-2], "cancelled"),
            ("odd-3", "completed"),
        ])
        for at in (begin + timedelta(days=1, hours=number),)
    ]  # fmt: skip
    book.rows["return_deflections"] = [
        {"deflection_id": f"d{number}", "contact_id": contacts[number], "original_intent":
         "return_request", "reason_category": "size", "action_taken": "exchange_offered",
         "was_deflected": kept, "saved_revenue": saved, "currency": "TRY", "created_at": at}
        for number, (kept, saved, at) in enumerate([
            (True, 1250, begin), (False, 0, begin), (None, 0, begin), (True, 890, begin),
            (True, 5000, begin - timedelta(days=60)),
        ])
    ]  # fmt: skip
    await _goods(conn, now)
    for table in history.TABLES:
        await history.put_rows(conn, table, book.rows.get(table, []))


def _talk(
    book: Book, number: int, now: datetime, days: float, language: str, channel: str,
    said: Sequence[Said],
) -> None:  # fmt: skip
    begun, key = now - timedelta(days=days), f"odd-{number}"
    first = {table: dict(book.rows[table][0]) for table in ("contacts", "conversations")}
    book.rows["contacts"].append(first["contacts"] | {
        "contact_id": key, "channel": channel, "channel_user_id": key, "phone": None,
        "phone_verified": False, "created_at": begun,
    })  # fmt: skip
    last = begun + timedelta(hours=said[-1][1])
    book.rows["conversations"].append(first["conversations"] | {
        "conversation_id": key, "contact_id": key, "channel": channel, "language": language,
        "created_at": begun, "last_inbound_at": begun, "last_message_at": last,
        "last_seq": len(said), "status": "closed", "closed_at": last + PAUSE,
    })  # fmt: skip
    for seq, (author, hours, outcome, intent) in enumerate(said, 1):
        at = begun + timedelta(hours=hours)
        turn_id = f"{key}-{seq}" if outcome else None
        book.rows["messages"].append(book.rows["messages"][0] | {
            "conversation_id": key, "seq": seq, "message_id": f"{key}-{seq}", "author": author,
            "author_id": None, "text": "…", "channel": channel, "sent_at": at, "received_at": at,
            "turn_id": turn_id,
        })  # fmt: skip
        if turn_id:
            book.rows["turns"].append(book.rows["turns"][0] | {
                "turn_id": turn_id, "conversation_id": key, "first_seq": seq, "last_seq": seq,
                "outcome": outcome, "intents": [intent] if intent else [], "language": language,
                "resolving": intent == "location", "created_at": at,
            })  # fmt: skip
        if outcome == "handed_over":
            book.rows["handovers"].append({
                "handover_id": f"{key}-{seq}", "conversation_id": key, "turn_id": turn_id,
                "reason": REASONS[(number + seq) % len(REASONS)], "priority": "normal",
                "team": "support", "summary": "…", "next_step": "", "detail": {},
                "status": "resolved", "created_at": at,
            })  # fmt: skip


async def _goods(conn: AsyncConnection[Any], now: datetime) -> None:
    """What appointments can be of, and questions that found no answer."""
    await conn.execute(
        "INSERT INTO services (service_id, name, duration_minutes) VALUES ('bakim', 'Bakım', 30)"
    )
    await openings.save_practitioner(conn, openings.Practitioner("dt", "Ece"), [])
    for number in range(8):
        status = "dismissed" if number == 7 else "open"
        await conn.execute(
            "INSERT INTO knowledge_gaps (gap_id, title, frequency, status, first_seen, last_seen)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [f"g{number}", f"Soru {number}?", 3 + number, status, now, now],
        )
    for number in range(4):
        gap = "g7" if number == 3 else "g0"
        await conn.execute(
            "INSERT INTO gap_questions (question_id, gap_id, question, language, asked_at)"
            " VALUES (%s, %s, 'Soru?', 'tr', %s)",
            [f"q{number}", gap, now - timedelta(days=3)],
        )

"""A customer with a trail through the whole database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from invekto.contracts.messages import InboundMessage
from invekto.records import conversations

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PHONE = "+905321112233"
NAME = "Zülfikar Karabacakoğlu"
EMAIL = "zulfikar.karabacak@example.com"
USER = "905321112233"
SECRETS = (PHONE, USER, NAME, EMAIL, "Papatya Sokak", "implantımda ağrı")
SERVICE = "svc_1"


@dataclass(frozen=True)
class Customer:
    contact_id: str
    conversation_id: str


async def customer(conn: Any, user: str = USER, phone: str | None = PHONE) -> Customer:
    """A contact who wrote something, with every kind of row that may hold their data."""
    received = await conversations.receive(
        conn,
        InboundMessage(
            channel="whatsapp",
            channel_user_id=user,
            provider_message_id=f"wamid.{user}",
            text=f"Ben {NAME}, implantımda ağrı var. {EMAIL} Papatya Sokak 4",
            sent_at=NOW,
            name=NAME,
            phone=phone,
            phone_verified=phone is not None,
        ),
        NOW,
    )
    conversation = await conversations.get(conn, received.conversation_id)
    made = Customer(conversation.contact_id, conversation.conversation_id)
    for statement, params in _rows(made, phone):
        await conn.execute(statement, params)
    return made


def _rows(who: Customer, phone: str | None) -> list[tuple[str, tuple[Any, ...]]]:
    contact, conversation = who.contact_id, who.conversation_id
    later = NOW + timedelta(days=1)
    return [
        (
            "INSERT INTO turns (turn_id, conversation_id, first_seq, last_seq, outcome, inputs,"
            " why) VALUES (%s, %s, 1, 1, 'suggested', jsonb_build_object('text', %s::text), '{}')",
            (f"turn_{contact}", conversation, f"{NAME} {PHONE}"),
        ),
        (
            "INSERT INTO suggested_replies (suggestion_id, turn_id, conversation_id, intent,"
            " reply_text, answers_seq) VALUES (%s, %s, %s, 'price_query', %s, 1)",
            (f"sug_{contact}", f"turn_{contact}", conversation, f"Sayın {NAME}"),
        ),
        (
            "INSERT INTO handovers (handover_id, conversation_id, reason, priority, summary)"
            " VALUES (%s, %s, 'wants_person', 'normal', %s)",
            (f"ho_{contact}", conversation, f"{NAME} {PHONE} arayın"),
        ),
        (
            "INSERT INTO outbound_messages (outbound_id, conversation_id, contact_id, channel,"
            " recipient, kind, text, idempotency_key, provider_message_id)"
            " VALUES (%s, %s, %s, 'whatsapp', %s, 'reply', %s, %s, %s)",
            (f"out_{contact}", conversation, contact, USER, f"Sayın {NAME}", contact, contact),
        ),
        (
            "INSERT INTO scheduled_messages (scheduled_id, contact_id, kind, message_class,"
            " subject_kind, subject_id, data, due_at, dedupe_key) VALUES (%s, %s, 'follow_up',"
            " 'commercial', 'lead', 'x', jsonb_build_object('name', %s::text), %s, %s)",
            (f"sch_{contact}", contact, NAME, later, contact),
        ),
        (
            "INSERT INTO orders (order_id, number, number_key, contact_id, customer_name,"
            " customer_phone, customer_email, address, placed_at, total, data)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, jsonb_build_object('street', %s::text), %s, 90,"
            " jsonb_build_object('raw', %s::text))",
            (
                f"ord_{contact}", f"NM-{contact}", contact, contact, NAME, phone, EMAIL,
                "Papatya Sokak 4", NOW, f"{NAME} {EMAIL}",
            ),
        ),
        (
            "INSERT INTO order_requests (request_id, order_id, kind, reason, contact_id,"
            " conversation_id, idempotency_key) VALUES (%s, %s, 'problem', %s, %s, %s, %s)",
            (f"req_{contact}", f"ord_{contact}", f"{NAME} şikayet", contact, conversation, contact),
        ),
        (
            "INSERT INTO leads (lead_id, contact_id, conversation_id, phone, name)"
            " VALUES (%s, %s, %s, %s, %s)",
            (f"lead_{contact}", contact, conversation, phone, NAME),
        ),
        (
            "INSERT INTO lead_activities (activity_id, lead_id, activity_type, note)"
            " VALUES (%s, %s, 'note', %s)",
            (f"act_{contact}", f"lead_{contact}", f"{NAME} arandı"),
        ),
        (
            "INSERT INTO vip_flags (flag_id, contact_id, customer_phone, flag_type, signal_text)"
            " VALUES (%s, %s, %s, 'high_value', %s)",
            (f"vip_{contact}", contact, phone, NAME),
        ),
        (
            "INSERT INTO intent_examples (example_id, intent, text, source, contact_id,"
            " created_by) VALUES (%s, 'price_query', %s, 'correction', %s, 'u1')",
            (f"ex_{contact}", f"ben {NAME} fiyat", contact),
        ),
        (
            "INSERT INTO eval_lines (line_id, kind, line, example_id, contact_id, proposed_at)"
            " VALUES (%s, 'intents', %s, %s, %s, %s)",
            (
                f"el_{contact}", Jsonb({"text": f"ben {NAME} fiyat"}), f"ex_{contact}", contact,
                NOW,
            ),
        ),
        (
            "INSERT INTO knowledge_gaps (gap_id, title, first_seen, last_seen)"
            " VALUES (%s, %s, %s, %s)",
            (f"gap_{contact}", f"{NAME} implantımda ağrı", NOW, NOW),
        ),
        (
            "INSERT INTO gap_questions (question_id, gap_id, question, language, turn_id, asked_at)"
            " VALUES (%s, %s, %s, 'tr', %s, %s)",
            (f"q_{contact}", f"gap_{contact}", f"{NAME} implantımda ağrı", f"turn_{contact}", NOW),
        ),
        (
            "INSERT INTO executed_actions (action_key, conversation_id, tool, args, executed_by)"
            " VALUES (%s, %s, 'leads.capture', jsonb_build_object('phone', %s::text), 'u1')",
            (f"key_{contact}", conversation, PHONE),
        ),
        (
            "INSERT INTO idempotency_keys (caller, key, request_hash, status, body)"
            " VALUES ('k', %s, 'x', 200, convert_to(%s, 'UTF8'))",
            (contact, f'{{"conversation_id": "{conversation}", "text": "{NAME}"}}'),
        ),
        (
            "INSERT INTO services (service_id, name, duration_minutes, price_min, currency)"
            " VALUES ('svc_1', 'İmplant', 30, 1, 'TRY') ON CONFLICT DO NOTHING",
            (),
        ),
        (
            "INSERT INTO practitioners (practitioner_id, name) VALUES ('pr_1', 'Dt. Ece Arı')"
            " ON CONFLICT DO NOTHING",
            (),
        ),
        (
            "INSERT INTO appointments (appointment_id, practitioner_id, service_id, contact_id,"
            " patient_name, patient_phone, starts_at, ends_at, busy_from, busy_until, seat, note)"
            " VALUES (%s, 'pr_1', 'svc_1', %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                f"app_{contact}", contact, NAME, phone, later, later + timedelta(minutes=30),
                later, later + timedelta(minutes=30), 1 + abs(hash(contact)) % 9_000, NAME,
            ),
        ),
    ]  # fmt: skip

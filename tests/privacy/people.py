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


async def everywhere(conn: Any, who: Customer) -> None:
    """A row of the customer's in every table that `customer` leaves empty, values in all texts."""
    contact, conversation = who.contact_id, who.conversation_id
    words = f"{NAME} {PHONE} {EMAIL} Papatya Sokak"
    given: dict[str, Any] = {
        "contact": contact, "conversation": conversation, "turn": f"turn_{contact}",
        "order": f"ord_{contact}", "out": f"out_{contact}", "words": words,
        "json": Jsonb({"note": words, "why": words, "length": 3}), "now": NOW,
        "later": NOW + timedelta(days=1), "name": NAME, "phone": PHONE,
    }  # fmt: skip
    for statement in EVERYWHERE:
        await conn.execute(statement, given)


EVERYWHERE = (
    "INSERT INTO conversation_notes (note_id, conversation_id, written_by, text, created_at)"
    " VALUES (%(contact)s, %(conversation)s, 'u1', %(words)s, %(now)s)",
    "INSERT INTO recommendation_log (recommendation_id, conversation_id, contact_id, turn_id,"
    " product_id, rank, reason) VALUES (%(contact)s, %(conversation)s, %(contact)s, %(turn)s,"
    " 'p', 1, %(words)s)",
    "INSERT INTO return_deflections (deflection_id, conversation_id, contact_id, order_id,"
    " reason_category, action_taken) VALUES (%(contact)s, %(conversation)s, %(contact)s,"
    " %(order)s, 'size', 'exchange_offered')",
    "INSERT INTO identity_attempts (attempt_id, contact_id, reference, at)"
    " VALUES (%(contact)s, %(contact)s, %(words)s, %(now)s)",
    "INSERT INTO slot_holds (hold_id, practitioner_id, service_id, contact_id, conversation_id,"
    " starts_at, ends_at, busy_from, busy_until, seat, expires_at) VALUES (%(contact)s, 'pr_1',"
    " 'svc_1', %(contact)s, %(conversation)s, %(later)s, %(later)s, %(later)s, %(later)s, 9000,"
    " %(later)s)",
    "INSERT INTO waitlist (waitlist_id, contact_id, conversation_id, patient_name, patient_phone,"
    " service_id, from_day, until_day) VALUES (%(contact)s, %(contact)s, %(conversation)s,"
    " %(name)s, %(phone)s, 'svc_1', %(now)s, %(later)s)",
    "INSERT INTO channel_statuses (channel, provider_message_id, status, at, outbound_id, reason)"
    " VALUES ('whatsapp', %(contact)s, 'failed', %(now)s, %(out)s, %(words)s)",
    "INSERT INTO payment_links (payment_id, provider, url, amount, currency, purpose,"
    " reference_id, title, contact_id, conversation_id, expires_at, idempotency_key)"
    " VALUES (%(contact)s, 'paytr', %(words)s, 10, 'TRY', 'order', %(order)s, %(words)s,"
    " %(contact)s, %(conversation)s, %(later)s, %(contact)s)",
    "INSERT INTO payment_events (payment_id, event_key, kind, detail, received_at)"
    " VALUES (%(contact)s, 'e', 'paid', %(json)s, %(now)s)",
    "INSERT INTO claims (claim_id, provider, external_id, order_id, status, reason, data,"
    " opened_at) VALUES (%(contact)s, 'trendyol', %(contact)s, %(order)s, 'open', %(words)s,"
    " %(json)s, %(now)s)",
    "INSERT INTO quotes (quote_id, number, contact_id, conversation_id, lines, total_min,"
    " total_max, currency, valid_until, idempotency_key) VALUES (%(contact)s, %(contact)s,"
    " %(contact)s, %(conversation)s, %(json)s, 1, 2, 'TRY', %(later)s, %(contact)s)",
    "INSERT INTO coupons (code, contact_id, amount, reason, valid_from, valid_until)"
    " VALUES (upper(%(contact)s), %(contact)s, 5, %(words)s, %(now)s, %(later)s)",
    "INSERT INTO conversation_leases (conversation_id, holder, expires_at)"
    " VALUES (%(conversation)s, %(words)s, %(later)s)",
    "INSERT INTO consent_events (consent_id, contact_id, channel, purpose, state, wording,"
    " recorded_by) VALUES (%(contact)s, %(contact)s, 'whatsapp', 'automation', 'given',"
    " %(words)s, 'u1')",
    "INSERT INTO legal_holds (hold_id, contact_id, reason, placed_by, released_at)"
    " VALUES (%(contact)s, %(contact)s, %(words)s, 'u1', %(now)s)",
    "INSERT INTO trust_verdicts (verdict_id, turn_id, conversation_id, intent, language, path,"
    " behaviour, kind, confidence, resolving, shared, at, by, detail, risk, counted, terms,"
    " capital) VALUES (%(contact)s, %(turn)s, %(conversation)s, 'price_query', 'tr', 'playbook',"
    " 'b', 'auto_wrong_agent', 0.9, true, false, %(now)s, 'u1', %(json)s, 'low', 'wrong', '{}',"
    " '{}')",
    "INSERT INTO trust_events (event_id, at, kind, verdict_id, detail)"
    " VALUES (%(contact)s, %(now)s, 'fell', %(contact)s, %(json)s)",
    "INSERT INTO product_questions (provider, external_id, account_id, question, status, asked_at,"
    " synced_at) VALUES ('trendyol', %(contact)s, 'a', %(words)s, 'open', %(now)s, %(now)s)",
    "INSERT INTO imports (import_id, names, report, created_by, created_at, changed_at,"
    " expires_at) VALUES (%(contact)s, '{liste.csv}', convert_to(%(words)s, 'UTF8'), 'u1',"
    " %(now)s, %(now)s, %(later)s)",
    "INSERT INTO import_files (import_id, position, name, content)"
    " VALUES (%(contact)s, 1, 'liste.csv', convert_to(%(words)s, 'UTF8'))",
    "INSERT INTO replays (replay_id, name, version, total, report, created_by, created_at,"
    " changed_at, expires_at) VALUES (%(contact)s, 'eski.csv', 'present', 1,"
    " convert_to(%(words)s, 'UTF8'), 'u1', %(now)s, %(now)s, %(later)s)",
)  # fmt: skip


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
            "INSERT INTO knowledge_gaps (gap_id, title, terms, first_seen, last_seen)"
            " VALUES (%s, %s, %s, %s, %s)",
            (f"gap_{contact}", f"{NAME} implantımda ağrı", ["zulfi", "karab", "implant"], NOW, NOW),
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

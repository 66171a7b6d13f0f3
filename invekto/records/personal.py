"""Where personal data lies: one rule a table. Export, erasure and retention all walk this map, and
a test fails when a table has neither a rule nor, in `impersonal.py`, a reason to have none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Trail:
    """Everything a contact is known by."""

    contact_id: str
    conversations: list[str]
    turns: list[str]
    orders: list[str]
    leads: list[str]
    payments: list[str]
    outbound: list[str]
    provider_ids: list[str]
    phones: list[str]
    names: list[str]
    values: list[str]
    """What must be nowhere afterwards: addresses of channels, phones, e-mails, full names."""

    def params(self) -> dict[str, Any]:
        """As parameters of the rules' conditions."""
        return {
            "contact": self.contact_id,
            "conversations": self.conversations,
            "turns": self.turns,
            "orders": self.orders,
            "leads": self.leads,
            "payments": self.payments,
            "outbound": self.outbound,
            "provider_ids": self.provider_ids,
            "phones": self.phones,
            "values": self.values,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """`where` finds a person's rows by the trail's parameters. Rows are deleted, or, where the
    business must keep them (an order, a count), the columns of `blank` are set."""

    table: str
    where: str
    blank: dict[str, str] = field(default_factory=dict)
    export: tuple[str, ...] = ()
    """Columns that a person may have; empty: internal."""


CONTACT = "contact_id = %(contact)s"
CONVERSATION = "conversation_id = ANY(%(conversations)s)"
TURN = "turn_id = ANY(%(turns)s)"
EITHER = f"({CONTACT} OR {CONVERSATION})"

WRITTEN = "detail - 'note' - 'why'"
"""What a person wrote beside a verdict; the rest of it is ids and counts."""

RULES: tuple[Rule, ...] = (
    Rule("replays", "TRUE"),  # a sealed report does not tell whom it quotes
    Rule("imports", "status <> 'applying'"),  # nor do sealed files that wait to be taken in
    Rule(
        "product_questions",
        "EXISTS (SELECT FROM unnest(%(values)s::text[]) v"
        " WHERE position(v IN concat(question, ' ', answer)) > 0)",
    ),
    Rule(
        "trust_events",
        "verdict_id IN (SELECT verdict_id FROM trust_verdicts"
        f" WHERE tenant_id = app.current_tenant() AND {TURN})",
        blank={"detail": WRITTEN},
    ),
    Rule("trust_verdicts", TURN, blank={"detail": WRITTEN}),
    Rule("gap_questions", TURN),
    Rule("intent_examples", f"({CONTACT} OR {TURN})"),
    Rule("eval_lines", f"({CONTACT} OR {TURN})"),
    Rule("recommendation_log", f"({EITHER} OR {TURN})"),
    Rule("return_deflections", EITHER),
    Rule("identity_attempts", CONTACT),
    Rule(
        "executed_actions",
        f"({CONVERSATION} OR {TURN})",
        export=("tool", "status", "created_at"),
    ),
    Rule("suggested_replies", CONVERSATION),
    Rule("conversation_notes", CONVERSATION),
    Rule("handovers", CONVERSATION),
    Rule(
        "scheduled_messages",
        EITHER,
        export=("kind", "due_at", "status"),
    ),
    Rule("slot_holds", EITHER),
    Rule(
        "waitlist",
        f"({EITHER} OR patient_phone = ANY(%(phones)s))",
        export=("service_id", "patient_name", "patient_phone", "from_day", "until_day", "status"),
    ),
    Rule(
        "appointments",
        f"({CONTACT} OR patient_phone = ANY(%(phones)s))",
        blank={
            "contact_id": "NULL",
            "patient_name": "NULL",
            "patient_phone": "NULL",
            "note": "''",
            "cancel_reason": "NULL",
            "external_id": "NULL",
            "idempotency_key": "NULL",
        },
        export=("service_id", "starts_at", "ends_at", "status", "patient_name", "patient_phone"),
    ),
    Rule(
        "channel_statuses",
        "(outbound_id = ANY(%(outbound)s) OR provider_message_id = ANY(%(provider_ids)s))",
    ),
    Rule(
        "outbound_messages",
        EITHER,
        export=("channel", "recipient", "kind", "text", "status", "created_at", "sent_at"),
    ),
    Rule("payment_events", "payment_id = ANY(%(payments)s)", blank={"detail": "'{}'"}),
    Rule(
        "payment_links",
        EITHER,
        blank={
            "contact_id": "NULL",
            "conversation_id": "NULL",
            "lead_id": "NULL",
            "url": "NULL",
            "title": "''",
        },
        export=("purpose", "amount", "currency", "status", "title", "created_at", "paid_at"),
    ),
    Rule(
        "order_requests",
        f"({EITHER} OR {TURN} OR order_id = ANY(%(orders)s))",
        blank={
            "contact_id": "NULL",
            "conversation_id": "NULL",
            "turn_id": "NULL",
            "reason": "NULL",
            "detail": "'{}'",
        },
        export=("order_id", "kind", "status", "reason", "created_at"),
    ),
    Rule("claims", "order_id = ANY(%(orders)s)", blank={"data": "'{}'", "reason": "NULL"}),
    Rule(
        "orders",
        "order_id = ANY(%(orders)s)",
        blank={
            "contact_id": "NULL",
            "customer_name": "NULL",
            "customer_phone": "NULL",
            "customer_email": "NULL",
            "postcode": "NULL",
            "address": "'{}'",
            "delivery_note": "NULL",
            "tracking_note": "NULL",
            "tracking_number": "NULL",
            "tracking_url": "NULL",
            "invoice_url": "NULL",
            "data": "'{}'",
        },
        export=(
            "number",
            "placed_at",
            "status",
            "total",
            "currency",
            "customer_name",
            "customer_phone",
            "customer_email",
            "address",
            "postcode",
            "tracking_number",
        ),
    ),
    Rule(
        "quotes",
        EITHER,
        export=("number", "lines", "total_min", "total_max", "currency", "created_at"),
    ),
    Rule(
        "coupons",
        CONTACT,
        blank={"contact_id": "NULL", "reason": "''"},
        export=("code", "valid_until"),
    ),
    Rule("lead_activities", "lead_id = ANY(%(leads)s)"),
    Rule(
        "leads",
        f"({EITHER} OR lead_id = ANY(%(leads)s))",
        export=("name", "phone", "company", "source", "interest", "created_at"),
    ),
    Rule(
        "vip_flags",
        f"({CONTACT} OR customer_phone = ANY(%(phones)s))",
        export=("flag_type", "created_at"),
    ),
    Rule(
        "messages",
        CONVERSATION,
        export=("author", "text", "attachments", "channel", "sent_at"),
    ),
    Rule("turns", CONVERSATION),
    Rule("conversation_leases", CONVERSATION),
    Rule(
        "privacy_requests",
        CONTACT,
        blank={"note": "''", "turn_id": "NULL"},
        export=("kind", "status", "created_at", "due_at"),
    ),
    Rule("legal_holds", CONTACT, blank={"reason": "''"}),
    Rule(
        "consent_events", CONTACT, export=("purpose", "state", "channel", "wording", "created_at")
    ),
    Rule("conversations", CONTACT, export=("channel", "status", "created_at", "closed_at")),
    Rule(
        "contacts",
        CONTACT,
        export=(
            "channel",
            "channel_user_id",
            "name",
            "phone",
            "language",
            "consent",
            "opted_out_at",
            "attributes",
            "created_at",
        ),
    ),
)
"""In the order of erasing: what points at something goes before it."""


async def trail(conn: Conn, contact_id: str) -> Trail | None:
    """Everything the contact is known by; None where there is no such contact."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            "SELECT channel_user_id, name, phone, phone_verified FROM contacts"
            " WHERE tenant_id = app.current_tenant() AND contact_id = %s",
            (contact_id,),
        )
        contact = await cur.fetchone()
    if contact is None:
        return None
    phones = [contact["phone"]] if contact["phone"] and contact["phone_verified"] else []
    conversations = await _ids(
        conn, "SELECT conversation_id FROM conversations WHERE contact_id = %s", contact_id
    )
    turns = await _ids(
        conn, "SELECT turn_id FROM turns WHERE conversation_id = ANY(%s)", conversations
    )
    orders = await _ids(
        conn,
        "SELECT order_id FROM orders WHERE contact_id = %s OR customer_phone = ANY(%s)",
        contact_id,
        phones,
    )
    leads = await _ids(
        conn,
        "SELECT lead_id FROM leads WHERE contact_id = %s OR phone = ANY(%s)",
        contact_id,
        phones,
    )
    payments = await _ids(
        conn,
        "SELECT payment_id FROM payment_links WHERE contact_id = %s OR conversation_id = ANY(%s)",
        contact_id,
        conversations,
    )
    outbound = await _ids(
        conn, "SELECT outbound_id FROM outbound_messages WHERE contact_id = %s", contact_id
    )
    provider_ids = await _ids(
        conn,
        "SELECT provider_message_id FROM outbound_messages WHERE contact_id = %s"
        " AND provider_message_id IS NOT NULL",
        contact_id,
    )
    more = await _written(conn, orders, contact_id)
    names = [n for n in {contact["name"], *more["names"]} if n]
    values = [contact["channel_user_id"], contact["phone"], *more["phones"], *more["emails"]]
    return Trail(
        contact_id, conversations, turns, orders, leads, payments, outbound, provider_ids,
        sorted({*phones, *more["phones"]}), names,
        sorted({v for v in [*values, *names] if v and len(v) >= 5}),
    )  # fmt: skip


async def _written(conn: Conn, orders: list[str], contact_id: str) -> dict[str, set[str]]:
    """Names, phones and e-mails that stand in the person's orders and appointments."""
    found: dict[str, set[str]] = {"names": set(), "phones": set(), "emails": set()}
    rows = await conn.execute(
        "SELECT customer_name, customer_phone, customer_email FROM orders"
        " WHERE order_id = ANY(%s) UNION ALL"
        " SELECT patient_name, patient_phone, NULL FROM appointments WHERE contact_id = %s",
        (orders, contact_id),
    )
    async for name, phone, email in rows:
        found["names"] |= {name} if name else set()
        found["phones"] |= {phone} if phone else set()
        found["emails"] |= {email} if email else set()
    return found


async def _ids(conn: Conn, query: str, *params: Any) -> list[str]:
    return [str(row[0]) async for row in await conn.execute(query, params)]


async def leftovers(conn: Conn, values: list[str]) -> list[str]:
    """`table.column` of this tenant in which one of the values still stands."""
    if not values:
        return []
    columns = await (
        await conn.execute(
            """SELECT c.table_name, c.column_name FROM information_schema.columns c
               JOIN pg_class t ON t.relname = c.table_name
                AND t.relnamespace = 'public'::regnamespace
               WHERE c.table_schema = 'public' AND t.relkind IN ('r', 'p')
                 AND NOT t.relispartition AND t.relrowsecurity
                 AND c.data_type IN ('text', 'jsonb', 'ARRAY')
                 AND has_column_privilege(t.oid, c.column_name, 'select')"""
        )
    ).fetchall()
    found = []
    for table, column in columns:
        row = await (
            await conn.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" t, unnest(%s::text[]) v'
                f' WHERE position(v IN t."{column}"::text) > 0)',
                (values,),
            )
        ).fetchone()
        if row and row[0]:
            found.append(f"{table}.{column}")
    return sorted(found)

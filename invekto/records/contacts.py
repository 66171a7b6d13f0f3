"""Contacts that come from a business's own lists, before they ever wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from invekto.records import consents

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A person on a list, reachable at `phone` (E.164) by WhatsApp."""

    contact_id: str
    phone: str
    name: str
    language: str | None = None
    consent: consents.State | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


async def list_contact(conn: Conn, person: Listed) -> str:
    """Create a contact, or fill in what is not known of them; what they decided stays.
    Returns created, changed or unchanged."""
    rows = await conn.execute(
        """INSERT INTO contacts AS c (contact_id, channel, channel_user_id, name, phone,
               phone_verified, language, attributes)
           VALUES (%s, 'whatsapp', %s, %s, %s, true, %s, %s)
           ON CONFLICT (tenant_id, channel, channel_user_id) DO UPDATE SET
               name = excluded.name, language = coalesce(c.language, excluded.language),
               attributes = excluded.attributes || c.attributes
           WHERE (c.name, coalesce(c.language, excluded.language, ''),
                  excluded.attributes || c.attributes)
                 IS DISTINCT FROM (excluded.name, coalesce(c.language, ''), c.attributes)
           RETURNING xmax = 0""",
        (
            person.contact_id, person.phone.lstrip("+"), person.name, person.phone,
            person.language, Jsonb(dict(person.attributes)),
        ),
    )  # fmt: skip
    row = await rows.fetchone()
    allowed = person.consent is not None and await _allowed(conn, person.phone, person.consent)
    if row is None:
        return "changed" if allowed else "unchanged"
    return "created" if row[0] else "changed"


async def _allowed(conn: Conn, phone: str, state: consents.State) -> bool:
    """Keep what a list says a contact agreed to, where they said nothing themselves; whether."""
    row = await (
        await conn.execute(
            "SELECT contact_id FROM contacts WHERE tenant_id = app.current_tenant()"
            " AND channel = 'whatsapp' AND channel_user_id = %s AND consent IS NULL",
            [phone.lstrip("+")],
        )
    ).fetchone()
    if row is None:
        return False
    await consents.record_consent(conn, row[0], state, recorded_by="list")
    return True

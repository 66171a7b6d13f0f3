"""The people a business knows: its own, and its customers with what they allowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg import AsyncConnection

from invekto.errors import Conflict
from invekto.records import contacts, tenants
from invekto.records.consents import State

Conn = AsyncConnection[Any]
CONSENT: dict[str, State | None] = {"given": "given", "refused": "refused", "none": None}


def contact_id(phone: str) -> str:
    """The id of a contact that was brought in, from the number WhatsApp knows them by."""
    return f"ct_{phone.lstrip('+')}"


async def load_users(conn: Conn, rows: Iterable[dict[str, Any]]) -> None:
    """The business's own people; those who exist already are left as they are."""
    for row in rows:
        try:
            async with conn.transaction():
                await tenants.add_user(
                    conn,
                    email=row["email"],
                    name=row["name"],
                    role=row["role"],
                    user_id=row["email"].partition("@")[0],
                    languages=row.get("languages", ["tr"]),
                )
        except Conflict:
            continue


async def load_contacts(conn: Conn, rows: Iterable[dict[str, Any]]) -> int:
    """Customers and patients, reachable by WhatsApp; what they decided since is kept."""
    rows = list(rows)
    for row in rows:
        await contacts.list_contact(
            conn,
            contacts.Listed(
                contact_id=contact_id(row["phone"]),
                phone=row["phone"],
                name=row["name"],
                language=row.get("language"),
                consent=CONSENT[row.get("consent", "none")],
                attributes={
                    k: row[k] for k in ("country", "interest", "city", "email") if k in row
                },
            ),
        )
    return len(rows)

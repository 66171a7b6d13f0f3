"""What holds when people answer, on our pages and over the API: nobody speaks over somebody else,
and an identity or account number goes out only when it is meant to."""

from __future__ import annotations

import re
from typing import Any

from psycopg import AsyncConnection

from invekto.errors import Conflict
from invekto.guardrails.flat import flat
from invekto.guardrails.pii import find
from invekto.records import conversations, tenants
from invekto.records.conversations import Conversation

Conn = AsyncConnection[Any]
BY_PEOPLE = ("person", "person_for_ai")
LOOKED_BACK = 20  # messages


def not_anothers(conversation: Conversation, user_id: str) -> None:
    """Raises Conflict (`held`) where another person holds the conversation."""
    if conversation.assigned_to not in (None, user_id):
        raise Conflict(
            "another person holds this conversation", reason="held",
            assigned_to=conversation.assigned_to,
        )  # fmt: skip


async def not_answered_meanwhile(
    conn: Conn, conversation_id: str, user_id: str, *, seen: int
) -> None:
    """Raises Conflict (`answered`) where somebody else has written after message `seen`."""
    others = [
        m for m in await conversations.thread(conn, conversation_id, last=LOOKED_BACK)
        if m.seq > seen and m.author in BY_PEOPLE and m.author_id != user_id
    ]  # fmt: skip
    if others:
        raise Conflict(
            "somebody else has just answered", reason="answered", assigned_to=others[-1].author_id
        )


async def mind_numbers(conn: Conn, text: str | None) -> None:
    """Raises Conflict (`personal_number`) where the text holds somebody's identity or account
    number. The business's own account number is fine."""
    found = personal_numbers(text or "")
    if not found:
        return
    tenant = await tenants.get_tenant(conn)
    if found - {str(tenant.profile.get("own_iban", "")).replace(" ", "").lower()}:
        raise Conflict("the reply holds an identity or account number", reason="personal_number")


def personal_numbers(text: str) -> set[str]:
    """Turkish identity numbers and account numbers in a text, without blanks, in lower case."""
    return {
        re.sub(r"\W", "", flat(text[span.start : span.end]))
        for span in find(text, kinds={"TR_ID", "IBAN"})
    }

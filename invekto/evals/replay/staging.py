"""One past turn as it stood then: its contact and conversation, in a transaction that is undone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from invekto.agent.shadow import Conn
from invekto.agent.state import Dialogue, TurnInput
from invekto.evals.replay.past import PastConversation, PastMessage
from invekto.records.conversations import Contact, Conversation, Message, find_contact
from invekto.tools.contract import TenantView

HISTORY = 12
ANSWERED_WITHIN = timedelta(days=2)
"""A person's message later than this is no answer."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the customer wrote before anybody answered, and what was then answered."""

    conversation: PastConversation
    first: int
    last: int
    reply: str | None
    agent: str | None
    verdict: bool | None

    @property
    def asked(self) -> tuple[PastMessage, ...]:
        """The customer's messages."""
        return self.conversation.messages[self.first : self.last + 1]

    @property
    def at(self) -> datetime:
        """When the last of them came."""
        return self.asked[-1].at

    @property
    def text(self) -> str:
        """As one."""
        return "\n".join(m.text for m in self.asked if m.text.strip())


def exchanges(conversation: PastConversation) -> Iterator[Exchange]:
    """Cut a conversation where the business answers; automatic lines do not count as answers."""
    messages = conversation.messages
    at = 0
    while at < len(messages):
        if messages[at].author != "customer":
            at += 1
            continue
        end = at
        while end + 1 < len(messages) and messages[end + 1].author == "customer":
            end += 1
        answers = _answers(messages, end + 1, messages[end].at)
        yield Exchange(
            conversation, at, end,
            reply="\n".join(m.text for m in answers if m.text.strip()) or None,
            agent=next((m.agent for m in answers if m.agent), None),
            verdict=next(
                (m.verdict for m in (*answers, *messages[at : end + 1]) if m.verdict is not None),
                None,
            ),
        )  # fmt: skip
        at = end + 1


def _answers(messages: Sequence[PastMessage], begin: int, asked_at: datetime) -> list[PastMessage]:
    found: list[PastMessage] = []
    for message in messages[begin:]:
        if message.author == "customer":
            break
        if message.author == "person" and message.at - asked_at <= ANSWERED_WITHIN:
            found.append(message)
    return found


@dataclass(frozen=True, slots=True)
class Stage:
    """The contact and conversation of a past conversation, for the transactions of its turns."""

    contact: Contact
    conversation: Conversation
    known: bool
    """The tenant has this contact; a stranger's rows are made for the turn and undone."""

    async def put(self, conn: Conn) -> None:
        """Make the rows that are missing."""
        contact, conversation = self.contact, self.conversation
        if not self.known:
            await conn.execute(
                """INSERT INTO contacts (contact_id, channel, channel_user_id, name, phone,
                       phone_verified, consent) VALUES (%s, %s, %s, %s, %s, %s, %s)
                   ON CONFLICT DO NOTHING""",
                (
                    contact.contact_id, contact.channel, contact.channel_user_id, contact.name,
                    contact.phone, contact.phone_verified, contact.consent,
                ),
            )  # fmt: skip
        await conn.execute(
            """INSERT INTO conversations (conversation_id, contact_id, channel)
               VALUES (%s, %s, %s) ON CONFLICT DO NOTHING""",
            (conversation.conversation_id, contact.contact_id, conversation.channel),
        )


async def stage_of(conn: Conn, past: PastConversation) -> Stage:
    """Find the contact by phone on the past conversation's channel, or imagine one."""
    user = (past.phone or f"replay-{_short(past.key)}").lstrip("+")
    found = await find_contact(conn, past.channel, user)
    contact = found or Contact(
        contact_id=f"replay-{_short(user)}",
        channel=past.channel,
        channel_user_id=user,
        name=past.name,
        phone=past.phone,
        phone_verified=past.channel == "whatsapp" and past.phone is not None,
    )
    if past.consent and contact.consent is None:
        contact = replace(contact, consent="given")
    return Stage(contact, _conversation(past, contact), known=found is not None)


def _conversation(past: PastConversation, contact: Contact) -> Conversation:
    return Conversation(
        conversation_id=f"replay-{_short(past.key)}",
        contact_id=contact.contact_id,
        channel=past.channel,
        channel_account_id=None,
        status="open",
        assigned_to=None,
        language=None,
        priority="normal",
        tags=[],
        last_seq=0,
        last_inbound_seq=0,
        answered_seq=0,
        last_inbound_at=None,
        dialogue={},
        proven=[],
    )


def turn_of(exchange: Exchange, stage: Stage, tenant: TenantView, dialogue: Dialogue) -> TurnInput:
    """The turn that would have been worked at that moment."""
    conversation_id = stage.conversation.conversation_id
    rows = [
        Message(
            conversation_id, seq, f"{conversation_id}:{seq}", m.author, m.text, m.at,
        )
        for seq, m in enumerate(exchange.conversation.messages[: exchange.last + 1], 1)
    ]  # fmt: skip
    return TurnInput(
        turn_id=f"{conversation_id}:{exchange.first}",
        tenant=tenant,
        contact=stage.contact,
        conversation=stage.conversation,
        messages=tuple(rows[exchange.first :]),
        history=tuple(rows[: exchange.first][-HISTORY:]),
        dialogue=dialogue,
        now=exchange.at.astimezone(tenant.zone),
        shadow=True,
    )


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]

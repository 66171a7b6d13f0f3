"""What playbooks run in: the tools' context and the names every template may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.deps import TurnDeps, TurnScope
from invekto.agent.goods import as_items
from invekto.agent.intents.dialogue.amending import amended, asks_cheaper
from invekto.agent.intents.dialogue.waiting import find_wait_wish
from invekto.agent.intents.entities.baskets import find_basket
from invekto.agent.playbooks.run import Setting
from invekto.agent.state import TurnInput, TurnState
from invekto.contracts.understanding import Entity
from invekto.knowledge.answer import extract
from invekto.records.conversations import Contact, Conversation
from invekto.text.say import salutation
from invekto.tools.contract import ContactView, ToolContext


async def playbook_setting(state: TurnState, scope: TurnScope) -> Setting:
    """The setting of this turn's playbooks."""
    understanding = state.understanding
    assert understanding is not None
    language = reply_language(state)
    return Setting(
        context=tool_context(state.turn, await scope.reader.conn(), scope.deps, language),
        tools=scope.kit.tools,
        entities=(*understanding.entities, *_wishes(state, language)),
        answer=understanding.answer,
        text=state.text,
        language=language,
        passages=state.passages,
        extract=extract,
        base=template_names(state.turn, language),
    )


def _wishes(state: TurnState, language: str) -> Iterator[Entity]:
    """What only playbooks ask for: a list of goods, another number of those spoken of, one
    that costs less, the wish to wait for a time."""
    assert state.understanding is not None
    goods, entities = state.turn.dialogue.goods, state.understanding.entities
    changed = amended(goods, state.turn.text, language, entities)
    if changed is not None:
        yield Entity("basket_change", state.text, 0, len(state.text), as_items(changed), 0.85)
    basket = find_basket(state.text, language, state.understanding.entities)
    if basket is not None:
        yield basket
    if "product" in state.turn.dialogue.named and asks_cheaper(state.text):
        yield Entity("cheaper_wish", state.text, 0, len(state.text), "yes", 0.85)
    waiting = find_wait_wish(state.text)
    if waiting is not None:
        yield waiting


def reply_language(state: TurnState) -> str:
    """The customer's language where the tenant speaks it, else English, else the tenant's own."""
    spoken = state.turn.tenant.languages
    heard = state.understanding.language if state.understanding else None
    if heard in spoken:
        return str(heard)
    return (
        "en" if heard not in (None, "tr") and "en" in spoken else state.turn.tenant.default_language
    )


def tool_context(
    turn: TurnInput, conn: AsyncConnection[Any], deps: TurnDeps, language: str
) -> ToolContext:
    """The injected context of every tool call of this turn."""
    return ToolContext(
        conn=conn,
        tenant_id=turn.tenant.tenant_id,
        tenant=turn.tenant,
        contact=contact_view(turn.contact, turn.conversation, language),
        conversation_id=turn.conversation.conversation_id,
        turn_id=turn.turn_id,
        clock=lambda: turn.now,
        outside=deps.gateways,
    )


def contact_view(contact: Contact, conversation: Conversation, language: str) -> ContactView:
    """The customer as tools see them."""
    return ContactView(
        contact_id=contact.contact_id,
        name=contact.name,
        phone=contact.phone,
        phone_verified=contact.phone_verified,
        language=language,
        channel=contact.channel,
        proven=frozenset(conversation.proven),
    )


def template_names(turn: TurnInput, language: str) -> dict[str, Any]:
    """isim, firma, selam, now … as templates use them."""
    local = turn.now.astimezone(turn.tenant.zone)
    first = not any(m.author in ("ai", "person", "person_for_ai") for m in turn.history)
    name = turn.contact.name
    return {
        "isim": name or "",
        "firma": turn.tenant.name,
        "selam": salutation(name, language, turn.tenant.tone) if first else "",
        "now": local,
        "today": local.date(),
        "tenant": turn.tenant,
        "contact": turn.contact,
        "first_turn": first,
        "sentiment": "calm",
        "together": (),
    }

"""What leaves for a model leaves without personal data: the same value has the same placeholder in
every turn of a conversation."""

from __future__ import annotations

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.published import own_contacts, profile_facts
from invekto.agent.state import TurnInput
from invekto.guardrails.pseudonyms import Pseudonyms
from invekto.llm.purse import Limits, Purse


def placeholders(turn: TurnInput) -> Pseudonyms:
    """Placeholders for this conversation; the contact's own name and number come first."""
    own = own_contacts(profile_facts(turn.tenant))
    hidden = Pseudonyms(own=own, seed=turn.conversation.conversation_id)
    for value, kind in ((turn.contact.name, "PERSON"), (turn.contact.phone, "PHONE")):
        if value:
            hidden.know(value, kind)
    for message in turn.history:
        hidden.hide(message.text)
    return hidden


def purse(turn: TurnInput, scope: TurnScope) -> Purse:
    """This tenant's budget of today."""
    return Purse(
        scope.deps.database,
        turn.tenant.tenant_id,
        turn.now.date(),
        Limits.of(turn.tenant.settings),
    )

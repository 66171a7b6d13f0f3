"""Doing what was proposed, once, under its idempotency key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from psycopg import AsyncConnection

from invekto.agent.deps import TenantKit, TurnDeps
from invekto.agent.kit import KitShelf
from invekto.agent.nodes.setting import contact_view, tool_context
from invekto.contracts.action import ProposedAction
from invekto.errors import InvektoError, ProviderUnavailable, Refused
from invekto.records import conversations, turns
from invekto.tools.contract import ToolContext

if TYPE_CHECKING:
    from invekto.agent.turn import Worked

Conn = AsyncConnection[Any]


class ActionFailedError(Exception):
    """A proposed action could not be done; the transaction it was part of is rolled back."""

    def __init__(self, action: ProposedAction, error: InvektoError) -> None:
        super().__init__(error.message)
        self.action = action
        self.message = error.message


async def do_local(
    conn: Conn, deps: TurnDeps, worked: Worked, actions: Iterable[ProposedAction], *, by: str
) -> None:
    """Local writes, inside the caller's transaction.

    Raises:
        ActionFailedError: a rule says no; the caller's transaction must not be committed.
    """
    for action in actions:
        if not action.outside:
            await _once(conn, worked.kit, _turn_context(conn, deps, worked), action, by)


async def do_outside(
    deps: TurnDeps, worked: Worked, actions: Iterable[ProposedAction], *, by: str
) -> None:
    """Writes at a provider: claimed, done and recorded before their message is queued.

    Raises:
        ActionFailedError: the provider or a rule says no.
    """
    for action in actions:
        if action.outside:
            async with deps.database.tenant(worked.state.turn.tenant.tenant_id) as conn:
                await _once(conn, worked.kit, _turn_context(conn, deps, worked), action, by)


def _turn_context(conn: Conn, deps: TurnDeps, worked: Worked) -> ToolContext:
    turn = worked.state.turn
    return tool_context(turn, conn, deps, turn.contact.language or turn.tenant.default_language)


async def redo_local(
    conn: Conn,
    deps: TurnDeps,
    shelf: KitShelf,
    tenant_id: str,
    suggestion: turns.Suggestion,
    actions: Iterable[ProposedAction],
    by: str,
) -> None:
    """The local writes of a draft a person sends, inside their transaction.

    Raises:
        ActionFailedError: the world moved on; the transaction must not be committed.
    """
    for action in actions:
        if not action.outside:
            kit, context = await _context(conn, deps, shelf, tenant_id, suggestion)
            await _once(conn, kit, context, action, by)


async def redo_outside(
    deps: TurnDeps,
    shelf: KitShelf,
    tenant_id: str,
    suggestion: turns.Suggestion,
    actions: Iterable[ProposedAction],
    by: str,
) -> None:
    """The provider's writes of a draft a person sends, before the reply is queued.

    Raises:
        ActionFailedError: the provider or a rule says no.
    """
    for action in actions:
        if action.outside:
            async with deps.database.tenant(tenant_id) as conn:
                kit, context = await _context(conn, deps, shelf, tenant_id, suggestion)
                await _once(conn, kit, context, action, by)


async def _context(
    conn: Conn, deps: TurnDeps, shelf: KitShelf, tenant_id: str, suggestion: turns.Suggestion
) -> tuple[TenantKit, ToolContext]:
    tenant, kit = await shelf.kit(conn, tenant_id)
    conversation = await conversations.get(conn, suggestion.conversation_id)
    contact = await conversations.get_contact(conn, conversation.contact_id)
    return kit, ToolContext(
        conn=conn,
        tenant_id=tenant_id,
        tenant=tenant,
        contact=contact_view(contact, conversation, contact.language or tenant.default_language),
        conversation_id=conversation.conversation_id,
        turn_id=suggestion.turn_id,
        clock=deps.clock,
        outside=deps.gateways,
    )


async def _once(
    conn: Conn, kit: TenantKit, context: ToolContext, action: ProposedAction, by: str
) -> None:
    before = await turns.begin_action(
        conn,
        action.key,
        tool=action.tool,
        args=action.args,
        turn_id=context.turn_id,
        conversation_id=context.conversation_id,
        by=by,
        now=context.clock(),
    )
    if before is not None and before["status"] == "done":
        return
    role = "assistant" if by == "assistant" else "agent"
    try:
        result = await kit.tools[action.tool].commit(
            replace(context, conn=conn, idempotency_key=action.key, role=role), action
        )
    except (Refused, ProviderUnavailable) as error:
        raise ActionFailedError(action, error) from error
    await turns.end_action(conn, action.key, "done", result.model_dump(mode="json"))

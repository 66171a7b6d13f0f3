"""Doing what was proposed, once, under its idempotency key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from psycopg import AsyncConnection

from invekto.agent.deps import TenantKit, TurnDeps
from invekto.agent.filling import Places, places_of
from invekto.agent.kit import KitShelf
from invekto.agent.nodes.setting import contact_view, tool_context
from invekto.contracts.action import ProposedAction
from invekto.errors import BadData, InvektoError, NotAllowed, ProviderUnavailable, Refused
from invekto.records import conversations, executed, turns
from invekto.tools.contract import Opens, ToolContext

if TYPE_CHECKING:
    from invekto.agent.turn import Worked

Conn = AsyncConnection[Any]


class ActionFailedError(Exception):
    """A proposed action could not be done; the transaction it was part of is rolled back."""

    def __init__(self, action: ProposedAction, error: InvektoError) -> None:
        super().__init__(error.message)
        self.action = action
        self.message = error.message
        self.provider_down = isinstance(error, ProviderUnavailable)


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
) -> Places:
    """Writes at a provider: claimed, done and recorded before their message is queued. Returns
    what stands in the places that the drafted text keeps for their results.

    Raises:
        ActionFailedError: the provider or a rule says no.
    """
    tenant_id = worked.state.turn.tenant.tenant_id

    @asynccontextmanager
    async def opens() -> AsyncIterator[ToolContext]:
        async with deps.database.tenant(tenant_id) as conn:
            yield _turn_context(conn, deps, worked)

    return await _all_outside(worked.kit, opens, actions, by)


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
) -> Places:
    """The provider's writes of a draft a person sends, before the reply is queued; see
    `do_outside`.

    Raises:
        ActionFailedError: the provider or a rule says no.
    """
    wanted = [action for action in actions if action.outside]
    if not wanted:
        return {}
    async with deps.database.tenant(tenant_id) as conn:
        _, kit = await shelf.kit(conn, tenant_id)

    @asynccontextmanager
    async def opens() -> AsyncIterator[ToolContext]:
        async with deps.database.tenant(tenant_id) as conn:
            yield (await _context(conn, deps, shelf, tenant_id, suggestion))[1]

    return await _all_outside(kit, opens, wanted, by)


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
    context = _committing(context, action, by)
    if await _begun(conn, context, action, by) is not None:
        return
    try:
        result = await kit.tools[action.tool].commit(context, action)
    except (Refused, ProviderUnavailable) as error:
        raise ActionFailedError(action, error) from error
    await executed.end_action(conn, action.key, "done", result.model_dump(mode="json"))


async def _all_outside(
    kit: TenantKit, opens: Opens, actions: Iterable[ProposedAction], by: str
) -> Places:
    places: dict[str, str] = {}
    for action in actions:
        if action.outside:
            places |= places_of(action, await _once_outside(kit, opens, action, by))
    return places


async def _once_outside(
    kit: TenantKit, opens: Opens, action: ProposedAction, by: str
) -> dict[str, Any]:
    """Claim the key, let the tool do its work in transactions of its own, record how it ended. A
    process that dies in between leaves a claim without an end: the tool is asked again under the
    same key, and makes of it what its own records say."""

    @asynccontextmanager
    async def committing() -> AsyncIterator[ToolContext]:
        async with opens() as context:
            yield _committing(context, action, by)

    async with committing() as context:
        done = await _begun(context.conn, context, action, by)
    if done is not None:
        return done
    try:
        result = await kit.tools[action.tool].commit_outside(committing, action)
    except (Refused, ProviderUnavailable, NotAllowed, BadData) as error:
        async with opens() as context:
            ended = "refused" if isinstance(error, Refused) else "failed"
            await executed.end_action(context.conn, action.key, ended, None)
        raise ActionFailedError(action, error) from error
    made: dict[str, Any] = result.model_dump(mode="json")
    async with opens() as context:
        await executed.end_action(context.conn, action.key, "done", made)
    return made


def _committing(context: ToolContext, action: ProposedAction, by: str) -> ToolContext:
    role = "assistant" if by == "assistant" else "agent"
    return replace(context, idempotency_key=action.key, role=role)


async def _begun(
    conn: Conn, context: ToolContext, action: ProposedAction, by: str
) -> dict[str, Any] | None:
    """The result of an action that was done before; None: it is ours to do."""
    before = await executed.begin_action(
        conn,
        action.key,
        tool=action.tool,
        args=action.args,
        turn_id=context.turn_id,
        conversation_id=context.conversation_id,
        by=by,
        now=context.clock(),
    )
    return before["result"] if before is not None and before["status"] == "done" else None

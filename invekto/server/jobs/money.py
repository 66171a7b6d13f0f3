"""Payment links that are over: asked about once more, made unusable, expired."""

from __future__ import annotations

from functools import partial

import structlog

from invekto.db.queue import Task
from invekto.server.deps import ServerDeps
from invekto.tools.gateways import Gateways, TenantGateways
from invekto.tools.paid import CLOSE, close_link

log = structlog.get_logger(__name__)


def close_link_task(deps: ServerDeps) -> Task:
    """The task for the worker; patient, because a provider may be down for a while."""
    return Task(CLOSE, partial(_close, deps), attempts=12)


async def _close(deps: ServerDeps, *, tenant_id: str, payment_id: str) -> None:
    state = await close_link(deps.database, gateways_of(deps), tenant_id, payment_id, deps.clock())
    log.info("payment_link_closed", tenant_id=tenant_id, payment_id=payment_id, status=state)


def gateways_of(deps: ServerDeps) -> Gateways:
    """The process's gateways; those by the settings where the engine was given none."""
    given: Gateways | None = deps.engine.deps.gateways
    return given if given is not None else TenantGateways.from_settings(deps.settings)

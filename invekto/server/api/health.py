"""Is it alive, is it ready, what does it measure."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter, Response
from prometheus_client import generate_latest
from pydantic import BaseModel

from invekto import __version__
from invekto.db.queue import backlog, trust_changes
from invekto.errors import InvektoError
from invekto.server import metrics
from invekto.server.deps import Deps

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: str
    version: str


@router.get("/healthz")
async def healthz() -> Health:
    """The process answers."""
    return Health(status="ok", version=__version__)


@router.get("/readyz")
async def readyz(deps: Deps) -> Health:
    """The process can do its work: the database answers and has this code's schema."""
    await deps.database.check_schema()
    return Health(status="ready", version=__version__)


@router.get("/metrics", include_in_schema=False)
async def measured(deps: Deps) -> Response:
    """Prometheus text; the queue is looked at when it is asked for."""
    with suppress(InvektoError):
        async with deps.database.routing() as conn:
            for line in await backlog(conn):
                metrics.QUEUE_DUE.labels(line.line).set(line.due)
                metrics.QUEUE_AGE.labels(line.line).set(line.oldest_seconds)
                metrics.QUEUE_FAILED.labels(line.line).set(line.failed)
            for kind, count in (await trust_changes(conn)).items():
                metrics.TRUST.labels(kind).set(count)
    return Response(generate_latest(metrics.REGISTRY), media_type="text/plain; version=0.0.4")

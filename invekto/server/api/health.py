"""Is it alive, is it ready, what does it measure."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import generate_latest
from pydantic import BaseModel

from invekto import __version__
from invekto.server.deps import Deps
from invekto.server.metrics import REGISTRY

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
async def metrics() -> Response:
    """Prometheus text."""
    return Response(generate_latest(REGISTRY), media_type="text/plain; version=0.0.4")

"""Marketplaces and payment providers: connect, test, see how far behind. Credentials go in and
never come out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, SecretStr

from invekto.errors import NotFound
from invekto.intake.accounts import connect
from invekto.intake.callbacks import callback_address
from invekto.intake.connections import Desk, connections, providers
from invekto.records import integrations
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps, ServerDeps
from invekto.server.door import Door
from invekto.server.jobs.sync import enqueue_sync
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/connections", tags=["connections"], route_class=Door)

Name = Annotated[str, Field(min_length=1, max_length=60)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=500)]


class ProviderSeen(BaseModel):
    name: str
    external_id: str = Field(description="What `external_id` is at this provider.")
    credentials: list[str] = Field(description="What `credentials` must hold.")
    streams: list[str] = Field(description="What is read from it.")
    calls: bool = Field(description="It can be given an address to call.")


class StreamSeen(BaseModel):
    stream: str
    caught_up: datetime | None
    lag_seconds: float | None = Field(description="null: it has never caught up.")
    rows: int


class ConnectionSeen(BaseModel):
    account_id: str
    provider: str
    external_id: str
    checked_at: datetime | None
    problem: str | None = Field(description="What the last test or sync said; null: all is well.")
    streams: list[StreamSeen]


class ConnectionIn(Body):
    provider: Literal["trendyol", "hepsiburada", "iyzico"]
    external_id: Annotated[str, Field(min_length=1, max_length=100)] = Field(examples=["201942"])
    credentials: Annotated[dict[Name, Secret], Field(max_length=10)] = Field(
        description="Kept sealed. `webhook_secret`: what the provider shows when it calls.",
        examples=[{"key": "…", "secret": "…"}],
    )


class ConnectionMade(BaseModel):
    account_id: str


class Tested(BaseModel):
    works: bool
    problem: str | None


class Address(BaseModel):
    url: str = Field(description="To be entered in the provider's panel; shown this once.")


@router.get("/providers")
async def list_providers(caller: CurrentCaller) -> list[ProviderSeen]:  # noqa: ARG001
    """What can be connected, and what that takes."""
    return [ProviderSeen.model_validate(one, from_attributes=True) for one in providers()]


@router.get("")
async def list_connections(caller: CurrentCaller, deps: Deps) -> list[ConnectionSeen]:
    """The tenant's connections, with how far behind each list is."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await connections(conn, deps.clock())
    return [
        ConnectionSeen(
            account_id=one.account_id,
            provider=one.provider,
            external_id=one.external_id,
            checked_at=one.checked_at,
            problem=one.problem,
            streams=[
                StreamSeen(
                    stream=s.stream,
                    caught_up=s.caught_up,
                    lag_seconds=s.lag.total_seconds() if s.lag is not None else None,
                    rows=s.rows,
                )
                for s in one.streams
            ],
        )
        for one in found
    ]


@router.post("", status_code=201)
async def add_connection(body: ConnectionIn, caller: CurrentCaller, deps: Deps) -> ConnectionMade:
    """Connect an account, or give one that is connected new credentials. Reading begins at
    once; whether the credentials work is said by `/test`."""
    keys = {name: value.get_secret_value() for name, value in body.credentials.items()}
    async with deps.database.tenant(caller.tenant_id) as conn:
        account_id = await connect(
            conn, deps.sealer, caller.tenant_id, body.provider, body.external_id, keys
        )
        await enqueue_sync(conn, account_id)
        await audited(
            conn, caller, "connection.saved", "connection", account_id, provider=body.provider
        )
    return ConnectionMade(account_id=account_id)


@router.post("/{account_id}/test")
async def test_connection(account_id: str, caller: CurrentCaller, deps: Deps) -> Tested:
    """Try the credentials now."""
    problem = await desk(deps).test(caller.tenant_id, account_id, deps.clock())
    return Tested(works=problem is None, problem=problem)


@router.post("/{account_id}/sync", status_code=202)
async def sync_connection(account_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Read what is new now, rather than at the next round."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await integrations.get_account(conn, account_id)
        await enqueue_sync(conn, account_id)
    return Response(status_code=202)


@router.post("/{account_id}/address", status_code=201)
async def new_address(account_id: str, caller: CurrentCaller, deps: Deps) -> Address:
    """An address for the provider's webhooks. Earlier ones go on working."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        url = await callback_address(conn, deps.settings.public_url, account_id)
        await audited(conn, caller, "connection.address_made", "connection", account_id)
    return Address(url=url)


@router.delete("/{account_id}", status_code=204)
async def remove_connection(account_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Forget an account and its credentials. What was read from it stays."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if not await integrations.disconnect(conn, account_id):
            raise NotFound(f"no connection {account_id}")
        await audited(conn, caller, "connection.removed", "connection", account_id)
    return Response(status_code=204)


def desk(deps: ServerDeps) -> Desk:
    """What trying a connection takes."""
    return Desk(deps.database, deps.sealer, deps.http, deps.settings)

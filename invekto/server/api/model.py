"""The model: a business's own endpoint, and what may be spent. A key never comes out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, SecretStr

from invekto.llm.purse import Limits
from invekto.records import model_endpoints, tenants
from invekto.server import own_model
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/model", tags=["model"], route_class=Door)

Price = Annotated[Decimal, Field(ge=0, le=100_000, max_digits=12, decimal_places=6)]


class LimitsBody(Body):
    tokens_a_day: Annotated[int, Field(ge=0, le=100_000_000)]
    money_a_day: Annotated[Decimal, Field(ge=0, le=10_000, max_digits=12, decimal_places=6)]
    at_once: Annotated[int, Field(ge=1, le=64)] = 4
    fluent: bool = Field(True, description="Whether replies are put into words by the model.")


class EndpointIn(Body):
    base_url: Annotated[str, Field(min_length=1, max_length=500)] = Field(
        description="OpenAI-compatible and on the public internet.",
        examples=["https://api.openai.com/v1"],
    )
    chat_model: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        examples=["gpt-4o-mini"]
    )
    api_key: Annotated[SecretStr, Field(min_length=1, max_length=1000)] | None = Field(
        None, description="null: the one that is kept, as long as the address stays on its host."
    )
    price_in_per_million: Price = Decimal("0.15")
    price_out_per_million: Price = Decimal("0.60")


class EndpointSeen(BaseModel):
    base_url: str
    chat_model: str
    with_key: bool
    price_in_per_million: Decimal
    price_out_per_million: Decimal
    saved_by: str
    saved_at: datetime
    checked_at: datetime | None
    problem: str | None = Field(description="What the last test said; null: it works.")


class ModelSeen(BaseModel):
    endpoint: EndpointSeen | None = Field(description="null: the operator's, if there is one.")
    limits: LimitsBody


class Tried(BaseModel):
    works: bool
    problem: str | None = Field(
        description="key, not_found, busy, refused, broken, slow, unreachable or nonsense"
    )


@router.get("")
async def get_model(caller: CurrentCaller, deps: Deps) -> ModelSeen:
    """The endpoint, without its key, and the limits."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        own = await model_endpoints.get(conn)
        settings = (await tenants.get_tenant(conn)).settings
    limits = Limits.of(settings)
    return ModelSeen(
        endpoint=None if own is None else EndpointSeen(
            base_url=own.base_url, chat_model=own.chat_model, with_key=own.api_key is not None,
            price_in_per_million=own.price_in_per_million,
            price_out_per_million=own.price_out_per_million,
            saved_by=own.saved_by, saved_at=own.saved_at, checked_at=own.checked_at,
            problem=own.problem,
        ),
        limits=LimitsBody(
            tokens_a_day=limits.tokens_a_day, money_a_day=limits.money_a_day,
            at_once=limits.at_once, fluent=bool(settings.get("fluent", True)),
        ),
    )  # fmt: skip


@router.put("/limits", status_code=204)
async def set_limits(body: LimitsBody, caller: CurrentCaller, deps: Deps) -> Response:
    """Tokens and money a day, calls at once; from the next call on."""
    limits = body.model_dump(mode="json", exclude={"fluent"})
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.update_settings(conn, {"model": limits, "fluent": body.fluent})
        await audited(conn, caller, "model.limits_changed", "tenant", caller.tenant_id, **limits)
    return Response(status_code=204)


@router.put("/endpoint", status_code=204)
async def save_endpoint(body: EndpointIn, caller: CurrentCaller, deps: Deps) -> Response:
    """Use an endpoint of your own from the next turn on, in the place of the operator's."""
    key = body.api_key.get_secret_value() if body.api_key is not None else None
    wanted = own_model.Wanted(
        body.base_url, body.chat_model, key, body.price_in_per_million, body.price_out_per_million
    )
    await own_model.save(deps, caller, wanted)
    return Response(status_code=204)


@router.post("/endpoint/test")
async def test_endpoint(caller: CurrentCaller, deps: Deps) -> Tried:
    """Ask it for one word now."""
    problem = await own_model.attempt(deps, caller)
    return Tried(works=problem is None, problem=problem)


@router.delete("/endpoint", status_code=204)
async def remove_endpoint(caller: CurrentCaller, deps: Deps) -> Response:
    """Forget the endpoint and its key."""
    await own_model.remove(deps, caller)
    return Response(status_code=204)

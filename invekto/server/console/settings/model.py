"""The model: the business's own endpoint or the operator's, what may be spent, what it did."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from invekto.llm.purse import Limits
from invekto.records import model_endpoints, model_usage, tenants
from invekto.server import own_model
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import HERE, settings_page, to
from invekto.server.deps import Deps
from invekto.server.shapes import storable

router = APIRouter(prefix=f"{HERE}/model", include_in_schema=False)

OPENAI = "api.openai.com"
DAYS = 30
Price = Annotated[Decimal, Form(ge=0, le=100_000, max_digits=12, decimal_places=6)]


@router.get("")
async def model_page(
    request: Request, caller: CurrentCaller, deps: Deps, tried: str = ""
) -> Response:
    """The endpoint in use, the limits and the use of a month."""
    today = deps.clock().date()
    async with deps.database.tenant(caller.tenant_id) as conn:
        settings = (await tenants.get_tenant(conn)).settings
        usage = await model_usage.usage_since(conn, today - timedelta(days=DAYS))
        own = await model_endpoints.get(conn)
    model = deps.settings.model
    return await settings_page(
        request, "settings/model.html", caller, "model", limits=Limits.of(settings), own=own,
        fluent=settings.get("fluent", True), usage=usage, tried=bool(tried), usual=model,
        configured=deps.settings.model_configured, allowed=deps.settings.allow_model_calls,
        host=urlsplit(model.base_url).hostname if model.base_url else OPENAI,
        spent=sum((u.cost for u in usage), Decimal(0)),
    )  # fmt: skip


@router.post("")
async def set_limits(
    caller: CurrentCaller, deps: Deps,
    tokens_a_day: Annotated[int, Form(ge=0, le=100_000_000)],
    money_a_day: Annotated[Decimal, Form(ge=0, le=10_000)],
    at_once: Annotated[int, Form(ge=1, le=64)], fluent: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Tokens and money a day, calls at once, and whether replies are worded by the model."""
    limits = {
        "tokens_a_day": tokens_a_day, "money_a_day": str(money_a_day), "at_once": at_once
    }  # fmt: skip
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.update_settings(conn, {"model": limits, "fluent": fluent})
        await audited(conn, caller, "model.limits_changed", "tenant", caller.tenant_id, **limits)
    return to("/model")


@router.post("/endpoint")
async def save_endpoint(
    caller: CurrentCaller, deps: Deps,
    base_url: Annotated[str, Form(min_length=1, max_length=500)],
    chat_model: Annotated[str, Form(min_length=1, max_length=200)],
    price_in: Price, price_out: Price,
    api_key: Annotated[str, Form(max_length=1000)] = "",
) -> Response:  # fmt: skip
    """Use an endpoint of the business's own from the next turn on, and try it at once."""
    given = [str(storable(text)).strip() for text in (base_url, chat_model, api_key)]
    wanted = own_model.Wanted(given[0], given[1], given[2] or None, price_in, price_out)
    await own_model.save(deps, caller, wanted)
    await own_model.attempt(deps, caller)
    return to("/model?tried=1")


@router.post("/endpoint/test")
async def test_endpoint(caller: CurrentCaller, deps: Deps) -> Response:
    """Ask it for one word."""
    await own_model.attempt(deps, caller)
    return to("/model?tried=1")


@router.post("/endpoint/remove")
async def remove_endpoint(caller: CurrentCaller, deps: Deps) -> Response:
    """Forget the endpoint and its key."""
    await own_model.remove(deps, caller)
    return to("/model")

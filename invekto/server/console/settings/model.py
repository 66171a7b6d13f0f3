"""The model endpoint: whether there is one, what a business may spend on it, what it did."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from invekto.llm.purse import Limits
from invekto.records import model_usage, tenants
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import HERE, settings_page, to
from invekto.server.deps import Deps

router = APIRouter(prefix=f"{HERE}/model", include_in_schema=False)

OPENAI = "api.openai.com"
DAYS = 30


@router.get("")
async def model_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """The endpoint as the operator configured it, the limits and the use of a month."""
    today = deps.clock().date()
    async with deps.database.tenant(caller.tenant_id) as conn:
        settings = (await tenants.get_tenant(conn)).settings
        usage = await model_usage.usage_since(conn, today - timedelta(days=DAYS))
    model = deps.settings.model
    return await settings_page(
        request, "settings/model.html", caller, "model", limits=Limits.of(settings),
        fluent=settings.get("fluent", True), usage=usage,
        configured=deps.settings.model_configured,
        host=urlsplit(model.base_url).hostname if model.base_url else OPENAI,
        chat_model=model.chat_model, embedding_model=model.embedding_model,
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

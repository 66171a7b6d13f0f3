"""A business's own model endpoint: saved, tried, taken away. What the API and the pages share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import httpx

from invekto.channels.addresses import checked_url
from invekto.errors import BadRequest, NotFound
from invekto.llm.reach import trial
from invekto.records import model_endpoints
from invekto.records.model_endpoints import ModelEndpoint
from invekto.server.audited import audited
from invekto.server.caller import Caller
from invekto.server.deps import ServerDeps


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody entered. `api_key` None: the one that is kept, where the address stays on its
    host, else none."""

    base_url: str
    chat_model: str
    api_key: str | None
    price_in_per_million: Decimal
    price_out_per_million: Decimal


async def save(deps: ServerDeps, caller: Caller, wanted: Wanted) -> None:
    """Use this endpoint from the next turn on.

    Raises:
        BadRequest: its address is none, or not public.
    """
    url = _address(deps, wanted.base_url)
    purpose = model_endpoints.purpose(caller.tenant_id)
    async with deps.database.tenant(caller.tenant_id) as conn:
        before = await model_endpoints.get(conn)
        key = deps.sealer.seal(wanted.api_key.encode(), purpose) if wanted.api_key else None
        if key is None and before is not None and _origin(before.base_url) == _origin(url):
            key = before.api_key
        await model_endpoints.save(
            conn,
            ModelEndpoint(
                url, wanted.chat_model, key, wanted.price_in_per_million,
                wanted.price_out_per_million, caller.subject, deps.clock(),
            ),
        )  # fmt: skip
        await audited(
            conn, caller, "model.endpoint_saved", "tenant", caller.tenant_id,
            host=httpx.URL(url).host, model=wanted.chat_model, with_key=key is not None,
        )  # fmt: skip


async def attempt(deps: ServerDeps, caller: Caller) -> str | None:
    """Ask the endpoint for one word; None where it works, else what is wrong (`llm/reach.py`).

    Raises:
        NotFound: the tenant has no endpoint of its own.
    """
    async with deps.database.tenant(caller.tenant_id) as conn:
        own = await model_endpoints.get(conn)
    if own is None:
        raise NotFound("there is no model endpoint to test: save one first")
    purpose = model_endpoints.purpose(caller.tenant_id)
    key = deps.sealer.open(own.api_key, purpose).decode() if own.api_key else None
    private = deps.settings.allow_private_receivers
    problem = await trial(own.base_url, own.chat_model, key, private=private)
    async with deps.database.tenant(caller.tenant_id) as conn:
        await model_endpoints.checked(conn, problem, deps.clock())
        await audited(
            conn, caller, "model.endpoint_tested", "tenant", caller.tenant_id,
            problem=problem or "none",
        )  # fmt: skip
    return problem


async def remove(deps: ServerDeps, caller: Caller) -> None:
    """Back to the operator's endpoint, or to none. Raises NotFound: there is none to remove."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if not await model_endpoints.remove(conn):
            raise NotFound("there is no model endpoint of your own")
        await audited(conn, caller, "model.endpoint_removed", "tenant", caller.tenant_id)


def _address(deps: ServerDeps, raw: str) -> str:
    url = checked_url(raw.strip(), private=deps.settings.allow_private_receivers)
    if url.query or url.fragment:
        raise BadRequest("an endpoint's address ends with its path, such as /v1", field="base_url")
    return str(url).rstrip("/")


def _origin(raw: str) -> tuple[str, str, int | None]:
    url = httpx.URL(raw)
    return url.scheme, url.host, url.port

"""Chat models of businesses that have an endpoint of their own."""

from __future__ import annotations

from collections import OrderedDict

from opentelemetry.trace import Tracer

from invekto.db.sealing import Sealer
from invekto.llm.chat import ChatModel
from invekto.records import model_endpoints
from invekto.records.model_endpoints import ModelEndpoint
from invekto.settings import Settings
from invekto.tracing import OFF

KEPT = 256
"""Endpoints kept per process; the least recently used is opened anew when it is needed."""


class Endpoints:
    """Opens a business's endpoint once and keeps it until it is changed; breaker and connections
    are its own. Timeouts and retries are the operator's."""

    def __init__(self, settings: Settings, sealer: Sealer, tracer: Tracer = OFF) -> None:
        self._settings = settings
        self._sealer = sealer
        self._tracer = tracer
        self._open: OrderedDict[str, tuple[tuple[object, ...], ChatModel]] = OrderedDict()

    async def of(self, tenant_id: str, own: ModelEndpoint | None) -> ChatModel | None:
        """The model behind an endpoint; None without one, or where calls are forbidden.

        Raises:
            OperatorNeeded: the key that its credentials were sealed with is not known.
        """
        kept = self._open.get(tenant_id)
        mark = _mark(own) if own is not None and self._settings.allow_model_calls else None
        if kept is not None and kept[0] == mark:
            self._open.move_to_end(tenant_id)
            return kept[1]
        if kept is not None:
            await self._close(tenant_id)
        if own is None or mark is None:
            return None
        self._open[tenant_id] = (mark, self._opened(tenant_id, own))
        if len(self._open) > KEPT:
            await self._close(next(iter(self._open)))
        return self._open[tenant_id][1]

    async def aclose(self) -> None:
        """Close every connection; no call may follow."""
        for tenant_id in list(self._open):
            await self._close(tenant_id)

    def _opened(self, tenant_id: str, own: ModelEndpoint) -> ChatModel:
        from pydantic import SecretStr

        from invekto.channels.addresses import PublicTransport

        purpose = model_endpoints.purpose(tenant_id)
        key = self._sealer.open(own.api_key, purpose).decode() if own.api_key else None
        settings = self._settings.model.model_copy(
            update={
                "base_url": own.base_url,
                "chat_model": own.chat_model,
                "api_key": SecretStr(key) if key else None,
                "price_in_per_million": own.price_in_per_million,
                "price_out_per_million": own.price_out_per_million,
            }
        )
        transport = PublicTransport(private=self._settings.allow_private_receivers)
        return ChatModel(settings, self._tracer, transport)

    async def _close(self, tenant_id: str) -> None:
        """A call under way breaks off, and the built-in path carries on."""
        _, model = self._open.pop(tenant_id)
        await model.aclose()


def _mark(own: ModelEndpoint) -> tuple[object, ...]:
    return (
        own.base_url, own.chat_model, own.api_key, own.price_in_per_million,
        own.price_out_per_million,
    )  # fmt: skip

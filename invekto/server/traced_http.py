"""What this process asks of others over HTTP, as spans: whom and with what success, never what."""

from __future__ import annotations

import httpx
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

from invekto.tracing import span


class TracedTransport(httpx.AsyncBaseTransport):
    """Each request a span. Paths and queries stay out of it: they hold ids and tokens."""

    def __init__(self, tracer: Tracer, inner: httpx.AsyncBaseTransport) -> None:
        self._tracer = tracer
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As the transport within. The name is the Host header's: the address may be pinned."""
        named = request.headers.get("host", request.url.host)
        with span(
            self._tracer, request.method, SpanKind.CLIENT, http__request__method=request.method,
            server__address=named.partition(":")[0], url__scheme=request.url.scheme,
        ) as opened:  # fmt: skip
            answer = await self._inner.handle_async_request(request)
            opened.set_attribute("http.response.status_code", answer.status_code)
            if answer.status_code >= 400:
                opened.set_attribute("error.type", str(answer.status_code))
                opened.set_status(Status(StatusCode.ERROR))
            return answer

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

"""Reaching endpoints that businesses name: public addresses only, and one short trial."""

from __future__ import annotations

import json

import httpx

from invekto.channels.addresses import resolved
from invekto.errors import BadRequest, ProviderUnavailable

TRIAL_SECONDS = 15.0
LARGEST = 100_000  # bytes of a trial's answer
PROBLEMS = {401: "key", 403: "key", 404: "not_found", 429: "busy"}


class PublicTransport(httpx.AsyncBaseTransport):
    """Connects to the address that was checked, at every request and every redirection.

    Args:
        private: allow plain http and addresses of this machine and network (demo, tests).
    """

    def __init__(self, *, private: bool = False) -> None:
        self._private = private
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.ConnectError where the address is not public or has no name."""
        try:
            target = await resolved(str(request.url), private=self._private)
        except (BadRequest, ProviderUnavailable) as error:
            raise httpx.ConnectError(error.message, request=request) from error
        pinned = httpx.Request(
            request.method, target.url, headers=request.headers, stream=request.stream,
            extensions={**request.extensions, **target.extensions},
        )  # fmt: skip
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


async def trial(
    base_url: str, chat_model: str, api_key: str | None, *, private: bool = False
) -> str | None:
    """Ask an endpoint for one word. None where it answers as it should, else what is wrong: `key`,
    `not_found` (address or model), `busy`, `refused`, `broken` (5xx), `slow`, `unreachable`, or
    `nonsense`."""
    asked = {"model": chat_model, "messages": [{"role": "user", "content": "ping"}]}
    headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        async with (
            httpx.AsyncClient(
                transport=PublicTransport(private=private), timeout=TRIAL_SECONDS
            ) as http,
            http.stream(
                "POST", f"{base_url}/chat/completions", json=asked, headers=headers
            ) as answer,
        ):
            return await _read(answer)
    except httpx.TimeoutException:
        return "slow"
    except httpx.HTTPError:
        return "unreachable"


async def _read(answer: httpx.Response) -> str | None:
    if answer.status_code >= 500:
        return "broken"
    if not answer.is_success:
        return PROBLEMS.get(answer.status_code, "refused")
    body = b""
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > LARGEST:
            return "nonsense"
    try:
        said = json.loads(body)
        known = isinstance(said["choices"][0]["message"], dict)
    except (ValueError, LookupError, TypeError):
        known = False
    return None if known else "nonsense"

"""One short trial of an endpoint that a business names; on public addresses only."""

from __future__ import annotations

import json

import httpx

from invekto.channels.addresses import PublicTransport

TRIAL_SECONDS = 15.0
LARGEST = 100_000  # bytes of a trial's answer
PROBLEMS = {401: "key", 403: "key", 404: "not_found", 429: "busy"}


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

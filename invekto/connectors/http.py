"""Talking to a provider: its rate limit kept, passing faults waited out, answers checked."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from invekto.contracts.clock import system_clock
from invekto.errors import BadRequest, NotAllowed, NotFound, ProviderUnavailable

Sleep = Callable[[float], Awaitable[None]]
ATTEMPTS = 5
LONGEST_WAIT = 60.0
TIMEOUT = httpx.Timeout(10.0, connect=5.0)


class Limiter:
    """At most `count` requests of an endpoint in any `seconds`: callers wait their turn."""

    def __init__(
        self,
        count: int,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._count, self._seconds = count, seconds
        self._clock, self._sleep = clock, sleep
        self._sent: dict[str, deque[float]] = {}

    async def turn(self, endpoint: str) -> None:
        """Return when a request may go."""
        sent = self._sent.setdefault(endpoint, deque(maxlen=self._count))
        begin = self._clock()
        if len(sent) == self._count:
            begin = max(begin, sent[0] + self._seconds)
        sent.append(begin)  # taken before waiting, so that others queue behind
        if begin > self._clock():
            await self._sleep(begin - self._clock())


@dataclass
class Caller:
    """Requests to one provider. `name` is the provider's, for messages."""

    name: str
    http: httpx.AsyncClient
    base_url: str
    limiter: Limiter
    auth: httpx.Auth | None = None
    headers: dict[str, str] = field(default_factory=dict)
    attempts: int = ATTEMPTS
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)
    sleep: Sleep = asyncio.sleep

    async def call(
        self,
        method: str,
        path: str,
        *,
        endpoint: str,
        query: dict[str, Any] | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        repeat: bool = True,
    ) -> Any:
        """The parsed JSON answer. Only a request that may be made twice is repeated after a fault
        that leaves its fate open; one over the limit (429) was not carried out and always is.

        Raises:
            NotAllowed: the credentials are wrong. NotFound, BadRequest: what was asked for is.
            ProviderUnavailable: down, slow, over its limit or talking nonsense, to the last try.
        """
        problem, wait = "", 0.0
        for attempt in range(self.attempts):
            if attempt:
                await self.sleep(wait)
            await self.limiter.turn(endpoint)
            try:
                answer = await self.http.request(
                    method, self.base_url + path, params=query, content=body, auth=self.auth,
                    headers={**self.headers, **(headers or {})}, timeout=self.timeout,
                )  # fmt: skip
            except httpx.HTTPError as error:
                problem, wait = f"did not answer ({type(error).__name__})", _pause(attempt)
                if repeat or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                    continue
                break
            if answer.status_code == 429:
                problem, wait = "is over its rate limit", _told(answer) or _pause(attempt)
                continue
            problem, wait = f"answered {answer.status_code}", _told(answer) or _pause(attempt)
            if answer.status_code < 500:
                found = self._checked(answer)
                if found is not _NONSENSE:
                    return found
                problem = "answered something that is no JSON"
            if not repeat:
                break
        raise ProviderUnavailable(f"{self.name} {problem}: try again later")

    def _checked(self, answer: httpx.Response) -> Any:
        if answer.status_code in (401, 403):
            raise NotAllowed(
                f"{self.name} refuses the credentials ({answer.status_code}): check key, secret "
                "and seller id"
            )
        if answer.status_code == 404:
            raise NotFound(f"{self.name} does not know this: {_said(answer)}")
        if answer.status_code >= 400:
            raise BadRequest(f"{self.name} refuses the request: {_said(answer)}")
        if not answer.content:
            return {}
        try:
            return answer.json()
        except ValueError:
            return _NONSENSE


_NONSENSE = object()


def _pause(attempt: int) -> float:
    """Exponential back-off with jitter, so that many do not come back at once."""
    return float(min(LONGEST_WAIT, 2.0**attempt * random.uniform(0.5, 1.0)))


def _told(answer: httpx.Response) -> float | None:
    """`Retry-After` in seconds or as a date."""
    raw = answer.headers.get("retry-after")
    if raw is None:
        return None
    try:
        seconds = float(raw)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(raw).timestamp() - system_clock().timestamp()
        except ValueError:
            return None
    return min(LONGEST_WAIT, max(0.0, seconds))


def _said(answer: httpx.Response) -> str:
    return answer.text[:200].replace("\n", " ")

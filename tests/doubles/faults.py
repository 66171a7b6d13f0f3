"""What goes wrong at a provider: limits, outages, slow and broken answers. One fault a request."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

from starlette.responses import JSONResponse, Response


@dataclass
class Trouble:
    """`faults`: 429, 500, 502, 'garbage', 'half', 'slow' – each for one request, in order.
    `per`: (requests, seconds) of one endpoint."""

    per: tuple[int, float] = (50, 10.0)
    faults: list[int | str] = field(default_factory=list)
    refused: int = 0
    served: int = 0
    _seen: dict[str, deque[float]] = field(default_factory=dict)

    async def strike(self, endpoint: str) -> Response | None:
        """The answer that goes wrong, or None."""
        fault = self.faults.pop(0) if self.faults else None
        if fault == 429 or self._over(endpoint):
            self.refused += 1
            return JSONResponse({"message": "too many requests"}, 429, {"Retry-After": "1"})
        if isinstance(fault, int):
            return JSONResponse({"message": "went wrong"}, fault)
        if fault == "garbage":
            return Response("<html>bakımdayız</html>", 200, media_type="text/html")
        if fault == "half":
            return Response('{"content": [{"orderNumber": "1', 200, media_type="application/json")
        if fault == "slow":
            await asyncio.sleep(30)
        self.served += 1
        return None

    def _over(self, endpoint: str) -> bool:
        now, (count, seconds) = time.monotonic(), self.per
        seen = self._seen.setdefault(endpoint, deque())
        while seen and seen[0] <= now - seconds:
            seen.popleft()
        if len(seen) >= count:
            return True
        seen.append(now)
        return False

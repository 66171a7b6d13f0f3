"""How far a long job is: told as often as somebody could see it move."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

OFTEN = 0.5  # seconds


class Progress:
    """Passes on what it is told, at most every `every` seconds."""

    def __init__(self, write: Callable[..., Awaitable[None]], every: float = OFTEN) -> None:
        self._write = write
        self._every = every
        self._next = 0.0

    async def told(self, *counts: int) -> None:
        """Counts that grow; those that come too soon after others are left out."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._every
            await self._write(*counts)

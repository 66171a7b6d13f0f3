"""A circuit breaker: an endpoint that fails is left alone for a while, then tried once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from invekto.errors import ModelUnavailable


@dataclass
class Breaker:
    """Open after `limit` failures in a row, for `rest_seconds`; then one call may try."""

    limit: int = 4
    rest_seconds: float = 20.0
    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    opened_at: float | None = field(default=None)

    @property
    def state(self) -> str:
        """closed, open or half_open."""
        if self.opened_at is None:
            return "closed"
        rested = self.clock() - self.opened_at >= self.rest_seconds
        return "half_open" if rested else "open"

    def check(self) -> None:
        """Before a call.

        Raises:
            ModelUnavailable: the endpoint is being left alone.
        """
        if self.state == "open":
            raise ModelUnavailable(
                f"the model endpoint failed {self.failures} times in a row and is left alone for"
                f" {self.rest_seconds:g} s",
                outcome="breaker_open",
            )
        if self.state == "half_open":
            self.opened_at = self.clock()  # the others wait for this one's outcome

    def succeeded(self) -> None:
        """After a call that worked."""
        self.failures, self.opened_at = 0, None

    def failed(self) -> None:
        """After a call that did not."""
        self.failures += 1
        if self.failures >= self.limit:
            self.opened_at = self.clock()

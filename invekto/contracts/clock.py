"""Where the time comes from: everybody who needs it is handed a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment, timezone-aware."""


def system_clock() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


def clock_at(now: datetime | None) -> Clock:
    """The machine's clock, or one that stands still; a moment without a zone is UTC."""
    if now is None:
        return system_clock
    return fixed_clock(now if now.tzinfo else now.replace(tzinfo=UTC))


def fixed_clock(moment: datetime) -> Clock:
    """A clock that stands still at `moment`, for evaluation and the demo's `--now`."""
    if moment.tzinfo is None:
        raise ValueError(f"a fixed clock needs a timezone-aware moment, got {moment.isoformat()}")
    return lambda: moment

"""Dates of a business folder, told relative to the day it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from invekto.errors import BadData

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Today:
    """The present moment in the business's timezone, and dates counted from it."""

    now: datetime

    def day(self, offset: int | None) -> date | None:
        """Calendar days from today; None stays None."""
        return None if offset is None else self.now.date() + timedelta(days=int(offset))

    def moment(self, raw: Any) -> datetime | None:
        """`{day: -3, at: "14:20"}`, `{minutes: -95}`, or an ISO date and time.

        Raises:
            BadData: the shape is none of these.
        """
        if raw is None:
            return None
        if isinstance(raw, dict) and "minutes" in raw:
            return self.now + timedelta(minutes=int(raw["minutes"]))
        if isinstance(raw, dict) and "day" in raw:
            return self.at(
                self.now.date() + timedelta(days=int(raw["day"])), raw.get("at", "12:00")
            )
        if isinstance(raw, datetime):
            return raw if raw.tzinfo else raw.replace(tzinfo=self.now.tzinfo)
        raise BadData(
            f"{raw!r} is no moment: write {{day: -3, at: '14:20'}}, {{minutes: -95}} or a date"
        )

    def at(self, day: date, clock: str) -> datetime:
        """A local clock time on a day."""
        return datetime.combine(day, parse_time(clock), tzinfo=self.now.tzinfo)


def parse_time(raw: str) -> time:
    """`"14:20"`.

    Raises:
        BadData: it is none.
    """
    try:
        return time.fromisoformat(str(raw))
    except ValueError as error:
        raise BadData(f"{raw!r} is no time of day: write 14:20, in quotation marks") from error

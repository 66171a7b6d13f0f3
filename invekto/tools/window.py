"""When the customer would like to come, from the many shapes in which a time may be given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

Part = Literal["morning", "noon", "afternoon", "evening"]
PARTS: dict[str, tuple[time, time]] = {
    "morning": (time(6), time(12)),
    "noon": (time(11, 30), time(14)),
    "afternoon": (time(12), time(18)),
    "evening": (time(17), time(22)),
}
HORIZON = timedelta(days=14)
"""How far is looked when no day was named."""


OPEN = ".."
"""The open side of an interval in ISO 8601."""


class Window(BaseModel):
    """A time as the text room finds it: ISO dates or datetimes, or one ISO string for both ends.
    An open window has no end."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    start: str | None = None
    end: str | None = None
    grain: str | None = None
    approx: bool = False
    open_end: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_anything(cls, value: Any) -> Any:
        if isinstance(value, datetime | date | time):
            value = value.isoformat()
        if isinstance(value, str):
            begin, _, end = value.partition("/")
            return {
                "start": None if begin in ("", OPEN) else begin,
                "end": None if end in ("", OPEN) else end,
                "open_end": end == OPEN,
            }
        if not isinstance(value, dict) and hasattr(value, "start"):
            return {name: getattr(value, name, None) for name in cls.model_fields}
        return value

    @model_validator(mode="after")
    def _readable(self) -> Window:
        for text in (self.start, self.end):
            if text is not None:
                read(text)
        return self


def _local(moment: date | datetime | time | None, now: datetime) -> date | datetime | time | None:
    """Moments in the zone of `now`; one without a zone is meant in it."""
    if not isinstance(moment, datetime):
        return moment
    return (
        moment.replace(tzinfo=now.tzinfo)
        if moment.tzinfo is None
        else moment.astimezone(now.tzinfo)
    )


def read(text: str) -> date | datetime | time:
    """An ISO date, datetime or time.

    Raises:
        ValueError: it is none of them.
    """
    text = text.strip()
    if ":" in text and "-" not in text[:8] and "T" not in text:
        return time.fromisoformat(text)
    if len(text) <= 10:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A window of local days and of hours within each; `at` where one moment was named."""

    first: date
    last: date
    earliest: time | None = None
    latest: time | None = None
    at: datetime | None = None
    said: bool = False
    """Whether the customer named any day or time at all."""


def wanted(day: Window | None, hour: Window | None, part: str | None, now: datetime) -> Wanted:
    """Put together what was said of day, hour and part of day; `now` is local."""
    found = _day(day, now)
    if part in PARTS:
        found = Wanted(found.first, found.last, *PARTS[part], None, True)
    if hour is not None and hour.start is not None:
        found = _with_hour(found, hour, day is not None, now)
    return found


def _day(window: Window | None, now: datetime) -> Wanted:
    today = now.date()
    if window is None or window.start is None:
        return Wanted(today, today + HORIZON)
    begin = _local(read(window.start), now)
    end = _local(read(window.end), now) if window.end else None
    if isinstance(begin, time):
        return _with_hour(Wanted(today, today + HORIZON), window, False, now)
    if isinstance(begin, datetime):
        return _from_moment(begin, end, window)
    assert isinstance(begin, date)
    last = end.date() if isinstance(end, datetime) else end if isinstance(end, date) else None
    open_end = window.open_end or (window.end is None and window.grain in ("open", "after"))
    return Wanted(begin, begin + HORIZON if open_end else max(last or begin, begin), said=True)


def _from_moment(begin: datetime, end: Any, window: Window) -> Wanted:
    day = begin.date()
    if window.open_end:
        return Wanted(day, day, begin.time(), None, None, True)
    if isinstance(end, datetime) and end > begin:
        if end.date() > day and end - begin > timedelta(hours=20):
            return Wanted(day, end.date(), said=True)
        latest = end.time() if end.date() == day else time(23, 59)
        return Wanted(day, day, begin.time(), latest, None, True)
    return Wanted(day, day, None, None, begin, True)


def _with_hour(found: Wanted, hour: Window, day_named: bool, now: datetime) -> Wanted:
    begin = _local(read(hour.start or ""), now)
    end = _local(read(hour.end), now) if hour.end else None
    if isinstance(begin, datetime):
        if not day_named:
            return _from_moment(begin, end, hour)
        begin = begin.time()
        end = end.time() if isinstance(end, datetime) else end
    if not isinstance(begin, time):
        return found if day_named else _day(hour, now)
    if isinstance(end, time) and end > begin:
        return Wanted(found.first, found.last, begin, end, None, True)
    if hour.open_end:
        return Wanted(found.first, found.last, begin, None, None, True)
    if found.first == found.last:
        at = datetime.combine(found.first, begin, tzinfo=now.tzinfo)
        return Wanted(found.first, found.last, None, None, at, True)
    room = timedelta(minutes=60)
    anchor = datetime.combine(found.first, begin)
    low = max(anchor - room, datetime.combine(found.first, time(0)))
    high = min(anchor + room, datetime.combine(found.first, time(23, 59)))
    return Wanted(found.first, found.last, low.time(), high.time(), None, True)

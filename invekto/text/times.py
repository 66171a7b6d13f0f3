"""Dates and times in Turkish, English and Arabic messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A date or time found in `raw[begin:finish] == text`.

    `start` and `end` are inclusive dates for grain day, week and month, and datetimes in the
    timezone of `now` for grain time (start == end: a point) and part. An open range has only one
    of them. `conflict`: a stated weekday disagrees with the date, which wins.
    """

    start: date | datetime | None
    end: date | datetime | None
    grain: str
    text: str
    begin: int
    finish: int
    approx: bool = False
    open_end: bool = False
    conflict: bool = False


def find_times(text: str, language: str, now: datetime) -> list[TimeMention]:
    """Not written yet: finds nothing."""
    return []

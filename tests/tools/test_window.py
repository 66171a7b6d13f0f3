"""When the customer would like to come, in every shape it may be given."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from invekto.tools.window import Window, wanted

ZONE = ZoneInfo("Europe/Istanbul")
NOW = datetime(2026, 11, 25, 11, tzinfo=ZONE)
D26, D27 = date(2026, 11, 26), date(2026, 11, 27)


def window(value: Any) -> Window | None:
    return None if value is None else Window.model_validate(value)


@pytest.mark.parametrize(
    ("day", "hour", "part", "first", "last", "earliest", "latest", "at"),
    [
        (None, None, None, NOW.date(), date(2026, 12, 9), None, None, None),
        ("2026-11-26", None, None, D26, D26, None, None, None),
        (D26, None, "afternoon", D26, D26, time(12), time(18), None),
        ({"start": "2026-11-26", "end": "2026-11-27"}, None, None, D26, D27, None, None, None),
        ("2026-11-26T14:30:00+03:00", None, None, D26, D26, None, None, time(14, 30)),
        ({"start": "2026-11-26T12:00:00", "end": "2026-11-26T18:00:00", "grain": "part"}, None,
         None, D26, D26, time(12), time(18), None),
        ("2026-11-26", "14:30", None, D26, D26, None, None, time(14, 30)),
        ("2026-11-26", {"start": "14:00", "end": "16:00"}, None, D26, D26, time(14), time(16),
         None),
        ("2026-11-26T14:30:00", None, None, D26, D26, None, None, time(14, 30)),
        ("2026-11-26T11:30:00Z", None, None, D26, D26, None, None, time(14, 30)),
        (None, "14:30", None, NOW.date(), date(2026, 12, 9), time(13, 30), time(15, 30), None),
        (None, "2026-11-26T14:30:00+03:00", None, D26, D26, None, None, time(14, 30)),
        ("2026-11-27", "2026-11-25T14:30:00+03:00", None, D27, D27, None, None, time(14, 30)),
        ({"start": "2026-11-26T17:00:00", "open_end": True}, None, None, D26, D26, time(17), None,
         None),
        ({"start": "2026-11-26", "open_end": True}, None, None, D26, date(2026, 12, 10), None,
         None, None),
        ({"start": "2026-11-27", "end": "2026-11-26"}, None, None, D27, D27, None, None, None),
    ],
)  # fmt: skip
def test_windows(
    day: Any,
    hour: Any,
    part: str | None,
    first: date,
    last: date,
    earliest: time | None,
    latest: time | None,
    at: time | None,
) -> None:
    found = wanted(window(day), window(hour), part, NOW)
    assert (found.first, found.last) == (first, last)
    assert (found.earliest, found.latest) == (earliest, latest)
    assert (found.at.time() if found.at else None) == at
    assert found.at is None or found.at.utcoffset() == NOW.utcoffset()


@pytest.mark.parametrize("text", ["yarın", "2026-13-01", "25:00", "14", "2026-11-26T"])
def test_what_is_no_time_is_an_error(text: str) -> None:
    with pytest.raises(ValidationError):
        Window.model_validate(text)

"""Free times: pure, fast, right on the days the clocks change."""

from __future__ import annotations

import time as clock
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invekto.records.appointments import Taken
from invekto.records.openings import Holiday, OpenHours, TimeOff
from invekto.tools.calendar import (
    Calendar,
    Length,
    Slot,
    best_few,
    free_slots,
    seat_for,
    to_utc,
)  # fmt: skip

ISTANBUL, BERLIN = ZoneInfo("Europe/Istanbul"), ZoneInfo("Europe/Berlin")
HOUR = Length(timedelta(hours=1))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def hours(weekday: int, begin: time, end: time, capacity: int = 1, who: str = "d") -> OpenHours:
    return OpenHours(f"{who}{weekday}{begin}", who, weekday, begin, end, max_capacity=capacity)


def calendar(
    its_hours: list[OpenHours], *, zone: ZoneInfo = ISTANBUL, taken: tuple[Taken, ...] = (),
    holidays: tuple[Holiday, ...] = (), absences: tuple[TimeOff, ...] = (),
) -> Calendar:  # fmt: skip
    return Calendar(zone, its_hours, {h.day: h for h in holidays}, absences, taken)


def starts(found: list[Slot], zone: ZoneInfo) -> list[str]:
    return [slot.starts_at.astimezone(zone).strftime("%H:%M %z") for slot in found]


def free(its: Calendar, first: date, last: date | None = None, length: Length = HOUR) -> list[Slot]:
    return free_slots(
        its, ["d"], None, length, first, last or first, not_before=LONG_AGO,
        step=timedelta(minutes=30),
    )  # fmt: skip


SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
"""Sundays on which Berlin's clocks skip 02:00 and repeat it."""


def test_no_offered_time_is_one_that_the_clocks_skip() -> None:
    its = calendar([hours(7, time(1), time(5))], zone=BERLIN)
    found = free(its, SPRING)
    assert starts(found, BERLIN) == [
        "01:00 +0100", "01:30 +0100", "03:00 +0200", "03:30 +0200", "04:00 +0200",
    ]  # fmt: skip


def test_the_repeated_hour_is_an_hour_more() -> None:
    its = calendar([hours(7, time(1), time(4))], zone=BERLIN)
    found = free(its, AUTUMN)
    assert starts(found, BERLIN) == [
        "01:00 +0200", "01:30 +0200", "02:00 +0200", "02:30 +0200", "02:00 +0100",
        "02:30 +0100", "03:00 +0100",
    ]  # fmt: skip
    assert len({slot.starts_at for slot in found}) == len(found)


def test_opening_hours_stay_local_across_the_change() -> None:
    week = [hours(day, time(9), time(11)) for day in range(1, 8)]
    its = calendar(week, zone=BERLIN)
    found = free(its, SPRING - timedelta(days=1), SPRING + timedelta(days=1))
    assert {slot.starts_at.astimezone(BERLIN).time() for slot in found} == {
        time(9), time(9, 30), time(10),
    }  # fmt: skip
    nine = [s.starts_at for s in found if s.starts_at.astimezone(BERLIN).time() == time(9)]
    assert [moment.hour for moment in nine] == [8, 7, 7]


def test_a_time_within_the_gap_becomes_the_moment_after() -> None:
    assert to_utc(SPRING, time(2, 30), BERLIN) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_buffers_keep_neighbours_apart() -> None:
    day = date(2026, 11, 26)
    begin = to_utc(day, time(10), ISTANBUL)
    busy = Taken("d", begin, begin + timedelta(minutes=70), 1, "x")
    its = calendar([hours(4, time(9), time(13))], taken=(busy,))
    found = free(its, day, length=Length(timedelta(hours=1), timedelta(minutes=5), timedelta(0)))
    assert starts(found, ISTANBUL) == ["09:00 +0300", "11:30 +0300", "12:00 +0300"]


def test_half_holidays_time_off_and_validity() -> None:
    day = date(2026, 11, 26)
    its = calendar(
        [hours(4, time(9), time(17))],
        holidays=(Holiday(day, "Arife", open_from=time(9), open_until=time(13)),),
        absences=(
            TimeOff(None, to_utc(day, time(9), ISTANBUL), to_utc(day, time(10, 15), ISTANBUL)),
        ),
    )  # fmt: skip
    assert starts(free(its, day), ISTANBUL) == ["10:30 +0300", "11:00 +0300", "11:30 +0300",
                                                "12:00 +0300"]  # fmt: skip
    closed = calendar([hours(4, time(9), time(17))], holidays=(Holiday(day, "Bayram"),))
    assert free(closed, day) == []
    over = OpenHours("s", "d", 4, time(9), time(17), valid_until=day - timedelta(days=1))
    assert free(calendar([over]), day) == []


def test_seats_fill_one_after_another() -> None:
    day = date(2026, 11, 26)
    begin = to_utc(day, time(9), ISTANBUL)
    its = calendar([hours(4, time(9), time(10), capacity=2)])
    assert seat_for(its, "d", None, HOUR, begin) == 1
    one = Taken("d", begin, begin + timedelta(hours=1), 1, "x")
    assert seat_for(calendar(list(its.hours), taken=(one,)), "d", None, HOUR, begin) == 2
    two = Taken("d", begin, begin + timedelta(hours=1), 2, "y")
    assert seat_for(calendar(list(its.hours), taken=(one, two)), "d", None, HOUR, begin) is None


spans = st.lists(
    st.tuples(st.integers(0, 14 * 24 * 12), st.integers(1, 60)), max_size=40
)  # (start, length) in five minutes


@settings(max_examples=80, deadline=None)
@given(spans, st.integers(1, 24), st.integers(0, 4), st.integers(0, 4), st.sampled_from(
    [ISTANBUL, BERLIN]))  # fmt: skip
def test_offers_never_touch_what_is_taken(
    busy: list[tuple[int, int]], length: int, before: int, after: int, zone: ZoneInfo
) -> None:
    first = date(2027, 3, 22)
    origin = to_utc(first, time(0), zone)
    step = timedelta(minutes=5)
    taken = tuple(
        Taken("d", origin + start * step, origin + (start + size) * step, 1, f"{n}")
        for n, (start, size) in enumerate(busy)
    )
    its = calendar([hours(d, time(8), time(19)) for d in range(1, 8)], zone=zone, taken=taken)
    need = Length(length * step, before * step, after * step)
    found = free(its, first, first + timedelta(days=13), length=need)
    for slot in found:
        begin = slot.starts_at - need.before
        end = slot.starts_at + need.duration + need.after
        assert all(t.busy_until <= begin or t.busy_from >= end for t in taken)
        local = slot.starts_at.astimezone(zone)
        finish = (slot.starts_at + need.duration).astimezone(zone)
        assert time(8) <= local.time()
        assert finish.time() <= time(19)
        assert seat_for(its, "d", None, need, slot.starts_at) == 1
    assert found == sorted(set(found))


def test_the_few_are_spread_and_near_what_was_asked() -> None:
    its = calendar([hours(d, time(9), time(17)) for d in range(1, 6)])
    found = free(its, date(2026, 11, 26), date(2026, 11, 27))
    assert starts(best_few(found, 3), ISTANBUL) == ["09:00 +0300", "12:00 +0300", "15:00 +0300"]
    near = to_utc(date(2026, 11, 27), time(11), ISTANBUL)
    assert starts(best_few(found, 3, near=near), ISTANBUL) == [
        "10:30 +0300", "11:00 +0300", "11:30 +0300",
    ]  # fmt: skip


@pytest.mark.parametrize("limit", [1, 2, 5, 10])
def test_there_are_as_many_as_wanted_if_there_are(limit: int) -> None:
    its = calendar([hours(4, time(9), time(11))])
    found = free(its, date(2026, 11, 26))
    assert len(best_few(found, limit)) == min(limit, len(found))


def test_a_fortnight_of_ten_people_is_found_in_an_instant() -> None:
    people = [f"p{n}" for n in range(10)]
    week = [hours(d, time(9), time(18), who=p) for p in people for d in range(1, 7)]
    begin = to_utc(date(2026, 11, 26), time(9), ISTANBUL)
    taken = tuple(
        Taken(p, begin + timedelta(hours=2 * n), begin + timedelta(hours=2 * n + 1), 1, f"{p}{n}")
        for p in people for n in range(100)
    )  # fmt: skip
    its = calendar(week, taken=taken)
    started = clock.perf_counter()
    found = free_slots(
        its, people, None, HOUR, date(2026, 11, 26), date(2026, 12, 10), not_before=LONG_AGO
    )
    assert found
    assert clock.perf_counter() - started < 0.5

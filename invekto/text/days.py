"""What the rules about days, weeks and months make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from invekto.text.lexicon import Item
from invekto.text.moments import (
    Day,
    When,
    add_months,
    month_of,
    next_date,
    next_weekday,
    week_of,
)
from invekto.text.rules import Found, Maker

Made = tuple[str, Any] | None
_WEEKS = {"this": 0, "coming": 1, "next": 1, "last": -1, "afternext": 2}


def day_made(day: Day | date | None, **more: Any) -> Made:
    if day is None:
        return None
    whole = day if isinstance(day, Day) else Day.of(day)
    return "day", When(day=replace(whole, **more) if more else whole)


def sensible(make: Maker) -> Maker:
    """Dates beyond the calendar make no sense."""

    def guarded(found: Found) -> Made:
        try:
            return make(found)
        except (OverflowError, ValueError):
            return None

    return guarded


def relative(found: Found) -> Made:
    """bugün, yarın; haftaya bugün; two weeks from tomorrow."""
    base = found.one("relday")
    assert base is not None
    days = int(base.value)
    for item in found.all("week", "fortnight", "dayword"):
        amount = found.one("number", "a")
        if amount is not None or item.kind == "week":
            times = amount.value if amount else 1
            days += int(times) * {"week": 7, "fortnight": 14, "dayword": 1}[item.kind]
    return day_made(found.today + timedelta(days=days))


def day_after(found: Found) -> Made:
    base = found.one("relday")
    assert base is not None
    return day_made(found.today + timedelta(days=int(base.value) + 1))


def weekday(found: Found) -> Made:
    """Bare and coming: strictly after today; this: today included; next: next calendar week."""
    item = found.one("weekday", "weekabbr", "month")
    assert item is not None
    if item.case == "p":  # cumartesileri: a habit
        return None
    today, number = found.today, int(item.value)
    weeks = weeks_meant(found)
    if found.has("week", "weekspan") and weeks is not None:
        return day_made(week_of(today, weeks).first + timedelta(days=number))
    if found.has("next"):
        return day_made(week_of(today, 1).first + timedelta(days=number))
    if found.has("last"):
        return day_made(
            next_weekday(today, number) - timedelta(days=7 if today.weekday() != number else 14)
        )
    if found.has("afternext"):
        return day_made(week_of(today, 2).first + timedelta(days=number))
    return day_made(next_weekday(today, number, inclusive=found.has("this")))


def weeks_meant(found: Found) -> int | None:
    span = found.one("weekspan")
    if span is not None:
        return int(span.value)
    return next((weeks for kind, weeks in _WEEKS.items() if found.has(kind)), None)


def weekday_abbr(found: Found) -> Made:
    """Sat and sun are also other words: a date or time beside them, or `on`, tells."""
    beside = ("number", "ordinal", "clock", "ampm", "part", "month", "at", "or", "stop")
    if len(found.items) == 1 and not found.after_is(None, *beside):
        return None
    return weekday(found)


def habit(_: Found) -> Made:
    """her cuma, every day: no date."""
    return "other", None


def last_part(found: Found) -> Made:
    """last night: yesterday's."""
    part = found.one("part")
    if part is None:
        return None
    yesterday = Day.of(found.today - timedelta(days=1))
    return "when", When(day=yesterday, part=str(part.value))


def weekday_of_next_week(found: Found) -> Made:
    item = found.one("weekday")
    assert item is not None
    return day_made(week_of(found.today, 1).first + timedelta(days=int(item.value)))


def weekday_weeks_on(found: Found) -> Made:
    """2 hafta sonra salı: that weekday of the week so many weeks on."""
    item, amount = found.one("weekday"), found.one("number", "a")
    assert item is not None
    weeks = int(amount.value) if amount is not None else 1
    return day_made(week_of(found.today, weeks).first + timedelta(days=int(item.value)))


def weekday_week(found: Found) -> Made:
    """British `Tuesday week`, `a week on Friday`: seven days after the coming one."""
    item, amount = found.one("weekday"), found.one("number", "a")
    assert item is not None
    weeks = int(amount.value) if amount is not None else 1
    return day_made(next_weekday(found.today, int(item.value)) + timedelta(weeks=weeks))


def weekday_following(found: Found) -> Made:
    item = found.one("weekday", "weekabbr")
    assert item is not None
    coming = Day.of(next_weekday(found.today, int(item.value)))
    return "day", When(day=coming, weekday_from_previous=int(item.value))


def week(found: Found) -> Made:
    return day_made(week_of(found.today, weeks_meant(found) or 0))


def next_week(found: Found) -> Made:
    return day_made(week_of(found.today, 1))


def weekend(found: Found) -> Made:
    """The running or coming Saturday and Sunday; with gelecek or next that of the next week."""
    item = found.one("weekend")
    weeks = (weeks_meant(found) or 0) + int(item.value if item else 0)
    saturday = week_of(found.today, weeks).first + timedelta(days=5)
    return day_made(Day(saturday, saturday + timedelta(days=1)))


def weekend_of_next_week(found: Found) -> Made:
    saturday = week_of(found.today, 1).first + timedelta(days=5)
    return day_made(Day(saturday, saturday + timedelta(days=1)))


def weekstart(found: Found) -> Made:
    return day_made(next_weekday(found.today, 0))


def month(found: Found) -> Made:
    """A named month, or this, next and last month. A bare name needs its suffix."""
    named = found.one("month", "monthmaybe")
    first = found.today.replace(day=1)
    if named is None:
        start = add_months(first, weeks_meant(found) or 0)
        return day_made(month_of(start.year, start.month))
    number = int(named.value)
    year = found.one("yearnum")
    if year is not None:
        return day_made(month_of(int(year.value), number))
    ahead = (number - found.today.month) % 12 - (12 if found.has("last") else 0)
    start = add_months(first, ahead)
    return day_made(month_of(start.year, start.month))


def edge(found: Found) -> Made:
    """ay sonu, ay başı, ay ortası, yıl sonu, kasım sonu."""
    mark = found.one("edge")
    side = str(mark.value) if mark is not None else "middle"
    named, months = found.one("month"), weeks_meant(found) or 0
    if found.has("year"):
        return _year_edge(found, side, months)
    if named is not None:
        start = add_months(found.today.replace(day=1), (int(named.value) - found.today.month) % 12)
    else:
        start = add_months(found.today.replace(day=1), months)
    span = month_of(start.year, start.month)
    if side == "last":
        day = span.last
    elif side == "middle":
        day = span.first.replace(day=15)
        if day < found.today and named is None and not months:
            day = add_months(day, 1)
    else:
        plain = named is None and not months and not found.has("this")
        day = add_months(span.first, 1 if plain and found.today.day > 1 else 0)
    exact = found.after is not None and found.after.kind == "until"
    return day_made(Day.of(day, approx=not (exact or _until_before(found))))


def _until_before(found: Found) -> bool:
    return found.before is not None and found.before.kind == "until"


def _year_edge(found: Found, side: str, years: int) -> Made:
    year = found.today.year + years
    day = date(year, 12, 31) if side == "last" else date(year + (1 if not years else 0), 1, 1)
    exact = found.after is not None and found.after.kind == "until"
    return day_made(Day.of(day, approx=not (exact or _until_before(found))))


def dated(found: Found) -> Made:
    """A date in figures or with a month's name; a stated weekday that disagrees is a conflict."""
    day = _date_of(found)
    if day is None:
        return None
    stated = found.one("weekday", "weekabbr")
    return day_made(day, conflict=stated is not None and int(stated.value) != day.weekday())


def _date_of(found: Found) -> date | None:
    full, pair = found.one("fulldate"), found.one("slashed", "dotted")
    if full is not None:
        day: date | None = full.value
        return day
    if pair is not None:
        return _day_first(found.today, *pair.value)
    number, name, year = (
        found.one("number", "ordinal"),
        found.one("month", "monthmaybe"),
        found.one("yearnum"),
    )
    if number is None or name is None:
        return None
    return _in_year(found.today, int(name.value), number_of(number), year)


def number_of(item: Item) -> int:
    return int(item.value[0] if isinstance(item.value, tuple) else item.value)


def _in_year(today: date, month: int, day: int, year: Item | None) -> date | None:
    return date(int(year.value), month, day) if year is not None else next_date(today, month, day)


def _day_first(today: date, day: int, month: int) -> date | None:
    if month > 12 >= day:
        day, month = month, day
    return next_date(today, month, day) if 1 <= month <= 12 else None


def dated_range(found: Found) -> Made:
    """15-20 aralık, 15'ten 20 aralığa kadar."""
    first, last = found.all("number", "ordinal")[:2]
    name, year = found.one("month"), found.one("yearnum")
    assert name is not None
    end = _in_year(found.today, int(name.value), number_of(last), year)
    if end is None or not 1 <= number_of(first) < number_of(last):
        return None
    return day_made(Day(end.replace(day=number_of(first)), end))


def neighbour_dates(found: Found) -> Made:
    """22 23 aralık: two days side by side."""
    first, last = found.all("number")[:2]
    return dated_range(found) if number_of(last) == number_of(first) + 1 else None


def nth_week(found: Found) -> Made:
    """şubatın ilk haftası: the days 1 to 7; the last week: the last seven days."""
    whole = month(found)
    nth, name = found.one("nth"), found.one("month")
    if whole is None or nth is None:
        return None
    span: Day = whole[1].day
    if name is None and span.last < found.today:
        return None
    number = int(nth.value)
    first = (
        span.last - timedelta(days=6) if number < 0 else span.first + timedelta(days=7 * number - 7)
    )
    return day_made(Day(first, first + timedelta(days=6)))


def next_day(found: Found) -> Made:
    return "day", When(day=Day.of(found.today + timedelta(days=1)), from_previous=1)


MAKERS: dict[str, Maker] = {
    make.__name__: sensible(make)
    for make in (
        relative,
        habit,
        last_part,
        day_after,
        weekday,
        weekday_of_next_week,
        weekday_weeks_on,
        weekday_week,
        weekday_following,
        weekday_abbr,
        week,
        next_week,
        weekend,
        weekend_of_next_week,
        weekstart,
        month,
        edge,
        dated,
        dated_range,
        neighbour_dates,
        nth_week,
        next_day,
    )
}

"""What the rules about days, weeks, months and offsets make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from invekto.text.lexicon import Item
from invekto.text.moments import (
    Day,
    When,
    add_months,
    month_of,
    next_date,
    next_month_day,
    next_weekday,
    week_of,
)
from invekto.text.rules import Found, Maker

Made = tuple[str, Any] | None
_SIDES = ("until", "after", "before", "since", "within")


def _day(day: Day | date | None, **more: Any) -> Made:
    if day is None:
        return None
    whole = day if isinstance(day, Day) else Day.of(day)
    return "day", When(day=replace(whole, **more) if more else whole)


def _safe(make: Maker) -> Maker:
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
    return _day(found.today + timedelta(days=days))


def day_after(found: Found) -> Made:
    base = found.one("relday")
    assert base is not None
    return _day(found.today + timedelta(days=int(base.value) + 1))


def weekday(found: Found) -> Made:
    """Bare and coming: strictly after today; this: today included; next: next calendar week."""
    item = found.one("weekday", "weekabbr", "month")
    assert item is not None
    today, number = found.today, int(item.value)
    weeks = _weeks_meant(found)
    if found.has("week", "weekspan") and weeks is not None:
        return _day(week_of(today, weeks).first + timedelta(days=number))
    if found.has("next"):
        return _day(week_of(today, 1).first + timedelta(days=number))
    if found.has("last"):
        return _day(
            next_weekday(today, number) - timedelta(days=7 if today.weekday() != number else 14)
        )
    if found.has("afternext"):
        return _day(week_of(today, 2).first + timedelta(days=number))
    return _day(next_weekday(today, number, inclusive=found.has("this")))


def _weeks_meant(found: Found) -> int | None:
    span = found.one("weekspan")
    if span is not None:
        return int(span.value)
    return next(
        (
            weeks
            for kind, weeks in (
                ("this", 0),
                ("coming", 1),
                ("next", 1),
                ("last", -1),
                ("afternext", 2),
            )
            if found.has(kind)
        ),
        None,
    )


def weekday_abbr(found: Found) -> Made:
    """Sat and sun are also other words: a date or time beside them, or `on`, tells."""
    beside = ("number", "ordinal", "clock", "ampm", "part", "month", "at", "or", "stop")
    if len(found.items) == 1 and not found.after_is(None, *beside):
        return None
    return weekday(found)


def weekday_month_day(found: Found) -> Made:
    """Tuesday the 15th: the day of the month wins, a weekday that disagrees is a conflict."""
    made, stated = month_day(found), found.one("weekday", "weekabbr")
    if made is None or stated is None:
        return made
    day: Day = made[1].day
    return _day(day, conflict=day.first.weekday() != int(stated.value))


def day_number(found: Found) -> Made:
    """يوم ١٥: a day of the month; not where a unit or a date follows."""
    number = found.one("number")
    if number is None or not number.size or not 1 <= _number(number) <= 31:
        return None
    return _day(next_month_day(found.today, _number(number)))


def offset_weeks_time(found: Found) -> Made:
    """in two weeks' time."""
    number = found.one("number")
    return _day(found.today + timedelta(weeks=_number(number))) if number else None


def offset_from_today(found: Found) -> Made:
    """بعد أسبوع من اليوم."""
    made, base = offset(found), found.one("relday")
    if made is None or base is None:
        return made
    return _day(made[1].day.first + timedelta(days=int(base.value)))


def weekday_of_next_week(found: Found) -> Made:
    item = found.one("weekday")
    assert item is not None
    return _day(week_of(found.today, 1).first + timedelta(days=int(item.value)))


def weekday_weeks_on(found: Found) -> Made:
    """2 hafta sonra salı: that weekday of the week so many weeks on."""
    item, amount = found.one("weekday"), found.one("number", "a")
    assert item is not None
    weeks = int(amount.value) if amount is not None else 1
    return _day(week_of(found.today, weeks).first + timedelta(days=int(item.value)))


def weekday_week(found: Found) -> Made:
    """British `Tuesday week`, `a week on Friday`: seven days after the coming one."""
    item, amount = found.one("weekday"), found.one("number", "a")
    assert item is not None
    weeks = int(amount.value) if amount is not None else 1
    return _day(next_weekday(found.today, int(item.value)) + timedelta(weeks=weeks))


def weekday_following(found: Found) -> Made:
    item = found.one("weekday", "weekabbr")
    assert item is not None
    coming = Day.of(next_weekday(found.today, int(item.value)))
    return "day", When(day=coming, weekday_from_previous=int(item.value))


def week(found: Found) -> Made:
    return _day(week_of(found.today, _weeks_meant(found) or 0))


def next_week(found: Found) -> Made:
    return _day(week_of(found.today, 1))


def weekend(found: Found) -> Made:
    """The running or coming Saturday and Sunday; with gelecek or next that of the next week."""
    item = found.one("weekend")
    weeks = (_weeks_meant(found) or 0) + int(item.value if item else 0)
    saturday = week_of(found.today, weeks).first + timedelta(days=5)
    return _day(Day(saturday, saturday + timedelta(days=1)))


def weekend_of_next_week(found: Found) -> Made:
    saturday = week_of(found.today, 1).first + timedelta(days=5)
    return _day(Day(saturday, saturday + timedelta(days=1)))


def weekstart(found: Found) -> Made:
    return _day(next_weekday(found.today, 0))


def month(found: Found) -> Made:
    """A named month, or this, next and last month. A bare name needs its suffix."""
    named = found.one("month", "monthmaybe")
    first = found.today.replace(day=1)
    if named is None:
        start = add_months(first, _weeks_meant(found) or 0)
        return _day(month_of(start.year, start.month))
    number = int(named.value)
    year = found.one("yearnum")
    if year is not None:
        return _day(month_of(int(year.value), number))
    ahead = (number - found.today.month) % 12 - (12 if found.has("last") else 0)
    start = add_months(first, ahead)
    return _day(month_of(start.year, start.month))


def edge(found: Found) -> Made:
    """ay sonu, ay başı, ay ortası, yıl sonu, kasım sonu."""
    mark = found.one("edge")
    side = str(mark.value) if mark is not None else "middle"
    named, months = found.one("month"), _weeks_meant(found) or 0
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
    return _day(Day.of(day, approx=not (exact or _until_before(found))))


def _until_before(found: Found) -> bool:
    return found.before is not None and found.before.kind == "until"


def _year_edge(found: Found, side: str, years: int) -> Made:
    year = found.today.year + years
    day = date(year, 12, 31) if side == "last" else date(year + (1 if not years else 0), 1, 1)
    exact = found.after is not None and found.after.kind == "until"
    return _day(Day.of(day, approx=not (exact or _until_before(found))))


def dated(found: Found) -> Made:
    """A date in figures or with a month's name; a stated weekday that disagrees is a conflict."""
    day = _date_of(found)
    if day is None:
        return None
    stated = found.one("weekday", "weekabbr")
    return _day(day, conflict=stated is not None and int(stated.value) != day.weekday())


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
    return _in_year(found.today, int(name.value), _number(number), year)


def _number(item: Item) -> int:
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
    end = _in_year(found.today, int(name.value), _number(last), year)
    if end is None or not 1 <= _number(first) < _number(last):
        return None
    return _day(Day(end.replace(day=_number(first)), end))


def month_day(found: Found) -> Made:
    """ayın 15'i; gelecek ayın 3'ü; bu ayın 20si."""
    number = found.one("number", "pronoun", "ordinal")
    assert number is not None
    day, months = _number(number), _weeks_meant(found)
    if not 1 <= day <= 31:
        return None
    if months is None:
        return _day(next_month_day(found.today, day))
    return _day(add_months(found.today.replace(day=1), months).replace(day=day))


def month_day_range(found: Found) -> Made:
    first, last = found.all("number", "ordinal")[:2]
    if not 1 <= _number(first) < _number(last) <= 31:
        return None
    start = next_month_day(found.today, _number(first))
    return _day(Day(start, start.replace(day=_number(last)))) if start else None


def bare_month_day(found: Found) -> Made:
    """15inde; 20'sine kadar: figures with a possessive, the other cases only before a side."""
    number = found.items[0]
    sided = found.after is not None and found.after.kind in _SIDES
    if not number.size or not 1 <= _number(number) <= 31 or (number.case != "L" and not sided):
        return None
    return _day(next_month_day(found.today, _number(number)))


def chained_month_day(found: Found) -> Made:
    """ayın 22si ya da 23ü: after such a day the next figure is one as well."""
    number = found.items[0]
    chain = (
        len(found.earlier) == 2 and found.earlier[0].kind == "day" and found.earlier[1].kind == "or"
    )
    if not chain or not number.size or not 1 <= _number(number) <= 31:
        return None
    return _day(next_month_day(found.today, _number(number)))


def neighbour_dates(found: Found) -> Made:
    """22 23 aralık: two days side by side."""
    first, last = found.all("number")[:2]
    return dated_range(found) if _number(last) == _number(first) + 1 else None


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
    return _day(Day(first, first + timedelta(days=6)))


def the_month_day(found: Found) -> Made:
    """the 15th, not the 2nd floor: small ordinals need a clear neighbour."""
    number = found.one("ordinal")
    assert number is not None
    clear = found.after is None or found.after.kind in (
        "ok",
        "stop",
        "comma",
        *_SIDES,
        "and",
        "or",
        "clock",
        "on",
        "at",
        "part",
    )
    if not number.size or not 1 <= _number(number) <= 31 or not (clear or _number(number) > 9):
        return None
    return _day(next_month_day(found.today, _number(number)))


def offset(found: Found) -> Made:
    """3 gün sonra, iki hafta önce, 3 gün içinde, in a fortnight, بعد يومين."""
    days, months = _amount(found)
    if (days, months) == (0, 0) or abs(days) > 3660 or abs(months) > 120:
        return None
    back = found.has("before", "ago") or (found.items[0].kind == "from")
    far = add_months(found.today, -months if back else months)
    far += timedelta(days=-days if back else days)
    if found.has("within"):
        return _day(Day(min(far, found.today), max(far, found.today)))
    return _day(far)


def _amount(found: Found) -> tuple[int, int]:
    dual = found.one("dual")
    if dual is not None:
        unit, times = str(dual.value), 2
    else:
        number = found.one("number", "pronoun", "a")
        times = _number(number) if number is not None else 1
        item = found.one("dayword", "week", "monthword", "year", "fortnight")
        unit = item.kind if item is not None else "dayword"
    days = {"dayword": 1, "day": 1, "week": 7, "fortnight": 14}.get(unit, 0) * times
    return days, {"monthword": 1, "month": 1, "year": 12}.get(unit, 0) * times


def instant(found: Found) -> Made:
    """yarım saat sonra, 24 saat içinde, 10 dakikaya, in 20 mins, بعد ساعتين."""
    clock_follows = found.items[-1].kind == "at" and found.after_is("number", "ordinal", "pronoun")
    minutes = 0 if clock_follows else _minutes(found)
    if not 0 < minutes <= 60 * 24 * 14:
        return None
    now = found.now.replace(second=0, microsecond=0)
    moved = now + timedelta(minutes=-minutes if found.has("before", "ago", "from") else minutes)
    both: tuple[datetime, datetime] = (now, moved) if found.has("within") else (moved, moved)
    return "instant", When(instant=both)


def _minutes(found: Found) -> int:
    dual = found.one("dual")
    if dual is not None:
        return {"hour": 120, "minute": 2}.get(str(dual.value), 0)
    number = found.one("number", "pronoun", "a")
    times = float(_number(number)) if number is not None else 0.0
    if number is None or found.has("zerohalf", "quarter", "half"):
        extra = 0.25 if found.has("quarter") else 0.5 if found.has("half", "zerohalf") else 1.0
        times = extra if number is None or number.kind == "a" else times + extra
    return round(times * (1 if found.has("minute") else 60))


def next_day(found: Found) -> Made:
    return "day", When(day=Day.of(found.today + timedelta(days=1)), from_previous=1)


MAKERS: dict[str, Maker] = {
    make.__name__: _safe(make)
    for make in (
        relative, day_after, weekday, weekday_of_next_week, weekday_weeks_on, weekday_week,
        weekday_following, week, next_week, weekend, weekend_of_next_week, weekstart, month, edge,
        dated, dated_range, month_day, month_day_range, bare_month_day, weekday_abbr,
        weekday_month_day, day_number, offset_weeks_time, offset_from_today, chained_month_day, neighbour_dates, nth_week, the_month_day, offset,
        instant, next_day,
    )
}  # fmt: skip

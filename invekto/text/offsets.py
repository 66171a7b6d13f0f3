"""What the rules about spans counted from now make: in three days, half an hour ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from invekto.text.days import day_made, number_of, sensible
from invekto.text.moments import Day, When, add_months
from invekto.text.rules import Found, Maker

Made = tuple[str, Any] | None


def offset_weeks_time(found: Found) -> Made:
    """in two weeks' time."""
    number = found.one("number")
    return day_made(found.today + timedelta(weeks=number_of(number))) if number else None


def offset_from_today(found: Found) -> Made:
    """بعد أسبوع من اليوم."""
    made, base = offset(found), found.one("relday")
    if made is None or base is None:
        return made
    return day_made(made[1].day.first + timedelta(days=int(base.value)))


def offset(found: Found) -> Made:
    """3 gün sonra, iki hafta önce, 3 gün içinde, in a fortnight, بعد يومين."""
    bare = found.items[0].kind == "from" and found.items[-1]
    if bare and bare.finish - bare.begin != len(bare.word):  # من الشهر, with its article
        return None
    days, months = _amount(found)
    if (days, months) == (0, 0) or abs(days) > 3660 or abs(months) > 120:
        return None
    back = found.has("before", "ago") or (found.items[0].kind == "from")
    far = add_months(found.today, -months if back else months)
    far += timedelta(days=-days if back else days)
    if found.has("within"):
        return day_made(Day(min(far, found.today), max(far, found.today)))
    return day_made(far)


def _amount(found: Found) -> tuple[int, int]:
    dual = found.one("dual")
    if dual is not None:
        unit, times = str(dual.value), 2
    else:
        number = found.one("number", "pronoun", "a")
        times = number_of(number) if number is not None else 1
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
    times = float(number_of(number)) if number is not None else 0.0
    if number is None or found.has("zerohalf", "quarter", "half"):
        extra = 0.25 if found.has("quarter") else 0.5 if found.has("half", "zerohalf") else 1.0
        times = extra if number is None or number.kind == "a" else times + extra
    return round(times * (1 if found.has("minute") else 60))


MAKERS: dict[str, Maker] = {
    make.__name__: sensible(make)
    for make in (offset, offset_weeks_time, offset_from_today, instant)
}

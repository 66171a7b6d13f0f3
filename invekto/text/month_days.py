"""What the rules about the day of a month make: ayın 15'i, the 15th, يوم ١٥."""

from __future__ import annotations

from typing import Any

from invekto.text.days import day_made, number_of, sensible, weeks_meant
from invekto.text.moments import Day, add_months, next_month_day
from invekto.text.rules import Found, Maker

Made = tuple[str, Any] | None
_SIDES = ("until", "after", "before", "since", "within")


def month_day(found: Found) -> Made:
    """ayın 15'i; gelecek ayın 3'ü; bu ayın 20si."""
    number = found.one("number", "pronoun", "ordinal")
    assert number is not None
    day, months = number_of(number), weeks_meant(found)
    if not 1 <= day <= 31:
        return None
    if months is None:
        return day_made(next_month_day(found.today, day))
    return day_made(add_months(found.today.replace(day=1), months).replace(day=day))


def month_day_range(found: Found) -> Made:
    first, last = found.all("number", "ordinal")[:2]
    if not 1 <= number_of(first) < number_of(last) <= 31:
        return None
    start = next_month_day(found.today, number_of(first))
    return day_made(Day(start, start.replace(day=number_of(last)))) if start else None


def bare_month_day(found: Found) -> Made:
    """15inde; 20'sine kadar: figures with a possessive, the other cases only before a side."""
    number = found.items[0]
    sided = found.after is not None and found.after.kind in _SIDES
    if not number.size or not 1 <= number_of(number) <= 31 or (number.case != "L" and not sided):
        return None
    return day_made(next_month_day(found.today, number_of(number)))


def chained_month_day(found: Found) -> Made:
    """ayın 22si ya da 23ü: after such a day the next figure is one as well."""
    number = found.items[0]
    chain = (
        len(found.earlier) == 2 and found.earlier[0].kind == "day" and found.earlier[1].kind == "or"
    )
    if not chain or not number.size or not 1 <= number_of(number) <= 31:
        return None
    return day_made(next_month_day(found.today, number_of(number)))


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
    if not number.size or not 1 <= number_of(number) <= 31 or not (clear or number_of(number) > 9):
        return None
    return day_made(next_month_day(found.today, number_of(number)))


def day_number(found: Found) -> Made:
    """يوم ١٥: a day of the month; not where a unit or a date follows."""
    number = found.one("number")
    if number is None or not number.size or not 1 <= number_of(number) <= 31:
        return None
    return day_made(next_month_day(found.today, number_of(number)))


def weekday_month_day(found: Found) -> Made:
    """Tuesday the 15th: the day of the month wins, a weekday that disagrees is a conflict."""
    made, stated = month_day(found), found.one("weekday", "weekabbr")
    if made is None or stated is None:
        return made
    day: Day = made[1].day
    return day_made(day, conflict=day.first.weekday() != int(stated.value))


MAKERS: dict[str, Maker] = {
    make.__name__: sensible(make)
    for make in (
        month_day,
        month_day_range,
        bare_month_day,
        chained_month_day,
        the_month_day,
        day_number,
        weekday_month_day,
    )
}

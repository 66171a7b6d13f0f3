"""What the rules about clock times and parts of the day make."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invekto.text.days import dated
from invekto.text.lexicon import Item
from invekto.text.moments import Clock, When, clock_of, later
from invekto.text.rules import Found, Maker

Made = tuple[str, Any] | None
_NUMBERS = ("number", "pronoun", "ordinal", "ampm", "ish")
_SHAPES = ("clock", "dotted")
_UNITS = ("dayword", "week", "monthword", "year", "hour", "minute", "fortnight")
_HALVES = {"am": "am", "pm": "afternoon"}


def _part(found: Found) -> str | None:
    item = found.one("part")
    if item is None:
        return None
    return item.value.part if isinstance(item.value, When) else str(item.value)


def _made(
    clock: Clock | None, found: Found, *, end: Clock | None = None, approx: bool = False
) -> Made:
    if clock is None:
        return None
    this = found.has("this") or _part(found) == "tonight"
    kind = "hours" if end is not None else "clock"
    return kind, When(clock=clock, end=end, approx=approx, this=this)


def _number(item: Item) -> int:
    return int(item.value[0] if isinstance(item.value, tuple) else item.value)


def _no_night(found: Found) -> str | None:
    """The half of day of a phrase whose last word is geçe."""
    return None if found.items[-1].word == "gece" else _half_of_day(found)


def _clock_of(item: Item, minute: int, half: str | None) -> Clock | None:
    """The clock time of one number or shape under a part of day."""
    if item.kind in _SHAPES:
        if isinstance(item.value, When):
            return item.value.clock
        hour, minute = item.value
        two = item.size == 2
        if two and half is None:
            return clock_of(hour, minute, digits=2)
        return clock_of(hour, minute, part=half)
    if item.kind == "ampm" and isinstance(item.value, tuple):
        half = _HALVES.get(str(item.value[1]))
    written = 2 if item.size == 2 and _number(item) < 10 else 0
    return clock_of(_number(item), minute, part=half, digits=written)


def _half_of_day(found: Found) -> str | None:
    part = _part(found)
    if part is not None:
        return part
    mark = found.one("ampm")
    if mark is None:
        return None
    value = mark.value[1] if isinstance(mark.value, tuple) else mark.value
    return _HALVES.get(str(value))


def clock(found: Found) -> Made:
    """saat 5 buçukta, saat on dört otuz, 14:30, akşam 7, 3pm, half five, خمسة إلا ربع."""
    shape = found.one(*_SHAPES)
    if shape is not None:
        return _made(_clock_of(shape, 0, _half_of_day(found)), found)
    numbers = found.all(*_NUMBERS)
    numbers = [n for n in numbers if n.kind != "ampm" or isinstance(n.value, tuple)]
    if not numbers:
        if found.has("zerohalf"):
            return _made(Clock(12, 30), found)
        return None
    minute, shift = _minute(found, numbers)
    if minute is None:
        return None
    base = _clock_of(numbers[0], minute, _half_of_day(found))
    if base is not None and shift:
        base = _hour_back(base)
    return _made(base, found, approx=found.has("ish"))


def _minute(found: Found, numbers: list[Item]) -> tuple[int | None, bool]:
    """The minutes of a phrase and whether they are counted back from the hour."""
    back = found.has("minus")
    if found.has("half"):
        return 30, False
    if found.has("quarter"):
        return (45 if back else 15), back
    if found.has("third"):
        return (40 if back else 20), back
    if len(numbers) > 1:
        second = _number(numbers[1])
        if back:
            return (60 - second if 0 < second < 30 else None), True
        joined = found.has("and") and 0 < second < 60
        return (second if joined or (10 <= second < 60 and second % 5 == 0) else None), False
    return 0, False


def _hour_back(clock: Clock) -> Clock:
    return replace(clock, hour=(clock.hour - 1) % 24)


def cued_clock(found: Found) -> Made:
    """A bare number is a clock time only where something beside it says so."""
    first = found.items[0]
    if first.kind == "pronoun" and not _after_day(found):
        return None
    if len(found.all(*_NUMBERS)) > 1 and not (_after_day(found) or found.items[-1].case in "lad"):
        return None
    if len(found.all(*_NUMBERS)) > 1 and not _cued(found, found.items[-1]):
        return None
    if (
        found.has("half")
        and _number(first) == 12
        and not first.size
        and found.after_is(None, "ok", "stop")
    ):
        return clock(found)
    return clock(found) if _cued(found, found.items[-1]) else None


def _after_day(found: Found) -> bool:
    before = found.before
    return before is not None and (before.kind in ("day", "nearly") or _after_choice(found))


def _after_choice(found: Found) -> bool:
    """ya da … after a day or a clock time."""
    return len(found.earlier) == 2 and (
        found.earlier[1].kind == "or" and found.earlier[0].kind in ("day", "clock", "hours")
    )


def _cued(found: Found, last: Item) -> bool:
    if last.case == "l":
        return not found.after_is("number")
    if last.case == "m":
        return _after_day(found) or bool(last.size)
    if last.case == "a":
        return found.after_is("after", "since", "before")
    if last.case == "d":
        return _after_day(found) or found.after_is("until", "towards")
    if found.after_is("about"):
        return True
    if found.after is not None and found.after.word == "gece":
        return False
    return (
        last.case == "-"
        and _after_day(found)
        and found.after_is(
            None, "ok", "or", "stop", "comma", "part", "day", "question", "deny", "until"
        )
    )


def part_minutes(found: Found) -> Made:
    """sabah 8 30."""
    minutes = found.items[-1]
    return clock(found) if minutes.size == 2 and _number(minutes) % 5 == 0 else None


def part_clock(found: Found) -> Made:
    """akşam 7, sabah 9 buçukta: the number must not count something else."""
    return clock(found)


def clock_past(found: Found) -> Made:
    """beşi çeyrek geçe (folded like gece, the night), quarter past 3."""
    night = found.one("part") if not found.has("past") else None
    if night is not None and night.word != "gece":
        return None
    return _around(found, past=True)


def clock_to(found: Found) -> Made:
    """yediye 10 kala, ten to seven."""
    return _around(found, past=False)


def _around(found: Found, *, past: bool) -> Made:
    numbers = found.all(*_NUMBERS)
    quarter, half = found.has("quarter"), found.has("half")
    english = bool(found.one("past", "to")) and found.items[-1].kind not in ("past", "to", "part")
    hour_item = numbers[-1] if english else numbers[0]
    others = [n for n in numbers if n is not hour_item]
    minutes = 15 if quarter else 30 if half else _number(others[0]) if others else None
    if minutes is None or not 0 < minutes < 60:
        return None
    part = found.items[0] if found.items[0].kind == "part" else None
    part = part or (found.items[1] if found.items[1].kind == "part" else None)
    base = _clock_of(hour_item, 0, str(part.value) if part else _no_night(found))
    if base is None:
        return None
    if past:
        return _made(replace(base, minute=minutes), found)
    back = base.order - minutes
    return _made(Clock(back // 60 % 24, back % 60, base.shift), found)


def dotted(found: Found) -> Made:
    """14.30 after a day is a time; else a date where day and month are valid, else a time."""
    if found.before is not None and found.before.kind in ("day", "at", "part"):
        return clock(found)
    as_date = dated(found)
    if as_date is not None:
        return as_date
    item = found.items[0]
    return (
        clock(found)
        if len(found.items) == 1 and item.value[1] < 60 and item.value[0] <= 24
        else None
    )


def clock_after_day(found: Found) -> Made:
    """English `at 9`, `on … 3`: the preposition stays outside at the beginning."""
    return clock(found)


def clock_in_part(found: Found) -> Made:
    """8 evening: only a figure up to twelve."""
    return clock(found)


def clock_to_words(found: Found) -> Made:
    """ten to seven in words is a time; 10 to 7 in figures is rather a range."""
    first = found.one("number")
    if first is None or first.size or _number(first) not in (5, 10, 20, 25):
        return None
    return clock_to(found)


def english_clock(found: Found) -> Made:
    """A bare number: after around, after, before, until; right after a day at the end."""
    before, number = found.before, found.items[0]
    if before is None or not 1 <= _number(number) <= 24:
        return None
    ends = found.after_is(None, "ok", "or", "stop", "comma", "day", "on", "and", "part")
    if before.kind in ("nearly", "after", "before", "until", "since"):
        return clock(found) if (ends or number.size) and not found.after_is(*_UNITS) else None
    chosen = before.kind == "day" or _after_choice(found)
    return clock(found) if chosen and ends and number.size else None


def arabic_clock(found: Found) -> Made:
    """A bare number after before, after or a day."""
    before, number = found.before, found.items[0]
    if before is None or not 1 <= _number(number) <= 12:
        return None
    ends = found.after_is(None, "ok", "or", "stop", "comma", "day", "other")
    if before.kind in ("after", "before", "until", "nearly"):
        return clock(found) if ends else None
    return (
        clock(found)
        if (before.kind == "day" or _after_choice(found)) and ends and not found.after_is("other")
        else None
    )


def same_part(found: Found) -> Made:
    return "part", When(part=_part(found))


def this_part(found: Found) -> Made:
    return "part", When(part=_part(found), this=True)


def midnight(_: Found) -> Made:
    return "clock", When(clock=Clock(0, 0, 1), this=True)


def noon(_: Found) -> Made:
    return "clock", When(clock=Clock(12))


def hours(found: Found) -> Made:
    """5-7 arası, 3 ile 5 arasında, 10dan 12ye kadar, between 2 and 4 pm."""
    ends = [i for i in found.items if i.kind in _SHAPES or (i.kind in _NUMBERS and not _is_mark(i))]
    if len(ends) != 2:
        return None
    half = _half_of_day(found)
    start, end = (_clock_of(i, 0, half) for i in ends)
    if start is None or end is None:
        return None
    if found.has("ampm") and start.order > end.order:
        start = _clock_of(ends[0], 0, "am") or start
    last = later(start, end)
    return _made(start, found, end=last) if last is not None else None


def _is_mark(item: Item) -> bool:
    return item.kind == "ampm" and not isinstance(item.value, tuple)


def cued_hours(found: Found) -> Made:
    """A bare hyphen is a range only right after a day or a part of day."""
    if not (_after_day(found) or found.has("part", "on")):
        return None
    return hours(found)


def neighbour_hours(found: Found) -> Made:
    """cuma 2 3 gibi: two neighbouring hours are a loose range."""
    first, second = found.all("number")[:2]
    if _number(second) != _number(first) + 1 or not (_after_day(found) or found.has("at", "part")):
        return None
    made = hours(found)
    return ("hours", made[1].roughly()) if made else None


MAKERS: dict[str, Maker] = {
    make.__name__: make
    for make in (
        clock, cued_clock, part_clock, clock_past, clock_to, dotted, clock_after_day, this_part,
        clock_in_part, clock_to_words, english_clock, arabic_clock, same_part,
        midnight, noon, hours, cued_hours, neighbour_hours,
    )
}  # fmt: skip

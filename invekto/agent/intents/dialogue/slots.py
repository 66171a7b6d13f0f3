"""A choice among points in time, or another time than those offered."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from invekto.agent.intents.dialogue.options import FILLERS, OTHER, read_choice
from invekto.agent.intents.dialogue.reading import Reading, ordinals
from invekto.agent.intents.entities.find import time_value
from invekto.contracts.understanding import DialogueAnswer
from invekto.text.numbers import find_numbers
from invekto.text.times import TimeMention, find_times, is_dayless

_DAY_FORM = re.compile(r"\W*\w+(?: \w+)?'?(?:i|u|si|su|ini|unu|sini|sunu|yi)\W*")
_DAY_BEFORE = re.compile(r"(\d{1,2})'?(?:i|u|si|su)(?!\w)")
_OPTION_WORD = re.compile(r"(?<!\w)(secenek|option|sik|sikki|numarali|numara|nolu|no)(?!\w)")


def read_slot(
    raw: str, reading: Reading, slots: tuple[datetime, ...], language: str, now: datetime
) -> DialogueAnswer:
    """Which of `slots` (local times) is picked; a value where another time is named."""
    count = len(slots)
    placed = read_choice(reading, ("",) * count) if _names_place(reading) else OTHER
    if placed.type == "option":
        return placed
    if reading.has("earliest"):
        return DialogueAnswer("option", min(range(count), key=lambda at: slots[at]))
    if reading.has("latest"):
        return DialogueAnswer("option", max(range(count), key=lambda at: slots[at]))
    mentions = find_times(raw, language, now)
    if mentions:
        return _by_times(mentions, slots, reading, language, now)
    if reading.has("none"):
        return DialogueAnswer("no")
    if reading.has("any") or reading.has("all"):
        return DialogueAnswer("any")
    half = [n for n in find_numbers(raw, language) if n.value % 1 == Decimal("0.5")]
    if half:
        return _by_half_hour(int(half[0].value), slots)
    numbers = [n for n in find_numbers(raw, language) if n.value == int(n.value) > 0]
    if numbers and not _OPTION_WORD.search(reading.text):
        found = _by_number(reading, int(numbers[0].value), slots)
        if found is not None:
            return found
    return read_choice(reading, tuple(f"{at + 1}" for at in range(count)))


def _names_place(reading: Reading) -> bool:
    """ "ikincisi", "ilki olsun": a place in the list alone, and neither an hour nor a day."""
    rest = [word for word in reading.words if word not in FILLERS]
    return tuple(rest) in {phrase for phrase, _ in ordinals()}


def _by_number(reading: Reading, number: int, slots: tuple[datetime, ...]) -> DialogueAnswer | None:
    """A bare number: with an ending the day of the month, otherwise first the hour."""
    day_form = _DAY_FORM.fullmatch(reading.text) is not None
    days = [at for at, slot in enumerate(slots) if slot.day == number]
    hours = [at for at, slot in enumerate(slots) if slot.hour in (number, number + 12)]
    fitting = days if day_form else hours or days
    if len(fitting) == 1:
        return DialogueAnswer("option", fitting[0])
    if fitting or day_form:
        return OTHER
    return OTHER if number > len(slots) else None


def _by_half_hour(hour: int, slots: tuple[datetime, ...]) -> DialogueAnswer:
    fitting = [at for at, s in enumerate(slots) if s.hour % 12 == hour % 12 and s.minute == 30]
    return DialogueAnswer("option", fitting[0]) if len(fitting) == 1 else OTHER


def _by_times(
    mentions: list[TimeMention],
    slots: tuple[datetime, ...],
    reading: Reading,
    language: str,
    now: datetime,
) -> DialogueAnswer:
    fitting = [
        at for at, slot in enumerate(slots) if all(_fits(m, slot, language, now) for m in mentions)
    ] or [
        at
        for at, slot in enumerate(slots)
        if all(_same_weekday(m, slot, language, now) for m in mentions)
    ]
    if len(fitting) > 1 and (named_day := _DAY_BEFORE.match(reading.text)):
        fitting = [at for at in fitting if slots[at].day == int(named_day.group(1))]
    if len(fitting) == 1:
        return DialogueAnswer("option", fitting[0])
    named = [m for m in mentions if not is_dayless(m, language, now)]
    if named:
        value = time_value(mentions[-1])
        return OTHER if fitting else DialogueAnswer("value", None, value)
    days = {slot.date() for slot in slots}
    if len(days) > 1:
        return OTHER
    return DialogueAnswer("value", None, _on(days.pop(), time_value(mentions[-1])))


def _on(day: date, value: str) -> str:
    """A time of any day as one of that day: "öğleden sonra", said of the times of a Thursday."""
    moments = (moment.partition("T") for moment in value.split("/"))
    return "/".join(f"{day.isoformat()}T{clock}" if clock else "" for _, _, clock in moments)


def _fits(mention: TimeMention, slot: datetime, language: str, now: datetime) -> bool:
    start, end = mention.start, mention.end
    if isinstance(start, datetime) or isinstance(end, datetime):
        first = start if isinstance(start, datetime) else datetime.min.replace(tzinfo=now.tzinfo)
        last = end if isinstance(end, datetime) else datetime.max.replace(tzinfo=now.tzinfo)
        if is_dayless(mention, language, now):
            same_day = [slot.replace(hour=m.hour, minute=m.minute) for m in (first, last)]
            return same_day[0] <= slot <= same_day[1]
        return first.replace(tzinfo=None) <= slot <= last.replace(tzinfo=None)
    return (start is None or start <= slot.date()) and (end is None or slot.date() <= end)


def _same_weekday(mention: TimeMention, slot: datetime, language: str, now: datetime) -> bool:
    """A bare weekday where the slots lie beyond the coming one: asked a day later it means the
    same day, which "tomorrow" does not."""
    if mention.grain != "day" or mention.start is None or mention.start != mention.end:
        return False
    later = find_times(mention.text, language, now + timedelta(days=1))
    same = bool(later) and later[0].start == mention.start
    return (
        same
        and not any(c.isdigit() for c in mention.text)
        and slot.weekday() == mention.start.weekday()
    )

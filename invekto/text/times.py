"""Dates and times in Turkish, English and Arabic messages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from invekto.contracts.messages import MAX_TEXT
from invekto.text import clocks, days, joins, month_days, offsets
from invekto.text.fold import Folded
from invekto.text.lexicon import Item, items_of
from invekto.text.moments import Day, When, bounds, next_weekday
from invekto.text.rules import Maker, rewrite, stages

LANGUAGES = ("tr", "en", "ar")
_MAKERS: dict[str, Maker] = {
    **days.MAKERS,
    **offsets.MAKERS,
    **month_days.MAKERS,
    **clocks.MAKERS,
    **joins.MAKERS,
}


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
    """The dates and times named in the first 20,000 characters, in order of mention, as seen from
    `now` (with its timezone). Conventions: tests/text/README.md. Other languages than tr, en and
    ar are read as English. Never raises on any text."""
    folded = Folded.of(text[:MAX_TEXT])
    items = items_of(folded.text, language if language in LANGUAGES else "en")
    for stage in stages(language if language in LANGUAGES else "en"):
        items = rewrite(items, stage, _MAKERS, now)
    return _mentions(_in_context(items), folded, text, now)


def _in_context(items: list[Item]) -> list[Item]:
    """Days that lean on the date mentioned before: `ertesi gün`, a bare time after `ya da`."""
    out: list[Item] = []
    previous: When | None = None
    chained = False
    for item in items:
        if item.kind in ("when", "denied"):
            when = _leaning(item.value, previous, chained=chained)
            if item.kind == "when":
                out.append(replace(item, value=when))
            previous = when if when.day is not None or previous is None else previous
        chained = item.kind in ("or", "question") or (chained and item.kind == "comma")
    return out


def _leaning(when: When, previous: When | None, *, chained: bool) -> When:
    if previous is None or previous.day is None:
        return when
    if when.from_previous is not None:
        day = previous.day.last + timedelta(days=when.from_previous)
        return replace(when, day=Day.of(day), from_previous=None)
    if when.weekday_from_previous is not None:
        return replace(
            when, day=Day.of(next_weekday(previous.day.last, when.weekday_from_previous))
        )
    if chained and when.day is None and when.clock is not None:
        return replace(when, day=previous.day)
    return when


def _mentions(items: list[Item], folded: Folded, text: str, now: datetime) -> list[TimeMention]:
    found = []
    for item in items:
        if folded.shares_character(item.begin, item.finish):
            continue
        try:
            start, end, grain = bounds(item.value, now)
        except (OverflowError, ValueError):  # beyond the calendar
            continue
        begin, finish = folded.raw_span(item.begin, item.finish)
        when: When = item.value
        found.append(
            TimeMention(
                start, end, grain, text[begin:finish], begin, finish,
                when.approx or bool(when.day and when.day.approx),
                start is None or end is None,
                bool(when.day and when.day.conflict),
            )
        )  # fmt: skip
    return found


def is_dayless(mention: TimeMention, language: str, now: datetime) -> bool:
    """Whether only a time of day was said: then its date moves with the hour of asking."""
    if mention.grain not in ("time", "part"):
        return False
    begin = now.replace(hour=0, minute=1)
    late = find_times(mention.text, language, begin + timedelta(hours=23, minutes=57))
    early = find_times(mention.text, language, begin)
    return bool(early and late) and early[0].start != late[0].start

"""What the rules that put days, parts and clock times together make."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from invekto.text.lexicon import Item
from invekto.text.moments import Day, When
from invekto.text.rules import Found, Maker

Made = tuple[str, Any] | None
_WHEN = ("day", "clock", "hours", "part", "instant", "when")
_SIDES = ("after", "since", "before", "until")


def _when(item: Item) -> When:
    return item.value if isinstance(item.value, When) else When(part=str(item.value))


def joined(found: Found) -> Made:
    """yarın akşam 7 gibi, half past 9 tomorrow, بكرا الصبح."""
    pieces = [_when(item) for item in found.all(*_WHEN)]
    habit = any(item.case == "p" for item in found.all("part"))  # akşamları
    if habit or not pieces or not _fits(pieces):
        return None
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole.merged(piece)
    return "when", whole.roughly() if found.has("about", "nearly", "towards") else whole


def _fits(pieces: list[When]) -> bool:
    """No second clock, and no clock time on a span of days."""
    days = [p.day for p in pieces if p.day is not None]
    clocks = [p for p in pieces if p.clock is not None or p.part is not None]
    if len(pieces) > 1 and any(p.instant is not None or p.side for p in pieces):
        return False
    return len(days) <= 1 and (not clocks or all(d.first == d.last for d in days))


def days_between(found: Found) -> Made:
    """salı perşembe arası, pazartesiden cumaya kadar, Dec 28 - Jan 3."""
    first, last = (_when(item) for item in found.all("when")[:2])
    if first.day is None or last.day is None:
        return None
    if any(w.clock or w.part or w.instant or w.side for w in (first, last)):
        return _moments_between(first, last)
    end = last.day.last
    if end <= first.day.first:  # "from Monday to Friday" on a Wednesday: the Friday after it
        end += timedelta(days=7)
    if end <= first.day.last:
        return None
    return "when", When(day=Day(first.day.first, end))


def _moments_between(first: When, last: When) -> Made:
    same = first.day is not None and last.day is not None and first.day == last.day
    if not same or first.clock is None or last.clock is None:
        return None
    return "when", replace(first, end=last.clock)


def side(found: Found) -> Made:
    """5ten sonra, cumaya kadar, from the 5th onwards."""
    item, mark = found.one("when"), found.one("since") or found.one(*_SIDES)
    if item is None or mark is None:
        return None
    when = _when(item)
    if when.side is not None or when.end is not None or when.instant is not None:
        return None
    return "when", replace(when, side=mark.kind)


def never(_: Found) -> Made:
    """Two moments side by side that are no range: move Thursday to Friday."""
    return None


def denied(found: Found) -> Made:
    """yarın değil: gives nothing, but not `değil mi`."""
    if found.after_is("question"):
        return None
    item = found.one("when")
    return ("denied", _when(item)) if item else None


MAKERS: dict[str, Maker] = {
    make.__name__: make for make in (joined, days_between, side, never, denied)
}

"""Comparing what a scenario expects with a row as the database gives it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

ISTANBUL = ZoneInfo("Europe/Istanbul")


def fits(row: dict[str, Any], where: dict[str, Any]) -> bool:
    """Whether every named field holds."""
    return all(name in row and holds(row[name], value) for name, value in where.items())


def holds(stored: Any, wanted: Any) -> bool:
    """Equal; a mapping: every key of it; a moment: the same instant, without a zone Istanbul's;
    `…*`: begins so, a moment in Istanbul's time."""
    if isinstance(wanted, dict):
        return isinstance(stored, dict) and fits(stored, wanted)
    if isinstance(wanted, str) and isinstance(stored, str):
        if wanted.endswith("*"):
            return _local(stored).startswith(wanted[:-1])
        moments = _moment(stored), _moment(wanted)
        if all(moments):
            return moments[0] == moments[1]
    return bool(stored == wanted)


def _local(stored: str) -> str:
    moment = _moment(stored)
    return moment.astimezone(ISTANBUL).isoformat() if moment else stored


def _moment(text: str) -> datetime | None:
    if "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=ISTANBUL)

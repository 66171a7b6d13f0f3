"""Hit rates on the expected values that were written before the grammar; they may not fall.

A line is a hit where every mention has the right value, kind, span and marks, and nothing else was
found. The floors are what was reached, rounded down. The grammar was developed against these
lines, so the rates are no estimate for messages nobody has seen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invekto.text.money import find_money
from invekto.text.numbers import find_numbers
from invekto.text.times import find_times

FOLDER = Path(__file__).parent
FLOORS = {
    "times": {"tr": 0.99, "en": 0.98, "ar": 0.98},
    "numbers": {"tr": 0.99, "en": 0.99, "ar": 0.99},
    "money": {"tr": 0.99, "en": 0.99, "ar": 0.99},
}


def _iso(moment: date | None) -> str | None:
    if isinstance(moment, datetime):
        return moment.strftime("%Y-%m-%dT%H:%M")
    return moment.isoformat() if moment else None


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _times(line: dict[str, Any]) -> list[dict[str, Any]]:
    found = find_times(line["text"], line["lang"], datetime.fromisoformat(line["now"]))
    return [
        {
            "start": _iso(m.start),
            "end": _iso(m.end),
            "grain": m.grain,
            "text": m.text,
            "approx": m.approx,
            "conflict": m.conflict,
        }
        for m in found
    ]


def _numbers(line: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "value": float(m.value),
            "max": _number(m.max),
            "kind": m.kind,
            "text": m.text,
            "approx": m.approx,
        }
        for m in find_numbers(line["text"], line["lang"])
    ]


def _money(line: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "min": _number(m.min),
            "max": _number(m.max),
            "currency": m.currency,
            "text": m.text,
            "approx": m.approx,
        }
        for m in find_money(line["text"], line["lang"])
    ]


FINDERS: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "times": _times,
    "numbers": _numbers,
    "money": _money,
}
OFTEN_LEFT_OUT = {"approx": False, "conflict": False, "max": None, "start": None, "end": None}


def _wanted(expected: list[dict[str, Any]], like: str) -> list[dict[str, Any]]:
    keys = {
        "times": ("start", "end", "grain", "text", "approx", "conflict"),
        "numbers": ("value", "max", "kind", "text", "approx"),
        "money": ("min", "max", "currency", "text", "approx"),
    }[like]
    return [{k: e.get(k, OFTEN_LEFT_OUT.get(k)) for k in keys} for e in expected]


def _same(found: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> bool:
    key = json.dumps
    return sorted(found, key=key) == sorted(wanted, key=key)


@pytest.mark.parametrize("name", FLOORS)
def test_hit_rates(name: str) -> None:
    hits: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    misses = []
    for raw in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines():
        line = json.loads(raw)
        found, wanted = FINDERS[name](line), _wanted(line["expect"], name)
        lines[line["lang"]] += 1
        if _same(found, wanted):
            hits[line["lang"]] += 1
        else:
            misses.append(f"{line['text']}\n  wanted {wanted}\n  found  {found}")
    rates = {language: hits[language] / count for language, count in lines.items()}
    shown = ", ".join(f"{k} {hits[k]}/{lines[k]} = {100 * rates[k]:.1f} %" for k in rates)
    print(f"\n{name}: {shown}", *misses, sep="\n")
    assert all(rates[language] >= floor for language, floor in FLOORS[name].items()), misses


@pytest.mark.parametrize("name", FLOORS)
def test_what_gives_nothing_stays_silent(name: str) -> None:
    for raw in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines():
        line = json.loads(raw)
        if not line["expect"]:
            assert FINDERS[name](line) == [], line["text"]

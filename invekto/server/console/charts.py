"""Charts as numbers for SVG: scales and paths, drawn by the templates without any script."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_DOTS = 60


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with what to say when somebody hovers over it."""

    x: float
    y: float
    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line over a range of y that always holds 0 and 1."""

    width: int
    height: int
    path: str
    area: str
    zero: float
    one: float
    dots: list[Dot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bar:
    """One stacked bar: (kind, y, height) from the bottom up."""

    x: float
    width: float
    label: str
    total: int
    parts: list[tuple[str, float, float, int]]


@dataclass(frozen=True, slots=True)
class Bars:
    """Stacked bars under a common scale, and the scale's marks (value, y)."""

    width: int
    height: int
    bars: list[Bar]
    marks: list[tuple[int, float]]


def line(
    values: Sequence[float],
    kinds: Sequence[str],
    said: Sequence[str],
    *,
    width: int = 640,
    height: int = 220,
) -> Line:
    """A line through `values`, one step each; dots where something is not simply right."""
    low, high = min(0.0, *values, -0.12), max(1.0, *values) * 1.12
    step = width / max(1, len(values))

    def y(value: float) -> float:
        return round(height * (high - value) / (high - low), 1)

    points = [(0.0, y(0.0)), *((round((i + 1) * step, 1), y(v)) for i, v in enumerate(values))]
    path = "M" + " L".join(f"{x} {yy}" for x, yy in points)
    area = f"{path} L{points[-1][0]} {y(0.0)} L0 {y(0.0)} Z"
    dots = [
        Dot(points[i + 1][0], points[i + 1][1], kind, told)
        for i, (kind, told) in enumerate(zip(kinds, said, strict=True))
        if kind == "wrong" or len(values) <= MOST_DOTS
    ]
    return Line(width, height, path, area, y(0.0), y(1.0), dots)


def bars(
    rows: Sequence[tuple[str, Sequence[tuple[str, int]]]], *, width: int = 640, height: int = 200
) -> Bars:
    """Stacked bars: rows of (label, [(kind, count) …])."""
    most = max((sum(n for _, n in parts) for _, parts in rows), default=0)
    top = nice(most)
    room = width / max(1, len(rows))
    made = []
    for place, (label, parts) in enumerate(rows):
        below, stacked = 0, []
        for kind, count in parts:
            tall = height * count / top
            stacked.append(
                (kind, round(height - height * below / top - tall, 1), round(tall, 1), count)
            )
            below += count
        x = round(place * room + room * 0.16, 1)
        made.append(Bar(x, round(room * 0.68, 1), label, below, stacked))
    marks = [(round(top * part), round(height * (1 - part), 1)) for part in (0.5, 1.0)]
    return Bars(width, height, made, marks)


def nice(most: float) -> int:
    """The round number at or above: 1, 2, 4, 5 or 10 times a power of ten; at least 4."""
    if most <= 4:
        return 4
    power = 10 ** math.floor(math.log10(most))
    return int(next(step * power for step in (1, 2, 4, 5, 10) if step * power >= most))

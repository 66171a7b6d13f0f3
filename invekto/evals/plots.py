"""Small plots as inline SVG: no library, no network, readable in light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

SIZE, EDGE = 260, 34
BLUE, GREY, RED = "#2f6fdb", "#9aa7b5", "#c8453b"
BINS = 15
SHOWN = 40


def calibration(sure: Sequence[float], good: Sequence[bool]) -> str:
    """Share right against confidence, in 15 bins; on the diagonal the confidence is honest."""
    bins: list[list[int]] = [[0, 0] for _ in range(BINS)]
    for confidence, ok in zip(sure, good, strict=True):
        tally = bins[min(BINS - 1, int(confidence * BINS))]
        tally[0] += 1
        tally[1] += ok
    most = max(n for n, _ in bins) or 1
    dots = "".join(
        f'<circle cx="{_x((at + 0.5) / BINS):.1f}" cy="{_y(hits / n):.1f}"'
        f' r="{2 + 6 * (n / most) ** 0.5:.1f}" fill="{BLUE}" fill-opacity=".8">'
        f"<title>{n} lines, {hits / n:.1%} right</title></circle>"
        for at, (n, hits) in enumerate(bins)
        if n
    )
    line = f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="{GREY}" stroke-dasharray="4"/>'
    return _figure("Calibration", line + dots, "confidence", "right")


def risk_coverage(sure: Sequence[float], good: Sequence[bool]) -> str:
    """Share wrong among the answered, against how many are answered, surest first."""
    order = sorted(range(len(sure)), key=lambda at: -sure[at])
    wrong, points = 0, []
    for n, at in enumerate(order, 1):
        wrong += not good[at]
        points.append((n / len(order), wrong / n))
    top = max(0.05, max((risk for _, risk in points), default=0.05))
    step = max(1, len(points) // 200)
    drawn = points[::step] + points[-1:]
    path = " ".join(f"{_x(x):.1f},{_y(risk / top):.1f}" for x, risk in drawn)
    line = f'<polyline points="{path}" fill="none" stroke="{RED}" stroke-width="2"/>'
    return _figure("Risk against coverage", line, "answered", "wrong", top=top)


def confusion(wrong: Mapping[tuple[str, str], int]) -> str:
    """The pairs taken for each other most often, as bars."""
    pairs = sorted(wrong.items(), key=lambda pair: -pair[1])[:25]
    named = {f"{truth} → {said}": float(n) for (truth, said), n in pairs}
    return bars("Confused: truth → said", named, share=False)


def bars(title: str, values: Mapping[str, float], *, share: bool = True) -> str:
    """One bar a name; `share` values run from 0 to 1, others to the largest."""
    shown = list(values.items())[:SHOWN]
    top = 1.0 if share else max((value for _, value in shown), default=1.0) or 1.0
    rows = "".join(
        _bar(at, name, value, top, share=share) for at, (name, value) in enumerate(shown)
    )
    height = 18 * len(shown) + 6
    return (
        f'<figure><svg width="560" height="{height}" viewBox="0 0 560 {height}" role="img"'
        f' aria-label="{escape(title)}">{rows}</svg>'
        f"<figcaption>{escape(title)}</figcaption></figure>"
    )


def _bar(at: int, name: str, value: float, top: float, *, share: bool) -> str:
    y = 18 * at + 2
    said = f"{value:.1%}" if share else f"{value:g}" if value < 1000 else f"{value:.0f}"
    return (
        f'<text x="0" y="{y + 11}">{escape(name)}</text>'
        f'<rect x="250" y="{y}" width="{240 * value / top:.1f}" height="13" fill="{BLUE}"/>'
        f'<text x="{255 + 240 * value / top:.1f}" y="{y + 11}">{said}</text>'
    )


def _x(share: float) -> float:
    return EDGE + share * (SIZE - 2 * EDGE)


def _y(share: float) -> float:
    return SIZE - EDGE - share * (SIZE - 2 * EDGE)


def _figure(title: str, inside: str, x_name: str, y_name: str, top: float = 1.0) -> str:
    axes = (
        f'<path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" fill="none" stroke="{GREY}"/>'
        f'<text x="{_x(0.5)}" y="{SIZE - 6}" text-anchor="middle">{x_name}</text>'
        f'<text x="{_x(1)}" y="{_y(0) + 14}" text-anchor="end">1</text>'
        f'<text x="4" y="{_y(1) - 8}">{y_name}, up to {top:.0%}</text>'
    )
    return (
        f'<figure><svg width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}" role="img"'
        f' aria-label="{escape(title)}">{axes}{inside}</svg>'
        f"<figcaption>{escape(title)}</figcaption></figure>"
    )

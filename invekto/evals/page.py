"""One self-contained HTML page of one or several reports: figures, plots, failures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any

from invekto.evals.compare import Comparison, case
from invekto.evals.kinds import right
from invekto.evals.plots import bars, calibration, confusion, risk_coverage
from invekto.evals.report import Report

FAILURES = 2_000
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;
color:#1b2430;background:#fff}h1{font-size:1.4rem}h2{margin-top:2.5rem;
border-bottom:1px solid #d5dbe3}
table{border-collapse:collapse;margin:.6rem 0}td,th{padding:.25rem .7rem;text-align:left;
border-bottom:1px solid #e4e8ee;vertical-align:top}td.n{text-align:right;
font-variant-numeric:tabular-nums}.plots{display:flex;flex-wrap:wrap;gap:1.5rem}figure{margin:0}
figcaption{font-size:.85rem;color:#5a6675}pre{white-space:pre-wrap;overflow-wrap:anywhere;
background:#f4f6f9;padding:.5rem;margin:.3rem 0;font-size:.85rem}.tag{background:#eef2f7;
border-radius:.3rem;padding:.1rem .45rem}svg text{font:11px system-ui,sans-serif;fill:currentColor}
@media(prefers-color-scheme:dark){body{color:#dfe6ee;background:#12171d}pre,.tag{background:#1d252e}
td,th,h2{border-color:#2c3743}figcaption{color:#93a1b1}}
"""


def page(
    reports: Sequence[Report],
    comparisons: Sequence[Comparison | None] = (),
    lines: Sequence[str] = (),
) -> str:
    """The whole page; it loads nothing from anywhere.

    Args:
        comparisons: of each report with an earlier run.
        lines: what stands above all, for instance the gate's verdicts.
    """
    title = " · ".join(dict.fromkeys(report.kind for report in reports))
    beside = [*comparisons, *[None] * (len(reports) - len(comparisons))]
    body = "".join(_section(r, c) for r, c in zip(reports, beside, strict=True))
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>invekto eval {escape(title)}</title><style>{STYLE}</style>"
        f"<h1>invekto eval {escape(title)}</h1>{told}{body}</html>"
    )


def _section(report: Report, comparison: Comparison | None) -> str:
    plots = "".join(_plots(report))
    return (
        f"<h2>{escape(report.kind)} <small>{report.n} lines</small></h2>"
        f"{_compared(report, comparison)}"
        f"{_figures(report.metrics)}<div class='plots'>{plots}</div>"
        f"{_groups(report.by)}{_failures(report.errors)}"
    )


def _compared(report: Report, comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    broken = "".join(
        f"<li dir='auto'>{escape(case(report.predictions[at]))}</li>" for at in comparison.broken
    )
    cases = f"<details open><summary>broken</summary><ul>{broken}</ul></details>" if broken else ""
    return f"<p><b>{escape(comparison.line())}</b></p>{cases}"


def _figures(metrics: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td class='n'>{escape(_said(value))}</td></tr>"
        for name, value in metrics.items()
    )
    return f"<table>{rows}</table>"


def _plots(report: Report) -> list[str]:
    rows, good = report.predictions, right(report)
    plots = []
    if rows and all("confidence" in row for row in rows):
        sure = [float(row["confidence"]) for row in rows]
        plots += [calibration(sure, good), risk_coverage(sure, good)]
    if report.kind in ("intents", "held_out") and rows:
        wrong = Counter(
            (r["intent"], r["predicted"]) for r in rows if r["intent"] != r["predicted"]
        )
        plots.append(confusion(wrong))
        plots.append(bars("right, by intent", _shares([r["intent"] for r in rows], good)))
    elif rows and "lang" in rows[0]:
        plots.append(bars("right, by language", _shares([str(r.get("lang")) for r in rows], good)))
    if rows and "milliseconds" in rows[0]:
        slow = sorted(rows, key=lambda row: -float(row["milliseconds"]))[:15]
        plots.append(
            bars("slowest, ms", {_label(r): float(r["milliseconds"]) for r in slow}, share=False)
        )
    return plots


def _label(row: dict[str, Any]) -> str:
    return str(row.get("name") or row.get("text") or row.get("question") or "")[:40]


def _shares(keys: Sequence[str], good: Sequence[bool]) -> dict[str, float]:
    n, hits = Counter(keys), Counter(k for k, ok in zip(keys, good, strict=True) if ok)
    return dict(sorted(((k, hits[k] / n[k]) for k in n), key=lambda pair: pair[1]))


def _groups(by: dict[str, Any]) -> str:
    if not by:
        return ""
    return f"<details><summary>By group</summary><pre>{escape(_json(by, 2))}</pre></details>"


def _failures(errors: Sequence[dict[str, Any]]) -> str:
    if not errors:
        return "<p>No failures.</p>"
    items = "".join(
        f"<details><summary dir='auto'>{escape(_short(error))}</summary>"
        f"<pre dir='auto'>{escape(_json(error, 1))}</pre></details>"
        for error in errors[:FAILURES]
    )
    more = f"<p>… and {len(errors) - FAILURES} more</p>" if len(errors) > FAILURES else ""
    return f"<details open><summary>{len(errors)} failures</summary>{items}{more}</details>"


def _short(error: dict[str, Any]) -> str:
    """What failed, and the first of what was wrong with it."""
    turns = [problem for turn in error.get("turns", []) for problem in turn.get("problems", [])]
    problems = [*error.get("state_problems", []), *error.get("problems", []), *turns]
    said = f"{case(error)} · {problems[0]}" if problems else case(error)
    return said if len(said) <= 160 else f"{said[:159]}…"


def _json(value: Any, indent: int) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=str)


def _said(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)

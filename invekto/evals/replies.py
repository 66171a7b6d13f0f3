"""`invekto eval replies FILE…`: are wrong replies stopped, and right ones sent?

A reply counts as blocked where the rails would not send it as it is. Run by itself:
`python -m invekto.evals.replies FILE…`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from invekto.contracts.guard import GuardResult, Outcome
from invekto.evals.claimed import is_exact
from invekto.evals.report import Report, read_lines
from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy

REASON = {
    "bad_link": "ungrounded",
    "discount_limit": "overpromise",
    "internal_leak": "pii_leak",
    "too_long": "ungrounded",
    "rail_failed": "ungrounded",
}
"""Our reasons in the words of the format."""


class Judge:
    """The rails of a line's sector, the line's own banned phrases added."""

    def __init__(self) -> None:
        self._guards: dict[tuple[str, tuple[str, ...]], ReplyGuard] = {}

    def __call__(self, row: dict[str, Any]) -> GuardResult:
        """Check one line's reply."""
        context = row["context"]
        sector = str(context.get("sector", "ecommerce"))
        guard = self._guard(sector, tuple(context.get("banned") or ()))
        return guard.check(
            ReplyUnderCheck(
                text=str(row["reply"]),
                language=str(context.get("customer_lang") or row.get("lang") or "tr"),
                intent=str(context.get("intent", "")),
                sector=sector,
                facts=[str(fact) for fact in context.get("facts") or ()],
                own=frozenset(str(o) for o in context.get("own") or ()),
                disclaimer_required=bool(context.get("disclaimer_required")),
            )
        )

    def _guard(self, sector: str, banned: tuple[str, ...]) -> ReplyGuard:
        key = (sector, banned)
        if key not in self._guards:
            policy = sector_policy(sector)
            self._guards[key] = ReplyGuard(
                replace(policy, banned=(*policy.banned, *banned)) if banned else policy
            )
        return self._guards[key]


def score_replies(
    files: Sequence[Path], judge: Callable[[dict[str, Any]], GuardResult] | None = None
) -> Report:
    """Score files of the kind `replies`. Raises BadData for unusable files."""
    rows: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    for file in files:
        lines = read_lines(file, ("context", "reply", "verdict"))
        rows += lines.rows
        problems += lines.problems
    judge = judge or Judge()
    results = [judge(row) for row in rows]
    report = _report(rows, results)
    report.errors = problems + report.errors
    return report


def blocked(result: GuardResult) -> bool:
    """Whether the reply would not go out as it is."""
    return result.outcome is not Outcome.PASS


def _report(rows: Sequence[dict[str, Any]], results: Sequence[GuardResult]) -> Report:
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    errors: list[dict[str, Any]] = []
    for row, result in zip(rows, results, strict=True):
        stop = blocked(result)
        wrong = row["verdict"] == "block"
        for group in _groups(row):
            tally[group][0] += 1
            tally[group][1] += stop
        if stop != wrong:
            errors.append(_error(row, result))
    spent = sorted(result.milliseconds for result in results)
    rates = {group: {"n": n, "blocked": s / n} for group, (n, s) in sorted(tally.items())}
    metrics = {
        "exact_blocked": rates.get("exact", {}).get("blocked"),
        "other_blocked": rates.get("other", {}).get("blocked"),
        "blocked": rates.get("block", {}).get("blocked"),
        "false_blocks": rates.get("right", {}).get("blocked"),
        "milliseconds_p50": spent[len(spent) // 2],
        "milliseconds_p95": spent[int(len(spent) * 0.95)],
    }
    out = [
        {**row, "predicted": "block" if blocked(result) else "ok", "reasons": reasons(result)}
        for row, result in zip(rows, results, strict=True)
    ]
    return Report("replies", len(rows), metrics, rates, errors, out)


def _groups(row: dict[str, Any]) -> list[str]:
    """The figures that a line counts in."""
    by_language = f"lang:{row.get('lang')}:{row['verdict']}"
    if row["verdict"] != "block":
        return ["ok", "right", by_language]
    kind = "exact" if is_exact(row) else "other"
    return [f"reason:{row.get('reason')}", "block", kind, by_language]


def reasons(result: GuardResult) -> list[str]:
    """The findings' reasons in the words of the format, each once."""
    return list(dict.fromkeys(REASON.get(f.reason, f.reason) for f in result.findings))


def _error(row: dict[str, Any], result: GuardResult) -> dict[str, Any]:
    return {
        "reply": row["reply"],
        "facts": row["context"].get("facts"),
        "verdict": row["verdict"],
        "reason": row.get("reason"),
        "found": [f"{f.reason}: {f.explanation}" for f in result.findings],
    }


if __name__ == "__main__":
    from invekto.evals.printing import print_report

    print_report(score_replies([Path(name) for name in sys.argv[1:]]))

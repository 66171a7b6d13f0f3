"""The kinds of evaluation file: which scorer reads them, and when a line counts as right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from invekto.errors import BadRequest
from invekto.evals.report import Report

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """`given` are the fields that say which line it is, the same in every run."""

    given: tuple[str, ...]
    right: Callable[[Row], bool]


def _pii_right(row: Row) -> bool:
    """As the scorer counts: to the character for shaped kinds, by overlap for the others."""
    from invekto.evals.pii import same

    gold = [(s["start"], s["end"], s["type"]) for s in row["spans"]]
    found = [(s["start"], s["end"], s["type"]) for s in row["predicted"]]
    return all(any(same(g, f) for f in found) for g in gold) and all(
        any(same(g, f) for g in gold) for f in found
    )


KINDS: dict[str, Kind] = {
    "intents": Kind(("text", "lang", "pack", "intent"), lambda r: r["predicted"] == r["intent"]),
    "held_out": Kind(("text", "lang", "pack", "intent"), lambda r: r["predicted"] == r["intent"]),
    "multi": Kind(
        ("text", "lang", "pack", "intents"), lambda r: set(r["predicted"]) == set(r["intents"])
    ),
    "pii": Kind(("text", "lang", "spans"), _pii_right),
    "attacks": Kind(("text", "lang", "attack"), lambda r: r["predicted"] == r["attack"]),
    "replies": Kind(("reply", "context", "verdict"), lambda r: r["predicted"] == r["verdict"]),
    "retrieval": Kind(("question", "pid"), lambda r: r["ranked"][:1] == [r["pid"]]),
    "knowledge": Kind(("tenant", "question"), lambda r: bool(r["passed"])),
    "answers": Kind(("tenant", "text"), lambda r: bool(r["passed"])),
    "reading": Kind(("file",), lambda r: r["problem"] != "crashed"),
    "scenarios": Kind(("name",), lambda r: bool(r["passed"])),
    "personas": Kind(("name",), lambda r: bool(r["passed"])),
}


def score(
    kind: str, files: Sequence[Path], *, train: Path | None = None, oos: str | None = None
) -> Report:
    """Score files of one kind.

    Raises:
        BadRequest: no such kind, or not the files it needs.
        BadData: a file holds no usable line.
    """
    if kind not in KINDS:
        raise BadRequest(f"no kind {kind!r} of evaluation: use {', '.join(KINDS)} or all")
    if not files:
        raise BadRequest(f"`invekto eval {kind}` needs a file to score")
    if (train or oos) and kind != "intents":
        raise BadRequest(f"--train and --oos belong to the kind intents, not to {kind}")
    if kind == "intents":
        from invekto.evals.intents import score as score_intents

        return score_intents(files, train, oos)
    return _SCORERS[kind](files)


def _held_out(files: Sequence[Path]) -> Report:
    from invekto.evals.held_out import score_held_out

    return score_held_out(files)


def _multi(files: Sequence[Path]) -> Report:
    from invekto.evals.multi import score as score_multi

    return score_multi(files)


def _pii(files: Sequence[Path]) -> Report:
    from invekto.evals.pii import score_pii

    return score_pii(files)


def _attacks(files: Sequence[Path]) -> Report:
    from invekto.evals.attacks import score_attacks

    return score_attacks(files)


def _replies(files: Sequence[Path]) -> Report:
    from invekto.evals.replies import score_replies

    return score_replies(files)


def _retrieval(files: Sequence[Path]) -> Report:
    from invekto.evals.retrieval import score_retrieval

    if len(files) != 2:
        raise BadRequest(
            f"`invekto eval retrieval PASSAGES QUESTIONS` takes 2 files, not {len(files)}"
        )
    return score_retrieval(files[0], files[1])


def _knowledge(files: Sequence[Path]) -> Report:
    from invekto.evals.knowledge import score_knowledge

    if len(files) != 2:
        raise BadRequest(
            f"`invekto eval knowledge QUESTIONS UNANSWERABLE` takes 2 files, not {len(files)}"
        )
    return score_knowledge(files[0], files[1])


def _answers(files: Sequence[Path]) -> Report:
    from invekto.evals.answers import score_answers

    return score_answers(files)


def _reading(files: Sequence[Path]) -> Report:
    from invekto.evals.reading import score_reading

    return score_reading(files)


def _scenarios(files: Sequence[Path]) -> Report:
    from invekto.evals.scenarios import score_scenarios

    return score_scenarios(files)


def _personas(files: Sequence[Path]) -> Report:
    from invekto.evals.personas.scoring import score_personas

    return score_personas(files)


_SCORERS: dict[str, Callable[[Sequence[Path]], Report]] = {
    "held_out": _held_out,
    "multi": _multi,
    "pii": _pii,
    "attacks": _attacks,
    "replies": _replies,
    "retrieval": _retrieval,
    "knowledge": _knowledge,
    "answers": _answers,
    "reading": _reading,
    "scenarios": _scenarios,
    "personas": _personas,
}


def right(report: Report) -> list[bool]:
    """Line by line, whether it was right; empty for a kind that has no such notion."""
    kind = KINDS.get(report.kind)
    return [kind.right(row) for row in report.predictions] if kind else []


def digest(report: Report) -> str:
    """Hash of what was asked, so that two runs are paired only where they saw the same lines."""
    kind = KINDS.get(report.kind)
    given = [[row.get(name) for name in kind.given] for row in report.predictions] if kind else []
    return hashlib.sha256(json.dumps(given, sort_keys=True, default=str).encode()).hexdigest()

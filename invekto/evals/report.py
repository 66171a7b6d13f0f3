"""What every scorer answers, and how files of lines are read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from invekto.errors import BadData


@dataclass
class Report:
    """`metrics` are the figures, `by` the same by group (language, intent, type …), `errors` what
    went wrong line by line, `predictions` one entry per input line, in order."""

    kind: str
    n: int
    metrics: dict[str, Any]
    by: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    predictions: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As `--json` writes it."""
        return {
            "kind": self.kind,
            "n": self.n,
            "metrics": self.metrics,
            "by": self.by,
            "errors": self.errors,
        }

    def as_document(self) -> dict[str, Any]:
        """All of it as JSON can hold it, for `from_document`."""
        return {**self.as_dict(), "predictions": self.predictions}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Report:
        """What `as_document` made."""
        return cls(**document)


@dataclass(frozen=True, slots=True)
class Lines:
    """The good lines of a file, and what was wrong with the others, with their numbers."""

    rows: list[dict[str, Any]]
    problems: list[dict[str, Any]]


def read_lines(path: Path, required: tuple[str, ...]) -> Lines:
    """JSON Lines; a corrupt line is reported with its number and the rest is read.

    Raises:
        BadData: the file cannot be read, or not one line of it is good.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadData(f"{path} cannot be read: {error}", file=str(path)) from error
    rows: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        problem = _problem(line, required)
        if isinstance(problem, str):
            problems.append({"file": str(path), "line": number, "problem": problem})
        else:
            rows.append(problem)
    if not rows:
        raise BadData(f"{path} holds no usable line: {problems[:1] or 'it is empty'}")
    return Lines(rows, problems)


def _problem(line: str, required: tuple[str, ...]) -> dict[str, Any] | str:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        return f"not JSON: {error}"
    if not isinstance(row, dict):
        return "not an object"
    missing = [name for name in required if name not in row]
    return f"lacks {', '.join(missing)}" if missing else row

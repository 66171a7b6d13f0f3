"""Whoever asks for the time is handed a clock, so that `--now` reaches every part."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import invekto

PACKAGE = Path(invekto.__file__).parent
CLOCK = "contracts/clock.py"
OF_THE_MACHINE = {
    "cli/backup.py": "the day in an archive's name",
    "db/backup.py": "when an archive was written",
    "db/tenant_copy.py": "when an archive was written",
    "db/worker.py": "when a job is tried again, by the queue's own clock",
    "evals/bench.py": "when a benchmark ran",
}
"""Files that stamp what the machine itself did, each with what."""
ASKING = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
          ("time", "time")}  # fmt: skip


def asked_for_the_time(source: str) -> list[int]:
    """Lines that read the machine's clock instead of the one that was handed over."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in ASKING
    ]


def test_only_the_clock_reads_the_clock() -> None:
    found = {
        str(file.relative_to(PACKAGE)): lines
        for file in PACKAGE.rglob("*.py")
        if (lines := asked_for_the_time(file.read_text("utf-8")))
    }
    assert set(found) == {CLOCK, *OF_THE_MACHINE}


@pytest.mark.parametrize(
    "source", ["datetime.now(UTC)", "a = time.time()", "f(date.today())", "datetime.utcnow()"]
)
def test_the_test_sees_it(source: str) -> None:
    assert asked_for_the_time(source) == [1]

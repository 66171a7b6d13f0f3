"""The gate: bounds hold on the fast suites, and what falls short closes it."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pytest
from rich.console import Console

from invekto.errors import BadData
from invekto.evals.gate import open_gate, print_gate, read_suites
from invekto.evals.kinds import right
from invekto.evals.page import page
from invekto.evals.run import GATE_CLOSED, run_eval


def _suites(tmp_path: Path, bounds: str) -> Path:
    path = tmp_path / "suites.yaml"
    path.write_text(
        "suites:\n- {name: small, kind: pii, fast: true,"
        " files: [invekto/evals/sets/pii/pii_dev.jsonl], bounds: {" + bounds + "}}\n"
    )
    return path


@pytest.mark.timeout(300)
def test_the_fast_suites_pass() -> None:
    gate = open_gate(fast=True)
    assert {s.suite.name: s.missed for s in gate.suites if not s.passed} == {}
    assert len(gate.suites) >= 2


def test_a_missed_bound_closes_it_and_says_which(tmp_path: Path) -> None:
    gate = open_gate(path=_suites(tmp_path, "false_alarms: {at_most: -1}, nothing: {at_least: 0}"))
    assert not gate.passed
    assert [m.split()[0] for m in gate.suites[0].missed] == ["false_alarms", "nothing"]


def test_worse_than_an_earlier_run_closes_it(tmp_path: Path) -> None:
    suites = _suites(tmp_path, "false_alarms: {at_most: 1}")
    gate = open_gate(path=suites)
    told = gate.as_dict()
    lines = told["suites"]["small"]["lines"]
    lines["right"] = [True] * len(lines["right"])
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps(told, default=str), encoding="utf-8")
    again = open_gate(path=suites, compare=earlier)
    comparison = again.suites[0].comparison
    assert comparison is not None
    assert again.passed is (comparison.verdict != "worse")
    assert len(comparison.broken) == right(gate.suites[0].report).count(False)
    told = again.as_dict()["suites"]["small"]
    assert told["comparison"]["broken"] == list(comparison.broken)
    assert set(told["data"]) == {"pii_dev.jsonl"}
    html = page([again.suites[0].report], [comparison], again.lines())
    assert escape(comparison.line()) in html
    broken = again.suites[0].report.predictions[comparison.broken[0]]["text"]
    assert escape(broken) in html
    console = Console(record=True, width=200)
    print_gate(again, console)
    assert broken[:40] in console.export_text()


def test_the_exit_code_of_a_closed_gate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    suites = _suites(tmp_path, "false_alarms: {at_most: -1}")
    monkeypatch.setattr("invekto.evals.gate.SUITES", suites)
    out, html = tmp_path / "all.json", tmp_path / "all.html"
    with pytest.raises(SystemExit) as stopped:
        run_eval("all", [], json_out=out, html=html, fast=True)
    assert stopped.value.code == GATE_CLOSED
    assert json.loads(out.read_text("utf-8"))["passed"] is False
    assert "false_alarms" in html.read_text("utf-8")


@pytest.mark.parametrize(
    "text", ["", "suites: 3", "suites: [{name: x}]", "suites: [{name: x, kind: what}]", "a: [b"]
)
def test_a_broken_list_of_suites_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "suites.yaml"
    path.write_text(text)
    with pytest.raises(BadData, match="list of suites"):
        read_suites(path)


def test_a_suite_without_files_cannot_run(tmp_path: Path) -> None:
    path = tmp_path / "suites.yaml"
    path.write_text("suites: [{name: gone, kind: pii, files: [no/such/*.jsonl], bounds: {}}]")
    with pytest.raises(BadData, match="gone"):
        open_gate(path=path)

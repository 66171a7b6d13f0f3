"""`invekto eval`: every kind dispatched, corrupt lines named, outputs as the format says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from invekto.errors import BadData, BadRequest, InvektoError, OperatorNeeded
from invekto.evals import kinds
from invekto.evals.compare import compare_with, paired
from invekto.evals.kinds import KINDS, digest, right
from invekto.evals.page import page
from invekto.evals.report import Report
from invekto.evals.run import as_json, run_eval, write

GOOD: list[dict[str, Any]] = [
    {"text": "mailim ayse@posta.example", "lang": "tr",
     "spans": [{"start": 7, "end": 25, "type": "EMAIL"}]},
    {"text": "kargom nerede", "lang": "tr", "spans": []},
]  # fmt: skip


@pytest.fixture
def pii(tmp_path: Path) -> Path:
    lines = [json.dumps(GOOD[0]), "{broken", "", '{"text": "no spans"}', json.dumps(GOOD[1])]
    path = tmp_path / "pii.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_corrupt_lines_are_named_and_the_rest_is_scored(pii: Path, tmp_path: Path) -> None:
    out, lines = tmp_path / "deep" / "out.json", tmp_path / "lines.jsonl"
    run_eval("pii", [pii], json_out=out, predictions=lines, html=tmp_path / "page.html")
    told = json.loads(out.read_text("utf-8"))
    assert {"kind", "n", "metrics", "by", "errors"} <= set(told)
    assert (told["kind"], told["n"]) == ("pii", 2)
    assert [e["line"] for e in told["errors"]] == [2, 4]
    assert told["lines"]["right"] == [True, True]
    predicted = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    assert [{k: p[k] for k in g} for p, g in zip(predicted, GOOD, strict=True)] == GOOD
    assert predicted[0]["predicted"] == GOOD[0]["spans"]


def test_the_page_loads_nothing_from_anywhere(pii: Path, tmp_path: Path) -> None:
    run_eval("pii", [pii], html=tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text("utf-8")
    assert html.startswith("<!doctype html>")
    assert not re.search(r"(src|href)=|https?://|@import|<script", html)


def test_what_customers_wrote_is_text_on_the_page() -> None:
    bad = "<script>alert(1)</script>"
    report = Report("attacks", 1, {"caught": 0.0}, errors=[{"text": bad}])
    assert bad not in page([report])


def test_confidences_are_drawn() -> None:
    rows = [
        {"text": str(n), "intent": "a", "predicted": "a" if n % 3 else "b", "confidence": n / 20}
        for n in range(20)
    ]
    html = page([Report("intents", 20, {"accuracy": 0.7}, predictions=rows)])
    for title in ("Calibration", "Risk against coverage", "Confused", "right, by intent"):
        assert title in html


@pytest.mark.parametrize(
    ("kind", "files", "train", "problem"),
    [
        ("nothing", [Path("x")], None, BadRequest),
        ("pii", [], None, BadRequest),
        ("pii", [Path("x")], Path("y"), BadRequest),
        ("retrieval", [Path("x")], None, BadRequest),
        ("pii", [Path("/nowhere.jsonl")], None, BadData),
        ("scenarios", [Path("/nowhere.yaml")], None, BadData),
        ("all", [Path("x")], None, BadRequest),
    ],
)
def test_what_cannot_run_says_so(
    kind: str, files: list[Path], train: Path | None, problem: type[InvektoError]
) -> None:
    with pytest.raises(problem):
        run_eval(kind, files, train=train)


def test_every_kind_of_the_format_has_a_scorer() -> None:
    assert set(KINDS) >= {
        "intents", "multi", "pii", "attacks", "replies", "retrieval", "scenarios",
    }  # fmt: skip
    assert set(kinds._SCORERS) | {"intents"} == set(KINDS)


def test_a_file_that_cannot_be_written_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorNeeded):
        write(tmp_path / "file" / "out.json", "{}")


def test_figures_that_are_no_numbers_stay_json() -> None:
    told = json.loads(as_json(Report("attacks", 0, {"caught": float("nan"), "n": None})))
    assert told["metrics"] == {"caught": None, "n": None}


def _attacks(predicted: list[bool]) -> Report:
    rows = [
        {"text": str(n), "lang": "tr", "attack": True, "predicted": p}
        for n, p in enumerate(predicted)
    ]
    return Report("attacks", len(rows), {}, predictions=rows)


def test_much_better_is_better_and_much_worse_is_worse() -> None:
    half = [n % 2 == 0 for n in range(100)]
    assert paired(half, [True] * 100).verdict == "better"
    worse = paired([True] * 100, half)
    assert worse.verdict == "worse"
    assert worse.broken == tuple(range(1, 100, 2))


def test_one_line_more_or_less_is_noise() -> None:
    before = [True] * 99 + [False]
    assert paired(before, [False] + [True] * 98 + [False]).verdict == "noise"
    assert paired(before, before).verdict == "noise"


def test_the_same_lines_are_needed_for_a_comparison(tmp_path: Path) -> None:
    path = tmp_path / "before.json"
    path.write_text(as_json(_attacks([True, False])), encoding="utf-8")
    assert compare_with(path, _attacks([True, True])).mended == (1,)
    with pytest.raises(BadData, match="other lines"):
        compare_with(path, _attacks([True, True, True]))
    path.write_text("[]")
    with pytest.raises(BadData, match="not a report"):
        compare_with(path, _attacks([True]))


def test_right_and_digest_depend_on_what_they_should() -> None:
    one, other = _attacks([True, False]), _attacks([False, False])
    assert digest(one) == digest(other)
    assert (right(one), right(other)) == ([True, False], [False, False])

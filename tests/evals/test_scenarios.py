"""Every scenario through the real engine on one database, scored on its final state first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from invekto.evals.personas.persona import read_personas
from invekto.evals.report import Report
from invekto.evals.scenario import read_scenarios, schema
from invekto.evals.scenarios import run_scenarios
from tests.evals.conftest import House

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tests" / "scenarios").glob("*.yaml"))
PERSONAS = ROOT / "invekto" / "evals" / "sets" / "personas" / "personas.yaml"
SCENARIOS, PROBLEMS = read_scenarios(FILES)
KNOWN = yaml.safe_load(Path(__file__).with_name("known_failures.yaml").read_text("utf-8"))


def _cases():
    for scenario in SCENARIOS:
        marks = []
        if scenario.name in KNOWN:
            marks = [pytest.mark.xfail(reason=KNOWN[scenario.name], strict=False)]
        yield pytest.param(scenario.name, marks=marks)


@pytest.fixture(scope="module")
async def report(house: House) -> Report:
    return await run_scenarios(house.engine, SCENARIOS)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", list(_cases()))
async def test_scenario(report: Report, name: str) -> None:
    row = next(row for row in report.predictions if row["name"] == name)
    told = [f"{turn['say']}: {problem}" for turn in row["turns"] for problem in turn["problems"]]
    assert [*row["state_problems"], *told] == []


async def test_no_automatic_reply_is_wrong(report: Report) -> None:
    assert report.metrics["automatic_replies"] >= 10
    assert report.metrics["wrong_automatic_replies"] == 0


def test_all_files_are_read_and_half_ends_without_what_was_wanted() -> None:
    assert PROBLEMS == []
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS) >= 125
    wanted = sum(scenario.kind == "success" for scenario in SCENARIOS)
    assert wanted <= len(SCENARIOS) / 2
    personas = {persona.name for persona in read_personas([PERSONAS])[0]}
    assert set(KNOWN) <= {scenario.name for scenario in SCENARIOS} | personas


def test_the_published_schema_is_this_codes() -> None:
    published = json.loads((ROOT / "docs" / "schemas" / "scenario.json").read_text("utf-8"))
    assert published == schema(), "make it anew: python -m invekto.evals.scenario"

"""Every scenario through the real engine on one database, scored on its final state first."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import yaml

from invekto.agent.handling import handle, store
from invekto.contracts.messages import InboundMessage
from invekto.contracts.understanding import Understanding
from invekto.evals.personas.persona import read_personas
from invekto.evals.report import Report
from invekto.evals.scenario import read_scenarios, schema
from invekto.evals.scenarios import run_scenarios
from invekto.server.logs import configure_logs
from invekto.settings import Settings
from tests.conftest import HOME
from tests.evals.conftest import House

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tests" / "scenarios").glob("*.yaml"))
PERSONAS = ROOT / "invekto" / "evals" / "sets" / "personas" / "personas.yaml"
SCENARIOS, PROBLEMS = read_scenarios(FILES)
KNOWN = yaml.safe_load(Path(__file__).with_name("known_failures.yaml").read_text("utf-8"))


def _cases() -> Iterator[object]:
    for scenario in SCENARIOS:
        marks = []
        if scenario.name in KNOWN:
            marks = [pytest.mark.xfail(reason=KNOWN[scenario.name], strict=False)]
        yield pytest.param(scenario.name, marks=marks)


@pytest.fixture(scope="module")
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, at the most talkative level."""
    stream, root = io.StringIO(), logging.getLogger()
    before = root.handlers[:]
    configure_logs(Settings(data_dir=HOME, log_level="DEBUG"))
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    configure_logs(Settings(data_dir=HOME, log_level="ERROR"))
    root.handlers[:] = before


@pytest.fixture(scope="module")
async def report(house: House, logged: io.StringIO) -> Report:
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


SHOP = "nehir-moda"  # a clinic's customers are not read before they have consented
PERSONAL = """
    SELECT v FROM (
        SELECT unnest(ARRAY[name, phone, channel_user_id]) FROM contacts
        UNION SELECT unnest(ARRAY[customer_name, customer_phone, customer_email,
            tracking_number, address ->> 'street', address ->> 'line']) FROM orders
        UNION SELECT unnest(ARRAY[patient_name, patient_phone]) FROM appointments
        UNION SELECT unnest(ARRAY[name, phone]) FROM leads
        UNION SELECT text FROM messages UNION SELECT text FROM outbound_messages
        UNION SELECT reply_text FROM suggested_replies
    ) AS found (v) WHERE length(v) >= 8"""
"""What is of people in the demo's and the scenarios' rows: who they are, what was said."""


class Breaking:
    """An understanding that fails with the customer's words in its message."""

    def understand(self, text: str, **_: object) -> Understanding:
        raise ValueError(f"cannot read {text!r}")


async def test_nobody_can_be_recognised_in_the_logs_of_all_scenarios(
    house: House, report: Report, logged: io.StringIO
) -> None:
    deps = replace(house.engine.deps, understander=Breaking())
    broken = replace(house.engine, deps=deps)
    for n, scenario in enumerate(SCENARIOS[:20]):
        said = InboundMessage(
            "whatsapp", f"90532999{n:04}", f"wamid.broken.{n}", f"{scenario.name}: bozuk mesaj {n}",
            house.engine.deps.clock(), name=f"Nurbanu Kırık{n}", phone=f"+90532999{n:04}",
        )  # fmt: skip
        received = await store(broken, SHOP, said)
        await handle(broken, SHOP, received.conversation_id)
    text = logged.getvalue()
    assert sum(json.loads(line)["event"] == "turn_failed" for line in text.splitlines()) >= 20
    with psycopg.connect(house.database.owner_dsn) as conn:
        personal = [str(row[0]) for row in conn.execute(PERSONAL).fetchall()]
    assert len(personal) > 500
    assert [value for value in personal if value in text] == []


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

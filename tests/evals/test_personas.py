"""Simulated customers: manners that keep numbers whole, answers by rule, pass^k, and every persona
once through the real engine."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from invekto.db.pool import Database
from invekto.errors import BadData
from invekto.evals.personas.customer import ByModel, ByRules, Heard
from invekto.evals.personas.manners import in_mood, typed
from invekto.evals.personas.persona import Persona, read_personas
from invekto.evals.personas.scoring import pass_k, run_personas
from invekto.evals.report import Report
from invekto.llm.chat import ChatModel
from invekto.llm.purse import Limits, Purse
from invekto.settings import ModelSettings
from tests.conftest import TenantPair
from tests.doubles.openai_server import gives, scripted_endpoint
from tests.evals.conftest import House

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "invekto" / "evals" / "sets" / "personas" / "personas.yaml"
PERSONAS, PROBLEMS = read_personas([FILE])
KNOWN = yaml.safe_load(Path(__file__).with_name("known_failures.yaml").read_text("utf-8"))
STYLES = ("careful", "bare", "typos", "bursts", "capitals")


def _persona(**more: object) -> Persona:
    told = {
        "name": "x", "about": "x", "tenant": "nehir-moda", "kind": "success",
        "contact": {"phone": "+905550009999"}, "goal": "x", "opening": ["merhaba, kargom nerede?"],
    }  # fmt: skip
    return Persona.model_validate(told | more)


@given(st.text(alphabet="abcçğıiöşüAİ0123456789 ,.!?-", max_size=60), st.sampled_from(STYLES),
       st.integers(0, 99))  # fmt: skip
def test_no_style_changes_a_number(text: str, style: str, seed: int) -> None:
    told = " ".join(typed(text, style, "tr", Random(seed)))
    assert re.findall(r"\d+", told) == re.findall(r"\d+", text)


def test_styles_do_what_they_are_called() -> None:
    text, dice = "Merhaba, siparişim nerede? NM-10452", Random(1)
    assert typed(text, "careful", "tr", dice) == [text]
    assert typed(text, "bare", "tr", dice) == ["mrb siparisim nerede nm-10452"]
    assert typed(text, "bursts", "tr", dice) == ["Merhaba,", "siparişim nerede?", "NM-10452"]
    assert typed("iyi ısın", "capitals", "tr", dice) == ["İYİ ISIN"]
    (slip,) = typed(text, "typos", "tr", dice)
    assert sorted(slip) == sorted(text) != list(text)
    assert in_mood("x", "calm", "tr", dice) == "x"


async def test_answers_what_is_asked_and_owns_up_to_what_it_does_not_know() -> None:
    customer = ByRules(_persona(knows={"order": ["NM-1"]}, asks_again=0), 0)
    assert await customer.says(None) == ["merhaba, kargom nerede?"]
    assert await customer.says(Heard("Hangisi?", "order", with_person=False)) == ["NM-1"]
    said = await customer.says(Heard("Hangi gün?", "day", with_person=False))
    assert said[0] in {"bilmiyorum", "hatırlamıyorum", "fark etmez"}
    assert await customer.says(Heard("Tamam.", None, with_person=False)) == []


async def test_changes_its_mind_once_and_then_knows_otherwise() -> None:
    change = {"after": 1, "say": ["yok salı olsun"], "knows": {"day": ["salı"]}}
    customer = ByRules(_persona(change=change, knows={"day": ["pazartesi"]}), 0)
    asked = Heard("Hangi gün?", "day", with_person=False)
    await customer.says(None)
    assert [await customer.says(asked), await customer.says(asked)] == [
        ["yok salı olsun"], ["salı"],
    ]  # fmt: skip


async def test_switches_language_and_loses_patience() -> None:
    knows = {"day": {"tr": ["yarın"], "en": ["tomorrow"]}}
    switch = {"after": 2, "to": "en"}
    customer = ByRules(_persona(knows=knows, switch=switch, patience=3), 0)
    asked = Heard("?", "day", with_person=False)
    said = [await customer.says(None), *[await customer.says(asked) for _ in range(3)]]
    assert said[1:] == [["yarın"], ["tomorrow"], []]


def test_the_same_seed_says_the_same() -> None:
    runs = [[ByRules(p, seed).persona.opening for p in PERSONAS] for seed in (1, 1)]
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    ("passed", "runs", "k", "expected"),
    [(4, 4, 4, 1.0), (3, 4, 1, 0.75), (3, 4, 2, 0.5), (3, 4, 4, 0.0), (0, 4, 1, 0.0)],
)
def test_pass_k(passed: int, runs: int, k: int, expected: float) -> None:
    assert pass_k(passed, runs, k) == expected


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("personas: [{name: x}]")
    with pytest.raises(BadData, match="no usable persona"):
        read_personas([path])
    path.write_text("nothing: here")
    with pytest.raises(BadData, match="no list"):
        read_personas([path])


def test_the_set_is_read_whole_and_half_ends_without_what_was_wanted() -> None:
    assert PROBLEMS == []
    assert len(PERSONAS) >= 20
    assert {p.tenant for p in PERSONAS} == {"nehir-moda", "inci-dis", "lale-estetik"}
    assert sum(p.kind == "success" for p in PERSONAS) <= 0.6 * len(PERSONAS)


@pytest.fixture(scope="module")
async def report(house: House) -> Report:
    @asynccontextmanager
    async def the_same(_: int) -> AsyncIterator[Database]:
        yield house.engine.deps.database

    return await run_personas(house.engine, PERSONAS, 1, the_same)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [p.name for p in PERSONAS])
async def test_persona(report: Report, name: str) -> None:
    row = next(row for row in report.predictions if row["name"] == name)
    if name in KNOWN and not row["passed"]:
        pytest.xfail(KNOWN[name])
    assert row["talks"][0]["problems"] == [], row["talks"][0]["said"]


async def test_a_customer_played_by_the_model_stays_in_its_role_and_ends(
    db: Database, tenant_pair: TenantPair
) -> None:
    with scripted_endpoint() as endpoint:
        endpoint.script = [
            gives(message="kargom nerede", done=False),
            gives(message="NM-1", done=False),
            gives(message="", done=True),
        ]
        model = ChatModel(
            ModelSettings(
                api_key=SecretStr("test"), base_url=endpoint.base_url, chat_model="scripted",
                timeout_seconds=2, retries=0,
            )
        )  # fmt: skip
        purse = Purse(db, tenant_pair.ours, date(2026, 11, 25), Limits())
        customer = ByModel(_persona(knows={"order": ["NM-1"]}), model, purse, seed=3)
        said = [
            await customer.says(None),
            await customer.says(Heard("Hangisi?", "order", with_person=False)),
            await customer.says(Heard("Yolda.", None, with_person=False)),
        ]
        await model.aclose()
    assert said == [["kargom nerede"], ["NM-1"], []]
    first, second, _ = (request["messages"] for request in endpoint.requests)
    assert "order: ['NM-1']" in first[0]["content"]
    assert [message["role"] for message in second] == ["system", "assistant", "user"]

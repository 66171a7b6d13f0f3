"""ragas: figures that can be worked out by hand, and the judge with a scripted endpoint."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import date

import pytest
from pydantic import SecretStr

from invekto.db.pool import Database
from invekto.evals.judging import Answer, judged
from invekto.evals.ragas_measures import contexts, presence, strings, tool_calls
from invekto.llm.chat import ChatModel
from invekto.llm.purse import Limits, Purse
from invekto.settings import ModelSettings
from tests.conftest import TenantPair
from tests.doubles.openai_server import Scripted, message, scripted_endpoint

ANSWER = Answer("pazar açık mısınız", "Pazar günleri kapalıyız.", ("Pazar günleri kapalıyız.",))


def test_contexts_by_id() -> None:
    told = contexts([(["a", "b", "c", "d", "e"], ["b"]), (["a"], ["x"])])
    assert told["ragas_context_recall"] == pytest.approx(0.5)
    assert told["ragas_context_precision"] == pytest.approx(0.1)


def test_tool_calls_where_any_were_made_or_expected() -> None:
    told = tool_calls([
        (["slots.book"], ["slots.book"]),
        (["slots.cancel"], ["slots.book"]),
        ([], ["slots.book"]),
        ([], []),
    ])  # fmt: skip
    assert told["ragas_tool_call_f1"] == pytest.approx(1 / 3)
    assert told["ragas_tool_call_accuracy"] == pytest.approx(1 / 3)
    assert tool_calls([([], [])]) == {}


def test_strings() -> None:
    told = strings([("açığız", "açığız"), ("abcd", "abce")])
    assert told["ragas_string_similarity"] == pytest.approx((1 + 0.75) / 2)
    assert presence([("bugün 18.30", "18.30"), ("bugün", "18.30")]) == {
        "ragas_string_presence": 0.5
    }


@pytest.fixture
def endpoint() -> Iterator[Scripted]:
    with scripted_endpoint() as scripted:
        yield scripted


@pytest.fixture
async def model(endpoint: Scripted) -> AsyncIterator[ChatModel]:
    made = ChatModel(
        ModelSettings(
            api_key=SecretStr("test"), base_url=endpoint.base_url, chat_model="the-judge",
            timeout_seconds=2, retries=0,
        )
    )  # fmt: skip
    yield made
    await made.aclose()


def _by_schema(body: dict[str, object]) -> object:
    """Answers each of ragas' prompts by the shape it asks for."""
    schema = json.dumps(body.get("response_format"))
    if "noncommittal" in schema:
        said = {"question": "pazar açık mısınız", "noncommittal": 0}
    elif "verdict" in schema:
        one = {"statement": "Pazar günleri kapalıyız.", "reason": "so it says", "verdict": 1}
        said = {"statements": [one]}
    else:
        said = {"statements": ["Pazar günleri kapalıyız."]}
    return message(json.dumps(said, ensure_ascii=False))


async def test_the_judge_is_named(
    db: Database, tenant_pair: TenantPair, endpoint: Scripted, model: ChatModel
) -> None:
    endpoint.script = [_by_schema]
    purse = Purse(db, tenant_pair.ours, date(2026, 11, 25), Limits())
    told = await judged([ANSWER], model, purse)
    assert (told["judge"], told["judged"], told["judge_failed"]) == ("the-judge", 1, 0)
    assert told["ragas_faithfulness"] == 1.0
    assert told["ragas_answer_relevancy"] == pytest.approx(1.0)
    assert len(endpoint.requests) == 5, "two for faithfulness, three questions for relevancy"


async def test_a_judge_that_fails_is_counted_and_none_judges_nothing(
    db: Database, tenant_pair: TenantPair, endpoint: Scripted, model: ChatModel
) -> None:
    endpoint.script = [lambda _: message("no JSON")]
    purse = Purse(db, tenant_pair.ours, date(2026, 11, 25), Limits())
    told = await judged([ANSWER], model, purse)
    assert (told["judged"], told["judge_failed"]) == (0, 1)
    assert await judged([ANSWER], None, purse) == {}

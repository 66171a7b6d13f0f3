"""The second look at what a model wrote: it may hold a reply back, never let one through."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from invekto.agent.assembly import Engine
from invekto.contracts.evidence import Path
from invekto.contracts.guard import Outcome
from invekto.llm.chat import ChatModel
from invekto.settings import ModelSettings
from tests.agent.conftest import AYSE, Answer, Desk
from tests.doubles.openai_server import (
    Behaviour,
    Scripted,
    fails,
    garbage,
    gives,
    says,
    scripted_endpoint,
    sleeps,
)

ASKED = "pazar günü açık mısınız"
WRITTEN = "Pazar günleri kapalıyız, hafta içi görüşmek üzere."


@pytest.fixture
def endpoint() -> Iterator[Scripted]:
    with scripted_endpoint() as scripted:
        yield scripted


@pytest.fixture
async def fluent(desk: Desk, endpoint: Scripted) -> AsyncIterator[Desk]:
    """The desk with an endpoint that puts the built-in reply into words."""
    settings = ModelSettings(
        api_key=SecretStr("test"), base_url=endpoint.base_url, chat_model="scripted",
        timeout_seconds=1.5, retries=0,
    )  # fmt: skip
    model = ChatModel(settings)
    yield Desk(Engine(replace(desk.engine.deps, model=model), desk.engine.shelf))
    await model.aclose()


def held_back(answer: Answer) -> list[str]:
    guard = answer.worked.state.guard
    assert guard is not None
    return [finding.reason for finding in guard.findings if finding.rail == "entailed"]


async def test_what_the_facts_bear_out_passes(fluent: Desk, endpoint: Scripted) -> None:
    endpoint.script = [gives(reply=WRITTEN), gives(unsupported=[])]
    answer = await fluent.say("nehir-moda", AYSE, ASKED)
    assert answer.draft.path is Path.MODEL
    assert answer.worked.state.guard is not None
    assert answer.worked.state.guard.findings == ()
    assert [c["operation"] for c in answer.worked.state.model_calls] == ["compose", "entail"]
    assert "Facts:" in str(endpoint.requests[-1])
    assert "Pazar günleri kapalıyız" in str(endpoint.requests[-1])


async def test_what_they_do_not_is_for_a_person(fluent: Desk, endpoint: Scripted) -> None:
    endpoint.script = [gives(reply=WRITTEN), gives(unsupported=["hafta içi görüşmek üzere"])]
    answer = await fluent.say("nehir-moda", AYSE, ASKED)
    assert held_back(answer) == ["ungrounded"]
    assert answer.committed.outcome == "suggested"
    assert answer.worked.state.guard is not None
    assert answer.worked.state.guard.outcome is Outcome.ASK_PERSON


UNUSABLE = {
    "server error": fails(500),
    "garbage": garbage(),
    "too slow": sleeps(3),
    "not of the shape": gives(verdict="fine"),
    "prose": says("Everything is supported!"),
    "a made-up placeholder": gives(unsupported=["Sayın ⟦PERSON_9⟧"]),
}


@pytest.mark.parametrize("behaviour", UNUSABLE.values(), ids=UNUSABLE)
async def test_no_usable_answer_is_never_automatic(
    fluent: Desk, endpoint: Scripted, behaviour: Behaviour
) -> None:
    endpoint.script = [gives(reply=WRITTEN), behaviour]
    answer = await fluent.say("nehir-moda", AYSE, ASKED)
    assert held_back(answer) == ["rail_failed"]
    assert answer.committed.outcome == "suggested"


async def test_a_built_in_reply_is_not_asked_about(fluent: Desk, endpoint: Scripted) -> None:
    endpoint.script = [fails(500)]
    answer = await fluent.say("nehir-moda", AYSE, ASKED)
    assert answer.draft.path is not Path.MODEL
    assert [c["operation"] for c in answer.worked.state.model_calls] == ["compose"]


async def test_what_the_rails_stop_is_not_asked_about(fluent: Desk, endpoint: Scripted) -> None:
    endpoint.script = [gives(reply="Pazar günü 10.00-18.00 açığız."), gives(unsupported=[])]
    answer = await fluent.say("nehir-moda", AYSE, ASKED)
    assert [c["operation"] for c in answer.worked.state.model_calls] == ["compose"]

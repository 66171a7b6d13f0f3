"""Embeddings of an endpoint: unit vectors, what leaves for it, and what it may do wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse, PlainTextResponse

from invekto.agent.assembly import Engine
from invekto.db.pool import Database
from invekto.errors import ModelUnavailable
from invekto.guardrails.pseudonyms import Pseudonyms
from invekto.knowledge import chunks, dense
from invekto.knowledge.chunks import Chunk, Owner
from invekto.llm.endpoint_embedding import EndpointEmbedding
from invekto.settings import ModelSettings
from tests.agent.conftest import AYSE, Desk, desk, engine  # noqa: F401 - fixtures
from tests.conftest import TenantPair
from tests.doubles.openai_server import Behaviour, Scripted, fails, scripted_endpoint


def embeds(body: dict[str, Any]) -> Any:
    """One vector a text, not of unit length, in the wrong order."""
    data = [
        {"object": "embedding", "index": at, "embedding": [3.0, float(len(text)), 0.0]}
        for at, text in enumerate(body["input"])
    ]
    usage = {"prompt_tokens": 7, "total_tokens": 7}
    return JSONResponse(
        {"object": "list", "model": body["model"], "data": data[::-1], "usage": usage}
    )


def short(body: dict[str, Any]) -> Any:
    return JSONResponse({"object": "list", "model": body["model"], "data": [], "usage": None})


def html(_: dict[str, Any]) -> Any:
    return PlainTextResponse("<html>no</html>")


@pytest.fixture
async def embedding() -> AsyncIterator[tuple[EndpointEmbedding, Scripted]]:
    with scripted_endpoint() as endpoint:
        endpoint.script = [embeds]
        settings = ModelSettings(
            base_url=endpoint.base_url, api_key=SecretStr("k"), retries=0, timeout_seconds=5
        )
        made = EndpointEmbedding(settings, "small")
        yield made, endpoint
        await made.aclose()


async def test_unit_vectors_in_the_order_asked(
    embedding: tuple[EndpointEmbedding, Scripted],
) -> None:
    made, endpoint = embedding
    vectors = await made.documents(["a", "bbbb"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.allclose(vectors[1], [0.6, 0.8, 0])
    await made.named("old").query("soru")
    assert [request["model"] for request in endpoint.requests] == ["small", "old"]


@pytest.mark.parametrize("wrong", [short, html])
async def test_an_answer_of_another_shape_is_an_endpoint_that_is_not_there(
    embedding: tuple[EndpointEmbedding, Scripted], wrong: Behaviour
) -> None:
    made, endpoint = embedding
    endpoint.script = [wrong]
    with pytest.raises(ModelUnavailable):
        await made.query("soru")


async def test_no_personal_data_leaves_for_the_endpoint(
    db: Database, tenant_pair: TenantPair, embedding: tuple[EndpointEmbedding, Scripted]
) -> None:
    made, endpoint = embedding
    async with db.tenant(tenant_pair.ours) as conn:
        text = "Sorular için Ayşe Yılmaz, 0532 111 22 33, ayse@example.com"
        await chunks.add(conn, Owner("a", 1, "txt", "a.txt"), [Chunk("text", text, "tr")])
        await chunks.switch(conn, "a", 1)
    assert await dense.fill(db, tenant_pair.ours, made, Pseudonyms().hide) == 1
    assert "Sorular" in endpoint.sent
    assert "111 22 33" not in endpoint.sent
    assert "ayse@example.com" not in endpoint.sent
    async with db.tenant(tenant_pair.ours) as conn:
        assert await dense.serving(conn) == "small"


async def test_a_turn_asks_the_endpoint_without_personal_data_and_goes_on_when_it_fails(
    desk: Desk,  # noqa: F811 - the fixture
    embedding: tuple[EndpointEmbedding, Scripted],
) -> None:
    made, endpoint = embedding
    shelf, deps = desk.engine.shelf, desk.engine.deps
    await dense.fill(deps.database, "nehir-moda", made)
    asked = len(endpoint.requests)
    writing = Desk(Engine(replace(deps, embedding=made), shelf))
    text = "kargo ücreti ne kadar, beni 0533 222 33 44 ten arayın"
    answer = await writing.say("nehir-moda", AYSE, text)
    sent = str(endpoint.requests[asked:])
    assert "kargo ücreti" in sent
    assert "222 33 44" not in sent
    assert answer.committed.reply
    endpoint.script = [fails(500)]
    answer = await writing.say("nehir-moda", AYSE, "kargo ücreti ne kadar")
    assert "59,90" in (answer.committed.reply or "")
    vector = await dense.question_vector(deps.database, "nehir-moda", made, "kargo")
    assert vector is None

"""What operators see: spans of a turn by the conventions, metrics without people, ids in logs."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from invekto.db.pool import Database
from invekto.db.worker import drain
from invekto.llm.chat import Calls, ChatModel
from invekto.llm.purse import Limits, Purse
from invekto.server.app import create_app
from invekto.server.jobs.tasks import all_tasks
from invekto.server.traced_http import TracedTransport
from invekto.settings import ModelSettings
from invekto.tracing import OFF, tracer_from, tracer_into
from tests.conftest import TestDatabase
from tests.doubles.openai_server import says, scripted_endpoint
from tests.server.conftest import House
from tests.server.test_logs import logged  # noqa: F401 - a fixture

PERSONAL = ("Zeynep", "905441112233", "gizli sipariş")


@pytest.fixture
async def observed(
    house: House, database: TestDatabase
) -> AsyncIterator[tuple[House, InMemorySpanExporter]]:
    """A house whose spans are kept."""
    kept = InMemorySpanExporter()
    tracer = tracer_into(SimpleSpanProcessor(kept))
    async with Database(database.app_dsn, tracer=tracer) as traced:
        turn_deps = replace(house.deps.engine.deps, database=traced, tracer=tracer)
        deps = replace(house.deps, engine=replace(house.deps.engine, deps=turn_deps))
        yield House(house.tenant_id, deps, create_app(deps), house.api_key), kept


async def say(house: House, database: TestDatabase, n: int, text: str) -> None:
    sender = {"id": "905441112233", "name": "Zeynep", "phone": "+905441112233"}
    async with house.program() as program:
        body = {"message_id": f"seen{n}", "from": sender, "text": text}
        assert (await program.post("/v1/messages", json=body)).status_code == 202
    await drain(database.worker_dsn, all_tasks(house.deps))


async def test_a_turn_is_one_trace_with_its_nodes_and_statements(
    observed: tuple[House, InMemorySpanExporter], database: TestDatabase
) -> None:
    house, kept = observed
    await say(house, database, 1, "merhaba, gizli sipariş, adres nerede")
    spans = kept.get_finished_spans()
    (turn,) = [s for s in spans if s.name == "invoke_agent invekto"]
    assert turn.attributes is not None
    assert turn.attributes["gen_ai.operation.name"] == "invoke_agent"
    assert turn.attributes["invekto.tenant"] == house.tenant_id
    assert turn.attributes["invekto.outcome"] in ("answered", "suggested", "handed_over")
    inside = [s for s in spans if s.context and turn.context
              and s.context.trace_id == turn.context.trace_id]  # fmt: skip
    names = {s.name for s in inside}
    assert {"node gate", "node understand", "node act", "node decide"} <= names
    assert {"BEGIN", "SELECT", "INSERT", "COMMIT"} & names >= {"BEGIN", "SELECT", "COMMIT"}
    for secret in PERSONAL:
        assert secret not in "".join(s.to_json() for s in spans)
    assert schema_of(turn) == "https://opentelemetry.io/schemas/1.37.0"


async def test_a_tool_is_a_span_inside_its_turn(
    observed: tuple[House, InMemorySpanExporter], database: TestDatabase
) -> None:
    house, kept = observed
    await say(house, database, 5, "çalışma saatleri")
    spans = kept.get_finished_spans()
    (turn,) = [s for s in spans if s.name == "invoke_agent invekto"]
    (tool,) = [s for s in spans if s.name.startswith("execute_tool")]
    assert tool.name == "execute_tool business.info"
    told = dict(tool.attributes or {})
    assert told.pop("error.type") == "Refused"  # this business has told no hours
    assert told == {
        "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "business.info",
        "gen_ai.tool.type": "function", "invekto.step": "read",
    }  # fmt: skip
    assert tool.context is not None
    assert turn.context is not None
    assert tool.context.trace_id == turn.context.trace_id
    (job,) = [s for s in spans if s.name == "job turn"]
    assert turn.parent is not None
    assert job.context is not None
    assert turn.parent.span_id == job.context.span_id


async def test_a_request_belongs_to_its_callers_trace_and_tells_no_id(
    observed: tuple[House, InMemorySpanExporter],
) -> None:
    house, kept = observed
    trace, caller = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    async with house.program() as program:
        headers = {"traceparent": f"00-{trace}-{caller}-01"}
        answer = await program.get("/v1/conversations/cv_zeynep", headers=headers)
        assert answer.status_code == 404
        await program.get("/healthz")
    (seen,) = [s for s in kept.get_finished_spans() if s.kind is SpanKind.SERVER]
    assert seen.name == "GET /v1/conversations/{conversation_id}"
    assert seen.attributes is not None
    assert seen.attributes["http.response.status_code"] == 404
    assert seen.context is not None
    assert format(seen.context.trace_id, "032x") == trace
    assert seen.parent is not None
    assert format(seen.parent.span_id, "016x") == caller
    inside = [s for s in kept.get_finished_spans() if s.parent and s.parent.span_id
              == seen.context.span_id]  # fmt: skip
    assert {"BEGIN", "SELECT"} <= {s.name for s in inside}
    assert "cv_zeynep" not in seen.to_json()


async def test_what_is_asked_of_others_is_told_without_what() -> None:
    kept = InMemorySpanExporter()
    inner = httpx.MockTransport(lambda _: httpx.Response(503))
    transport = TracedTransport(tracer_into(SimpleSpanProcessor(kept)), inner)
    async with httpx.AsyncClient(transport=transport) as http:
        await http.post("https://graph.example/v23.0/123/messages?token=gizli", json={"to": "Z"})
    (seen,) = kept.get_finished_spans()
    assert (seen.name, seen.kind) == ("POST", SpanKind.CLIENT)
    assert dict(seen.attributes or {}) == {
        "http.request.method": "POST", "server.address": "graph.example", "url.scheme": "https",
        "http.response.status_code": 503, "error.type": "503",
    }  # fmt: skip


async def test_a_model_call_is_a_span_by_the_conventions(
    observed: tuple[House, InMemorySpanExporter], database: TestDatabase
) -> None:
    house, kept = observed
    tracer = house.deps.engine.deps.tracer
    with scripted_endpoint() as endpoint:
        endpoint.script = [says("Merhaba, nasıl yardımcı olabilirim?")]
        settings = ModelSettings(
            api_key=SecretStr("gizli anahtar"), base_url=endpoint.base_url, chat_model="scripted"
        )
        model = ChatModel(settings, tracer)
        try:
            purse = Purse(house.deps.database, house.tenant_id, date(2026, 11, 26), Limits())
            await model.converse(purse, Calls(), "chat", ["gizli sipariş"], [])
        finally:
            await model.aclose()
    (seen,) = [s for s in kept.get_finished_spans() if s.name == "chat scripted"]
    told = dict(seen.attributes or {})
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.request.model"] == "scripted"
    assert {
        "gen_ai.provider.name",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
    } <= set(told)
    assert seen.kind is SpanKind.CLIENT
    for secret in ("gizli sipariş", "gizli anahtar", "yardımcı"):
        assert secret not in seen.to_json()


def schema_of(span: ReadableSpan) -> str | None:
    assert span.instrumentation_scope is not None
    return span.instrumentation_scope.schema_url


async def test_a_node_that_breaks_is_marked_without_its_words(
    observed: tuple[House, InMemorySpanExporter], database: TestDatabase
) -> None:
    house, kept = observed
    await say(house, database, 2, "patla gizli sipariş")
    (broken,) = [s for s in kept.get_finished_spans() if s.name == "node understand"]
    assert broken.attributes is not None
    assert broken.attributes["error.type"] == "RuntimeError"
    assert "on purpose" not in broken.to_json()


async def test_metrics_name_no_tenant_contact_or_conversation(
    observed: tuple[House, InMemorySpanExporter], database: TestDatabase
) -> None:
    house, _ = observed
    await say(house, database, 3, "merhaba")
    async with house.client() as anybody:
        text = (await anybody.get("/metrics")).text
    families = {f.name: f for f in text_string_to_metric_families(text)}
    wanted = {"turns", "turn_seconds", "turn_node_seconds", "queue_age_seconds", "model_tokens",
              "model_cost", "model_breaker_open", "trust_changes", "deliveries"}  # fmt: skip
    assert {f"invekto_{name}" for name in wanted} <= set(families)
    labels = {label for f in families.values() for s in f.samples for label in s.labels}
    assert labels <= {"method", "route", "status", "channel", "fresh", "outcome", "node", "result",
                      "line", "le", "operation", "direction", "kind"}  # fmt: skip
    assert house.tenant_id not in text


def test_without_a_collector_there_is_no_tracing(house: House) -> None:
    assert tracer_from(house.deps.settings) is OFF


async def test_a_jobs_log_lines_carry_its_ids(
    house: House,
    database: TestDatabase,
    logged: io.StringIO,  # noqa: F811
) -> None:
    await say(house, database, 4, "patla")
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    (failed,) = [line for line in lines if line["event"] == "turn_failed"]
    assert failed["job"] == "turn"
    assert failed["tenant_id"] == house.tenant_id
    assert failed["conversation_id"].startswith("cv_")

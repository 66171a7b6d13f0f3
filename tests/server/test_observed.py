"""What operators see: spans of a turn by the conventions, metrics without people, ids in logs."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from invekto.db.pool import Database
from invekto.db.worker import drain
from invekto.server.app import create_app
from invekto.server.jobs.tasks import all_tasks
from invekto.tracing import OFF, tracer_from, tracer_into
from tests.conftest import TestDatabase
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

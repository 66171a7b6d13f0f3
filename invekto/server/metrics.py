"""Prometheus metrics of this process. No label ever holds a contact or a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUESTS = Counter(
    "invekto_requests_total", "HTTP requests", ("method", "route", "status"), registry=REGISTRY
)
REQUEST_SECONDS = Histogram(
    "invekto_request_seconds", "Time of HTTP requests", ("route",), registry=REGISTRY,
    buckets=BUCKETS,
)  # fmt: skip
RECEIVED = Counter(
    "invekto_messages_received_total", "Messages stored", ("channel", "fresh"), registry=REGISTRY
)
OUTCOMES = Counter(
    "invekto_turns_total", "Turns by how they ended", ("outcome",), registry=REGISTRY
)
TURN_SECONDS = Histogram(
    "invekto_turn_seconds", "Time of turns, without waiting", registry=REGISTRY, buckets=BUCKETS
)
NODE_SECONDS = Histogram(
    "invekto_turn_node_seconds", "Time of a turn's nodes", ("node",), registry=REGISTRY,
    buckets=BUCKETS,
)  # fmt: skip
DELIVERIES = Counter(
    "invekto_deliveries_total", "Attempts to deliver", ("channel", "result"), registry=REGISTRY
)
WEBHOOKS = Counter(
    "invekto_webhook_deliveries_total", "Attempts at outgoing webhooks", ("result",),
    registry=REGISTRY,
)  # fmt: skip
MODEL_CALLS = Counter(
    "invekto_model_calls_total", "Calls of the model endpoint", ("operation", "outcome"),
    registry=REGISTRY,
)  # fmt: skip
MODEL_SECONDS = Histogram(
    "invekto_model_call_seconds", "Time of model calls", ("operation",), registry=REGISTRY,
    buckets=BUCKETS,
)  # fmt: skip
MODEL_TOKENS = Counter(
    "invekto_model_tokens_total", "Tokens of the model", ("direction",), registry=REGISTRY
)
MODEL_COST = Counter(
    "invekto_model_cost_total", "What the model cost, in the currency of its prices",
    registry=REGISTRY,
)  # fmt: skip
BREAKER = Gauge(
    "invekto_model_breaker_open",
    "1 while the shared model endpoint is left alone",
    registry=REGISTRY,
)
TRUST = Gauge(
    "invekto_trust_changes", "Cells of all tenants that became automatic or fell, ever", ("kind",),
    registry=REGISTRY,
)  # fmt: skip
LISTENERS = Gauge("invekto_event_listeners", "Open server-sent event streams", registry=REGISTRY)
QUEUE_DUE = Gauge("invekto_queue_due_jobs", "Jobs that are due", ("line",), registry=REGISTRY)
QUEUE_AGE = Gauge(
    "invekto_queue_age_seconds", "How long the oldest due job has waited", ("line",),
    registry=REGISTRY,
)  # fmt: skip
QUEUE_FAILED = Gauge(
    "invekto_queue_failed_jobs", "Jobs that were given up, kept for a week", ("line",),
    registry=REGISTRY,
)  # fmt: skip


def measure_model(model: Any, calls: Sequence[dict[str, Any]], *, shared: bool = True) -> None:
    """Count the model calls of a turn, their tokens and their price, and the breaker's state of
    the endpoint that tenants share."""
    if model is None:
        return
    if shared:
        BREAKER.set(model.breaker.state == "open")
    prices = model.settings
    for call in calls:
        MODEL_CALLS.labels(call["operation"], call["outcome"]).inc()
        MODEL_SECONDS.labels(call["operation"]).observe(call["milliseconds"] / 1000)
        MODEL_TOKENS.labels("in").inc(call["tokens_in"])
        MODEL_TOKENS.labels("out").inc(call["tokens_out"])
        MODEL_COST.inc(
            float(
                prices.price_in_per_million * call["tokens_in"]
                + prices.price_out_per_million * call["tokens_out"]
            )
            / 1e6
        )

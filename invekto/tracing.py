"""OpenTelemetry spans: requests, jobs, turns with their nodes, tools, statements and model calls.

Off unless `INVEKTO_OTLP_ENDPOINT` is set. The tracer is handed around like everything else, or
found in the context of the span around (`running`), and never made the process's global one:
libraries that trace into the global one put what customers write into their spans. Names follow
the conventions of `SCHEMA`, those for generative AI included, which are still in development and
therefore pinned. No attribute holds text of a person, a phone or a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from opentelemetry.context import Context, attach, create_key, detach, get_value, set_value
from opentelemetry.trace import NoOpTracer, Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.util.types import AttributeValue

from invekto.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

SCHEMA = "https://opentelemetry.io/schemas/1.37.0"
OFF: Tracer = NoOpTracer()
_TRACER = create_key("invekto-tracer")


def tracer_from(settings: Settings) -> Tracer:
    """Exports to the configured collector over OTLP/HTTP, in batches; does nothing without one."""
    if settings.otlp_endpoint is None:
        return OFF
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    address = settings.otlp_endpoint.rstrip("/") + "/v1/traces"
    return tracer_into(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))


def tracer_into(processor: SpanProcessor) -> Tracer:
    """A tracer of our own that hands its spans to `processor`."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    from invekto import __version__

    resource = Resource.create({"service.name": "invekto", "service.version": __version__})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(processor)
    return provider.get_tracer("invekto", __version__, schema_url=SCHEMA)


def running() -> Tracer:
    """The tracer of the span around, where there is one."""
    return cast(Tracer, get_value(_TRACER) or OFF)


@contextmanager
def span(
    tracer: Tracer,
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: Context | None = None,
    **attributes: AttributeValue,
) -> Iterator[Span]:
    """A span around the block; an error marks it by its type, its message may quote a customer.
    Attribute names are written with `__` for a dot: `gen_ai__operation__name`. `parent` is a
    context that came from elsewhere; without one the span is inside the one that is open."""
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    token = attach(set_value(_TRACER, tracer, parent)) if tracer is not OFF else None
    try:
        with tracer.start_as_current_span(
            name, kind=kind, attributes=named, record_exception=False,
            set_status_on_exception=False,
        ) as opened:  # fmt: skip
            try:
                yield opened
            except Exception as error:
                opened.set_attribute("error.type", type(error).__name__)
                opened.set_status(Status(StatusCode.ERROR))
                raise
    finally:
        if token is not None:
            detach(token)

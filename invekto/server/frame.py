"""Around every request: an id for the logs, a limit on its size, security headers, its time."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import unquote

import structlog
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from invekto.contracts.ids import new_id
from invekto.knowledge.problems import explained
from invekto.server import metrics
from invekto.tracing import OFF, span

log = structlog.get_logger("invekto.request")

LARGEST_BODY = 1_000_000  # bytes
LARGEST_UPLOAD = 101_000_000  # bytes
UPLOADS = frozenset({"/v1/knowledge/documents", "/v1/imports", "/console/knowledge/documents"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
SECURITY = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,80}")
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class Frame:
    """ASGI middleware; the outermost one."""

    def __init__(self, app: ASGIApp, tracer: Tracer = OFF) -> None:
        self.app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif self._tracer is OFF or scope["path"] in QUIET:
            await self._framed(scope, receive, send)
        else:
            await self._traced(scope, receive, send)

    async def _traced(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Inside a span, which belongs to the caller's trace where the caller names one."""
        parent = TraceContextTextMapPropagator().extract(dict(Headers(scope=scope)))
        with span(
            self._tracer, scope["method"], SpanKind.SERVER, parent,
            http__request__method=scope["method"], url__scheme=scope["scheme"],
        ) as opened:  # fmt: skip
            status = await self._framed(scope, receive, send)
            template = _template(scope)
            opened.update_name(f"{scope['method']} {template}")
            opened.set_attribute("http.route", template)
            opened.set_attribute("http.response.status_code", status)
            if status >= 500:
                opened.set_attribute("error.type", str(status))
                opened.set_status(Status(StatusCode.ERROR))

    async def _framed(self, scope: Scope, receive: Receive, send: Send) -> int:
        """Answer a request; returns the status."""
        started = time.perf_counter()
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if GIVEN_ID.fullmatch(given) else new_id("rq")
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        seen: dict[str, int] = {}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                _dress(MutableHeaders(scope=message), request_id, scope["path"])
            await send(message)

        limit = LARGEST_UPLOAD if scope["path"] in UPLOADS else LARGEST_BODY
        if (refusal := _refusal(scope, headers, limit)) is not None:
            await _refuse(answer, request_id, *refusal, upload=limit == LARGEST_UPLOAD)
        else:
            await self._passed_on(scope, receive, answer, limit)
        status = seen.get("status", 0)
        _note(scope, status, time.perf_counter() - started)
        return status

    async def _passed_on(
        self,
        scope: Scope,
        receive: Receive,
        answer: Send,
        limit: int,
    ) -> None:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413, _too_large(limit))
            return message

        await self.app(scope, counted, answer)


def _too_large(limit: int) -> str:
    return f"the body is larger than {limit // 1_000_000} MB"


def _refusal(scope: Scope, headers: Headers, limit: int) -> tuple[int, str, str] | None:
    """What is wrong with a request before anything of it is read."""
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > limit:
        return 413, "too_large", _too_large(limit)
    query = scope.get("query_string", b"").decode("latin-1")
    if "\0" in scope["path"] or "\0" in unquote(query):
        return 400, "bad_request", "the address holds a null byte"
    return None


def _dress(headers: MutableHeaders, request_id: str, path: str) -> None:
    headers["x-request-id"] = request_id
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    if path.startswith("/widget/"):  # so that a page may read why it was refused
        headers.setdefault("access-control-allow-origin", "*")
    if not path.startswith(("/static/", "/widget")):
        headers.setdefault("cache-control", "no-store")


async def _refuse(
    send: Send, request_id: str, status: int, code: str, detail: str, *, upload: bool
) -> None:
    body: dict[str, object] = {
        "type": f"urn:invekto:problem:{code}",
        "title": "Content Too Large" if status == 413 else "Bad Request",
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }
    if upload and status == 413:
        most = LARGEST_UPLOAD // 1_000_000 - 1
        body["message"] = explained("too_big", {"megabytes": f"> {most}", "most": most})
    raw = json.dumps(body).encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/problem+json"),
                (b"content-length", str(len(raw)).encode()),
                (b"connection", b"close"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": raw})


def _template(scope: Scope) -> str:
    """The route's path with names instead of ids and tokens."""
    return getattr(scope.get("route"), "path_format", None) or "other"


def _note(scope: Scope, status: int, seconds: float) -> None:
    template = _template(scope)
    metrics.REQUESTS.labels(scope["method"], template, str(status)).inc()
    metrics.REQUEST_SECONDS.labels(template).observe(seconds)
    if scope["path"] not in QUIET:
        log.info(
            "request",
            method=scope["method"],
            route=template,
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )

"""Errors as problem+json (RFC 9457): one handler for the whole error tree."""

from __future__ import annotations

import http
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from invekto.errors import BadRequest, InvektoError, NotFound, NotSignedIn, OperatorNeeded
from invekto.server import probes

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
SAID_ALOUD = ("newer", "status", "reason", "tool", "file", "line", "column", "field", "retry_after",
              "assigned_to", "errors")  # fmt: skip
"""Details of errors that callers may see; the rest is for the log."""
UNEXPECTED = "something went wrong here; it was logged under the request id"


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error leave as problem+json."""
    app.add_exception_handler(InvektoError, _on_purpose)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _unexpected)


def problem(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """One problem document. `code` is stable, `detail` is for people."""
    body = {
        "type": f"urn:invekto:problem:{code}",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": getattr(request.state, "request_id", ""),
        **more,
    }
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


async def _page(request: Request, error: InvektoError) -> Response | None:
    """The error as a page, for browsers at an address that has pages."""
    page = getattr(request.app.state, "error_page", None)
    if page is None or "text/html" not in request.headers.get("accept", ""):
        return None
    answered: Response | None = await page(request, error)
    return answered


async def _on_purpose(request: Request, error: Exception) -> Response:
    assert isinstance(error, InvektoError)
    if isinstance(error, NotFound):
        await probes.note(request)
    if (page := await _page(request, error)) is not None:
        return page
    said_here = getattr(request.app.state, "said", None)
    detail = said_here(request, error.message) if said_here else error.message
    if error.status >= 500:
        log.error("request_failed", code=error.code, error=error.message, **error.detail)
    if isinstance(error, OperatorNeeded):
        detail = "this is for the operator: see the log under the request id"
    headers: dict[str, str] = dict(error.detail.get("headers") or {})  # type: ignore[call-overload]
    if retry_after := error.detail.get("retry_after", 1 if error.status == 503 else None):
        headers["retry-after"] = str(retry_after)
    if isinstance(error, NotSignedIn):
        headers["www-authenticate"] = "Bearer"
    said = {name: error.detail[name] for name in SAID_ALOUD if error.detail.get(name) is not None}
    said.pop("status", None)
    if "status" in error.detail:
        said["state"] = error.detail["status"]
    return problem(request, error.status, error.code, detail, headers=headers, **said)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if (page := await _page(request, BadRequest("the request does not fit"))) is not None:
        return page
    faults = [
        {"at": ".".join(str(part) for part in fault["loc"]), "message": fault["msg"]}
        for fault in error.errors()
    ]
    return problem(
        request, 422, "bad_request", "the request does not fit: see errors", errors=faults[:20]
    )


async def _plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = http.HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    code = "too_large" if error.status_code == 413 else phrase
    headers = dict(error.headers or {})
    return problem(request, error.status_code, code, str(error.detail), headers=headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("request_broke", error=type(error).__name__, exc_info=error)
    if (page := await _page(request, InvektoError(UNEXPECTED))) is not None:
        return page
    return problem(request, 500, "internal", UNEXPECTED)

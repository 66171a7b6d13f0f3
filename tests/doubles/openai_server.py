"""An OpenAI-compatible endpoint that says what it is told to, over real HTTP.

`script` is a list of behaviours, used one a request (the last one goes on): see the functions at
the end of this file. Every request is kept in `requests`.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

Behaviour = Callable[[dict[str, Any]], Any]


@dataclass
class Scripted:
    """The endpoint's address, what it will say, and what it was asked."""

    base_url: str = ""
    script: list[Behaviour] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def next(self) -> Behaviour:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    @property
    def sent(self) -> str:
        """Everything that ever left for it."""
        return json.dumps(self.requests, ensure_ascii=False)


@contextmanager
def scripted_endpoint() -> Iterator[Scripted]:
    """Serve on a free loopback port until the block ends."""
    scripted = Scripted()

    async def answer(request: Request) -> Response:
        body = await request.json()
        scripted.requests.append(body)
        made = scripted.next()(body)
        answered: Response = await made if asyncio.iscoroutine(made) else made
        return answered

    app = Starlette(
        routes=[
            Route("/v1/chat/completions", answer, methods=["POST"]),
            Route("/v1/embeddings", answer, methods=["POST"]),
        ]
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    scripted.base_url = f"http://127.0.0.1:{port}/v1"
    try:
        yield scripted
    finally:
        server.should_exit = True
        thread.join(timeout=5)


def message(content: str | None, tool_calls: list[dict[str, Any]] | None = None) -> JSONResponse:
    said: dict[str, Any] = {"role": "assistant", "content": content}
    if tool_calls:
        said["tool_calls"] = tool_calls
    return JSONResponse(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "scripted",
            "choices": [
                {
                    "index": 0,
                    "message": said,
                    "finish_reason": "tool_calls" if tool_calls else "stop",
                }
            ],
            "usage": {"prompt_tokens": 40, "completion_tokens": 10, "total_tokens": 50},
        }
    )


def says(content: str) -> Behaviour:
    """Plain text."""
    return lambda _: message(content)


def gives(**fields: Any) -> Behaviour:
    """JSON of a schema."""
    return lambda _: message(json.dumps(fields, ensure_ascii=False))


def calls(name: str, **args: Any) -> Behaviour:
    """One tool call."""
    return calls_raw(name, json.dumps(args, ensure_ascii=False))


def calls_raw(name: str, arguments: str) -> Behaviour:
    """One tool call, its arguments as they are."""
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return lambda _: message(None, [call])


def fails(status: int, **headers: str) -> Behaviour:
    """An error of the protocol."""
    error = {"error": {"message": "scripted", "type": "server_error", "code": str(status)}}
    return lambda _: JSONResponse(error, status, headers=headers)


def garbage() -> Behaviour:
    """Success with something that is no answer."""
    return lambda _: PlainTextResponse("<html>bad gateway</html>", 200)


def sleeps(seconds: float) -> Behaviour:
    """An answer that comes too late."""

    async def late() -> Response:
        await asyncio.sleep(seconds)
        return message("too late")

    return lambda _: late()


def hangs_midway(seconds: float) -> Behaviour:
    """A body that begins and does not go on."""

    async def body() -> AsyncIterator[bytes]:
        yield b'{"id": "chatcmpl-1", "choices": ['
        await asyncio.sleep(seconds)

    return lambda _: StreamingResponse(body(), media_type="application/json")

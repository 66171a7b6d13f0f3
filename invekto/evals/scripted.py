"""An OpenAI-compatible endpoint on loopback that answers at once: tools are called once a message,
then there is an answer; vectors come from the letters of a text."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

ABOUT_ORDERS = ("kargo", "sipariş")


@dataclass
class Endpoint:
    """Where it listens and how often it was asked, embeddings included."""

    url: str = ""
    requests: int = 0


@asynccontextmanager
async def endpoint() -> AsyncIterator[Endpoint]:
    """Serve on a free port while the block runs."""
    served = Endpoint()

    async def chat(request: Request) -> JSONResponse:
        served.requests += 1
        return JSONResponse(_completion(await request.json()))

    async def embed(request: Request) -> JSONResponse:
        served.requests += 1
        return JSONResponse(_embeddings(await request.json()))

    routes = [
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/v1/embeddings", embed, methods=["POST"]),
    ]
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        line.listen(64)
        served.url = f"http://127.0.0.1:{line.getsockname()[1]}/v1"
        config = uvicorn.Config(Starlette(routes=routes), log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[line]))
        while not server.started:  # noqa: ASYNC110 - uvicorn tells by an attribute only
            await asyncio.sleep(0.01)
        try:
            yield served
        finally:
            server.should_exit = True
            await running


def _completion(body: dict[str, Any]) -> dict[str, Any]:
    message = _message(body)
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "scripted",
        "choices": [
            {
                "index": 0,
                "message": message,
                "finish_reason": "tool_calls" if message.get("tool_calls") else "stop",
            }
        ],
        "usage": {"prompt_tokens": 400, "completion_tokens": 30, "total_tokens": 430},
    }


def _message(body: dict[str, Any]) -> dict[str, Any]:
    if body.get("response_format"):
        return {"role": "assistant", "content": json.dumps({"intents": [], "confidence": 0.0})}
    last = body["messages"][-1]
    names = [t["function"]["name"] for t in body.get("tools", [])]
    if last["role"] != "user" or "get_orders" not in names:
        return {"role": "assistant", "content": "Yardımcı olayım."}
    text = str(last["content"])
    orders = any(word in text for word in ABOUT_ORDERS)
    name, args = (
        ("get_orders", {"phone": "+905321112233"})
        if orders
        else ("search_knowledge", {"question": text})
    )
    call = {"name": name, "arguments": json.dumps(args)}
    called = {"id": "call_1", "type": "function", "function": call}
    return {"role": "assistant", "content": None, "tool_calls": [called]}


def _embeddings(body: dict[str, Any]) -> dict[str, Any]:
    size = int(body.get("dimensions") or 64)
    given = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = [
        {"object": "embedding", "index": n, "embedding": _vector(str(text), size)}
        for n, text in enumerate(given)
    ]
    usage = {"prompt_tokens": 10, "total_tokens": 10}
    return {"object": "list", "data": data, "model": "scripted", "usage": usage}


def _vector(text: str, size: int) -> list[float]:
    counts = [0.01] * size
    for letter in text:
        counts[ord(letter) % size] += 1.0
    return counts

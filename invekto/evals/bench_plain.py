"""Beside a plain LangGraph tool-calling agent as tutorials build it: agent and tool nodes in a
loop, a checkpointer, LlamaIndex's PGVectorStore for retrieval. Both get the same messages and the
same scripted endpoint, which answers at once: what is measured is the frameworks' own time and how
often a model is asked. Quality of answers needs a real model and is not claimed. Needs the
development extras."""

from __future__ import annotations

import json
import statistics
import time
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from invekto.agent.assembly import Engine
from invekto.db.opening import OpenDatabase
from invekto.evals.bench_turn import SHOP, TEXTS, one, shop
from invekto.evals.scripted import Endpoint, endpoint
from invekto.settings import ModelSettings

DIMENSION = 64
Say = Callable[[int, str], Coroutine[Any, Any, float]]


@dataclass
class Tally:
    """Milliseconds and model requests of one side."""

    milliseconds: list[float]
    requests: float


async def run(quick: bool) -> dict[str, Any]:
    """Times and model calls a message of both, and ratios."""
    rounds = 25 if quick else 100
    async with shop() as (at, engine), endpoint() as model:
        with_model = _with_model(engine, model)
        ours = await _measure(model, rounds, lambda n, text: one(with_model, n, text))
        async with plain_agent(at, model) as say:
            plain = await _measure(model, rounds, say)
    return {
        "messages": rounds,
        "ours p50 ms": statistics.median(ours.milliseconds),
        "plain agent p50 ms": statistics.median(plain.milliseconds),
        "ours over plain, time": statistics.median(ours.milliseconds)
        / statistics.median(plain.milliseconds),
        "ours: model requests a message": ours.requests,
        "plain agent: model requests a message": plain.requests,
        "ours over plain, model requests": ours.requests / plain.requests,
    }


async def _measure(model: Endpoint, rounds: int, say: Say) -> Tally:
    for n, text in enumerate(TEXTS):
        await say(n, text)
    before = model.requests
    times = [await say(n % 20, TEXTS[n % len(TEXTS)]) for n in range(rounds)]
    return Tally(times, (model.requests - before) / rounds)


def _with_model(engine: Engine, model: Endpoint) -> Engine:
    from invekto.llm.chat import ChatModel

    chat = ChatModel(
        ModelSettings(
            api_key=SecretStr("none"), base_url=model.url, chat_model="scripted", retries=0
        )
    )
    return Engine(replace(engine.deps, model=chat), engine.shelf)


@asynccontextmanager
async def plain_agent(at: OpenDatabase, model: Endpoint) -> AsyncIterator[Say]:
    """The tutorial's agent; `say(customer, text)` returns milliseconds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from langchain_core.tools import tool
        from langchain_openai import ChatOpenAI, OpenAIEmbeddings
        from langgraph.checkpoint.memory import MemorySaver
        from langgraph.graph import START, MessagesState, StateGraph
        from langgraph.prebuilt import ToolNode
        from llama_index.core.schema import TextNode
        from llama_index.core.vector_stores.types import VectorStoreQuery
        from llama_index.vector_stores.postgres import PGVectorStore

    key = SecretStr("none")
    embeddings = OpenAIEmbeddings(
        openai_api_key=key,
        openai_api_base=model.url,
        check_embedding_ctx_length=False,
        dimensions=DIMENSION,
    )
    place = _address(at)
    store = PGVectorStore.from_params(
        connection_string=f"postgresql+psycopg2://{place}",
        async_connection_string=f"postgresql+asyncpg://{place}",
        table_name="bench_plain",
        embed_dim=DIMENSION,
    )
    texts = await _chunks(at)
    vectors = await embeddings.aembed_documents(texts)
    await store.async_add(
        [TextNode(text=t, embedding=v) for t, v in zip(texts, vectors, strict=True)]
    )

    @tool
    async def search_knowledge(question: str) -> str:
        """Search the shop's documents."""
        vector = await embeddings.aembed_query(question)
        found = await store.aquery(VectorStoreQuery(query_embedding=vector, similarity_top_k=4))
        return "\n".join(node.get_content() for node in found.nodes or [])

    @tool
    async def get_orders(phone: str) -> str:
        """Look up the customer's orders."""
        async with at.pool("app", size=1) as database, database.tenant(SHOP) as conn:
            rows = await conn.execute(
                "SELECT number, status FROM orders WHERE tenant_id = app.current_tenant()"
                " AND customer_phone = %s LIMIT 5", [phone],
            )  # fmt: skip
            return json.dumps(await rows.fetchall())

    tools = [search_knowledge, get_orders]
    chat = ChatOpenAI(api_key=key, base_url=model.url, model="scripted").bind_tools(tools)

    async def agent(state: Any) -> dict[str, Any]:
        return {"messages": [await chat.ainvoke(state["messages"])]}

    def after(state: Any) -> str:
        return "tools" if getattr(state["messages"][-1], "tool_calls", None) else "__end__"

    graph = StateGraph(MessagesState)
    graph.add_node("agent", agent)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "agent")
    graph.add_conditional_edges("agent", after, ["tools", "__end__"])
    graph.add_edge("tools", "agent")
    compiled: Any = graph.compile(checkpointer=MemorySaver())

    async def say(customer: int, text: str) -> float:
        start = time.perf_counter()
        thread: Any = {"configurable": {"thread_id": str(customer)}}
        await compiled.ainvoke({"messages": [("user", text)]}, thread)
        return (time.perf_counter() - start) * 1000

    try:
        yield say
    finally:
        await store.close()


def _address(at: OpenDatabase) -> str:
    parts = conninfo_to_dict(at.owner_dsn)
    secret, place = quote(str(parts.get("password", ""))), quote(str(parts["host"]), safe="")
    return f"{parts['user']}:{secret}@/{parts['dbname']}?host={place}"


async def _chunks(at: OpenDatabase) -> list[str]:
    async with at.pool("app", size=1) as database, database.tenant(SHOP) as conn:
        rows = await conn.execute(
            "SELECT content FROM chunks WHERE tenant_id = app.current_tenant()"
        )
        return [str(row[0]) for row in await rows.fetchall()]

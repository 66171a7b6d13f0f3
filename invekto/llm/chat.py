"""Chat with an OpenAI-compatible endpoint: timeouts, retries, breaker, budget, one record a call.

Everything that goes out has been pseudonymised by the caller; every failure is ModelUnavailable,
and the built-in path carries on.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from opentelemetry.trace import Span, SpanKind, Tracer
from pydantic import BaseModel, SecretStr

from invekto.errors import ModelUnavailable
from invekto.llm.breaker import Breaker
from invekto.llm.purse import Purse, Turnstiles
from invekto.settings import ModelSettings, Settings
from invekto.tracing import OFF, span

if TYPE_CHECKING:
    from httpx import AsyncBaseTransport

S = TypeVar("S", bound=BaseModel)
MILLION = Decimal(1_000_000)


@dataclass
class Calls:
    """The calls of one turn, for its trace: operation, model, tokens, milliseconds, outcome."""

    made: list[dict[str, Any]] = field(default_factory=list)

    def as_tuple(self) -> tuple[dict[str, Any], ...]:
        """As the turn state keeps them."""
        return tuple(self.made)


class ChatModel:
    """One endpoint, shared by all turns of a process. `transport` decides what may be reached."""

    def __init__(
        self,
        settings: ModelSettings,
        tracer: Tracer = OFF,
        transport: AsyncBaseTransport | None = None,
    ) -> None:
        import httpx
        from langchain_openai import ChatOpenAI

        key = settings.api_key.get_secret_value() if settings.api_key else "none"
        self.settings = settings
        self.breaker = Breaker()
        self._tracer = tracer
        self._turnstiles = Turnstiles()
        self._http = httpx.AsyncClient(timeout=settings.timeout_seconds, transport=transport)
        # The client behind retries 429 and 5xx with jitter and honours Retry-After.
        self._chat = ChatOpenAI(
            model=settings.chat_model,
            api_key=SecretStr(key),
            base_url=settings.base_url,
            timeout=settings.timeout_seconds,
            max_retries=settings.retries,
            temperature=0,
            stream_usage=True,
            http_async_client=self._http,
        )

    @classmethod
    def from_settings(cls, settings: Settings, tracer: Tracer = OFF) -> ChatModel | None:
        """The configured endpoint; None without one, or where calls are forbidden."""
        return cls(settings.model, tracer) if settings.model_configured else None

    async def aclose(self) -> None:
        """Close the connections; no call may follow."""
        await self._http.aclose()

    @property
    def name(self) -> str:
        """The model's name, for versions and traces."""
        return self.settings.chat_model

    async def structured(
        self, purse: Purse, calls: Calls, operation: str, messages: Sequence[Any], schema: type[S]
    ) -> S:
        """An answer of a given shape.

        Raises:
            ModelUnavailable: down, slow, over budget, or not of this shape.
        """
        asking = self._chat.with_structured_output(schema, method="json_schema", include_raw=True)
        answer = await self._call(purse, calls, operation, asking, messages)
        parsed = answer["parsed"]
        if not isinstance(parsed, schema):
            calls.made[-1]["outcome"] = "nonsense"
            raise ModelUnavailable(
                f"the model's answer to {operation} has not the shape that was asked for"
            )
        return parsed

    async def converse(
        self, purse: Purse, calls: Calls, operation: str, messages: Sequence[Any], tools: list[Any]
    ) -> Any:
        """The next message of a conversation with tools (a LangChain `AIMessage`).

        Raises:
            ModelUnavailable: down, slow or over budget.
        """
        asking = self._chat.bind_tools(tools) if tools else self._chat
        return await self._call(purse, calls, operation, asking, messages)

    async def _call(
        self, purse: Purse, calls: Calls, operation: str, asking: Any, messages: Sequence[Any]
    ) -> Any:
        record: dict[str, Any] = {"operation": operation, "model": self.name, "outcome": "ok"}
        calls.made.append(record)
        start = time.perf_counter()
        tokens = (0, 0)
        try:
            self.breaker.check()
            await purse.check()
            async with self._turnstiles.enter(purse.tenant_id, purse.limits.at_once):
                with self._span(operation) as opened:
                    answer = await self._send(asking, messages)
                    tokens = _tokens(answer)
                    opened.set_attribute("gen_ai.usage.input_tokens", tokens[0])
                    opened.set_attribute("gen_ai.usage.output_tokens", tokens[1])
            return answer
        except ModelUnavailable as error:
            record["outcome"] = error.detail.get("outcome", "failed")
            raise
        finally:
            record["milliseconds"] = round((time.perf_counter() - start) * 1000, 1)
            record["tokens_in"], record["tokens_out"] = tokens
            if record["outcome"] in ("ok", "failed"):
                failed = record["outcome"] == "failed"
                await purse.pay(operation, *tokens, self._cost(*tokens), failed=failed)

    def _span(self, operation: str) -> AbstractContextManager[Span]:
        return span(
            self._tracer, f"chat {self.name}", SpanKind.CLIENT, gen_ai__operation__name="chat",
            gen_ai__provider__name="openai", gen_ai__request__model=self.name,
            invekto__operation=operation,
        )  # fmt: skip

    async def _send(self, asking: Any, messages: Sequence[Any]) -> Any:
        import httpx
        import openai
        from langchain_core.exceptions import OutputParserException

        try:
            answer = await asking.ainvoke(list(messages))
        except OutputParserException as error:
            raise ModelUnavailable(f"the model's answer cannot be read: {error}") from error
        except (
            openai.OpenAIError,
            httpx.HTTPError,
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
        ) as error:
            # An endpoint that speaks the protocol wrongly fails in as many ways as it likes.
            self.breaker.failed()
            raise ModelUnavailable(
                f"the model endpoint did not answer properly: {type(error).__name__}"
            ) from error
        self.breaker.succeeded()
        return answer

    def _cost(self, tokens_in: int, tokens_out: int) -> Decimal:
        prices = self.settings
        return (
            prices.price_in_per_million * tokens_in + prices.price_out_per_million * tokens_out
        ) / MILLION


def _tokens(answer: Any) -> tuple[int, int]:
    raw = answer["raw"] if isinstance(answer, dict) else answer
    used = getattr(raw, "usage_metadata", None) or {}
    return int(used.get("input_tokens", 0)), int(used.get("output_tokens", 0))

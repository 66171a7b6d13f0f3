"""Embeddings of an OpenAI-compatible endpoint. What goes out has been pseudonymised by the caller;
every failure is ModelUnavailable, and the built-in embedding carries on."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from invekto.errors import ModelUnavailable
from invekto.llm.breaker import Breaker
from invekto.llm.purse import Purse
from invekto.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import CreateEmbeddingResponse

MILLION = Decimal(1_000_000)


class EndpointEmbedding:
    """One model of an endpoint, shared by all turns of a process."""

    def __init__(self, settings: ModelSettings, name: str) -> None:
        from openai import AsyncOpenAI

        key = settings.api_key.get_secret_value() if settings.api_key else "none"
        self.name = name
        self._price = settings.price_embedding_per_million
        self._breaker = Breaker()
        # The client retries 429 and 5xx with jitter and honours Retry-After.
        self._client: AsyncOpenAI = AsyncOpenAI(
            api_key=key, base_url=settings.base_url, timeout=settings.timeout_seconds,
            max_retries=settings.retries,
        )  # fmt: skip

    @classmethod
    def from_settings(cls, settings: Settings) -> EndpointEmbedding | None:
        """The configured model; None without one, or where calls are forbidden."""
        name = settings.model.embedding_model
        return cls(settings.model, name) if settings.model_configured and name else None

    def named(self, name: str) -> EndpointEmbedding:
        """Another model of the same endpoint, such as the one in use until the change is done."""
        if name == self.name:
            return self
        other = object.__new__(EndpointEmbedding)
        other.__dict__ = {**self.__dict__, "name": name}
        return other

    async def aclose(self) -> None:
        """Close the connections; no call may follow."""
        await self._client.close()

    async def documents(
        self, texts: Sequence[str], purse: Purse | None = None
    ) -> NDArray[np.float32]:
        """Unit vectors of float32, one row a text.

        Raises:
            ModelUnavailable: down, slow, over budget, or an answer of another shape.
        """
        self._breaker.check()
        if purse is not None:
            await purse.check()
        tokens, failed = 0, True
        try:
            answer = await self._send(texts)
            vectors = _unit(answer, len(texts))
            tokens = answer.usage.prompt_tokens if answer.usage else 0
            failed = False
            return vectors
        finally:
            if purse is not None:
                cost = tokens * self._price / MILLION
                await purse.pay("embeddings", tokens, 0, cost, failed=failed)

    async def query(self, text: str, purse: Purse | None = None) -> NDArray[np.float32]:
        """The unit vector of a question. Raises ModelUnavailable."""
        vectors = await self.documents([text], purse)
        return np.asarray(vectors[0], dtype=np.float32)

    async def _send(self, texts: Sequence[str]) -> CreateEmbeddingResponse:
        import httpx
        import openai

        try:
            answer = await self._client.embeddings.create(
                model=self.name, input=list(texts), encoding_format="float"
            )
        except (openai.OpenAIError, httpx.HTTPError, ValueError, TypeError) as error:
            self._breaker.failed()
            raise ModelUnavailable(
                f"the embedding endpoint did not answer properly: {type(error).__name__}"
            ) from error
        self._breaker.succeeded()
        return answer


def _unit(answer: CreateEmbeddingResponse, count: int) -> NDArray[np.float32]:
    try:
        found = sorted(answer.data, key=lambda one: one.index)
        vectors = np.asarray([one.embedding for one in found], dtype=np.float32)
    except (AttributeError, TypeError, ValueError) as error:
        raise ModelUnavailable("the embedding endpoint's answer cannot be read") from error
    if vectors.ndim != 2 or len(vectors) != count or not np.isfinite(vectors).all():
        raise ModelUnavailable(
            f"the embedding endpoint gave vectors of shape {vectors.shape} for {count} texts"
        )
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))

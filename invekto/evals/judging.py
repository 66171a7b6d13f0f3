"""The judged measures of ragas, faithfulness and answer relevancy: only where a model is
configured, and only with its name beside them. The judge speaks to it through `llm/` like
everything else: within the tenant's budget, behind the breaker.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from invekto.errors import ModelUnavailable
from invekto.evals.ragas_measures import installed, quiet
from invekto.llm.chat import Calls, ChatModel
from invekto.llm.embeddings import Field, embed
from invekto.llm.purse import Purse

MOST = 40
"""Answers judged in one run."""
DIMENSIONS = 4_096
"""Of the built-in embedding's grams, folded; ragas compares dense vectors."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, what was answered, and the passages that it was taken from."""

    question: str
    reply: str
    contexts: tuple[str, ...]


async def judged(
    answers: Sequence[Answer], model: ChatModel | None, purse: Purse
) -> dict[str, Any]:
    """Means over the first `MOST` answers; nothing where there is no model. An answer at which
    the judge failed is left out and counted."""
    if model is None or not answers or not installed():
        return {}
    with quiet():
        faithfulness, relevancy = _metrics(model, purse)
        faithful, relevant, failed = [], [], 0
        for answer in answers[:MOST]:
            try:
                one = await faithfulness.ascore(
                    answer.question, answer.reply, list(answer.contexts)
                )
                other = await relevancy.ascore(answer.question, answer.reply)
            except ModelUnavailable:
                failed += 1
                continue
            faithful.append(float(one.value))
            relevant.append(float(other.value))
    return {
        "judge": model.name,
        "judged": len(faithful),
        "judge_failed": failed,
        "ragas_faithfulness": _mean(faithful),
        "ragas_answer_relevancy": _mean(relevant),
    }


def _metrics(model: ChatModel, purse: Purse) -> tuple[Any, Any]:
    from ragas.embeddings.base import BaseRagasEmbedding
    from ragas.llms.base import InstructorBaseRagasLLM
    from ragas.metrics.collections import AnswerRelevancy, Faithfulness

    class Judge(InstructorBaseRagasLLM):
        """ragas' prompts, answered by the configured model."""

        def generate(self, prompt: str, response_model: Any) -> Any:
            raise NotImplementedError("the judge is asked asynchronously")

        async def agenerate(self, prompt: str, response_model: Any) -> Any:
            return await model.structured(
                purse, Calls(), "judge", [("human", prompt)], response_model
            )

    class BuiltIn(BaseRagasEmbedding):
        """The built-in lexical embedding, as the dense vector that ragas expects."""

        def embed_text(self, text: str, **_: Any) -> list[float]:
            vector = [0.0] * DIMENSIONS
            for at, weight in embed([Field(text)], "tr").grams.items():
                vector[at % DIMENSIONS] += weight
            return vector

        async def aembed_text(self, text: str, **_: Any) -> list[float]:
            return self.embed_text(text)

    judge = Judge()
    return Faithfulness(llm=judge), AnswerRelevancy(llm=judge, embeddings=BuiltIn())


def _mean(values: Sequence[float]) -> float:
    told = [value for value in values if math.isfinite(value)]
    return sum(told) / len(told) if told else math.nan

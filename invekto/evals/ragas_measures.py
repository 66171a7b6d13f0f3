"""Measures by ragas, the only importer of it. Those here need no model; `judging.py` has the
others. ragas comes with the development requirements: without it these figures are left out.
"""

from __future__ import annotations

import asyncio
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

os.environ.setdefault("RAGAS_DO_NOT_TRACK", "true")


def installed() -> bool:
    """Whether ragas is there."""
    return find_spec("ragas") is not None


@contextmanager
def quiet() -> Iterator[None]:
    """Its import and its empty answers warn; neither is news here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def contexts(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> dict[str, float]:
    """ID-based context precision and recall over (retrieved, expected) ids, means over pairs."""
    if not pairs or not installed():
        return {}
    with quiet():
        from ragas.dataset_schema import SingleTurnSample
        from ragas.metrics._context_precision import IDBasedContextPrecision
        from ragas.metrics._context_recall import IDBasedContextRecall

        samples = [
            SingleTurnSample(
                retrieved_context_ids=list(retrieved), reference_context_ids=list(expected)
            )
            for retrieved, expected in pairs
        ]
        return {
            "ragas_context_precision": _single(IDBasedContextPrecision(), samples),
            "ragas_context_recall": _single(IDBasedContextRecall(), samples),
        }


def tool_calls(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> dict[str, float]:
    """Tool-call accuracy and F1 over (made, expected) tools, where either is not empty: whether
    the right ones were proposed, in order; their arguments are judged by the final state."""
    told = [(made, expected) for made, expected in pairs if made or expected]
    if not told or not installed():
        return {}
    with quiet():
        from ragas.dataset_schema import MultiTurnSample
        from ragas.messages import AIMessage, HumanMessage, ToolCall
        from ragas.metrics._tool_call_accuracy import ToolCallAccuracy
        from ragas.metrics._tool_call_f1 import ToolCallF1

        samples = [
            MultiTurnSample(
                user_input=[
                    HumanMessage(content=""),
                    AIMessage(content="", tool_calls=[ToolCall(name=n, args={}) for n in made]),
                ],
                reference_tool_calls=[ToolCall(name=n, args={}) for n in expected],
            )
            for made, expected in told
        ]
        return {
            "ragas_tool_call_accuracy": _multi(ToolCallAccuracy(), samples),
            "ragas_tool_call_f1": _multi(ToolCallF1(), samples),
        }


def strings(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """String similarity (1 less the normalised Levenshtein distance) and presence over (reply,
    reference); means over pairs."""
    if not pairs or not installed():
        return {}
    with quiet():
        from ragas.dataset_schema import SingleTurnSample
        from ragas.metrics._string import NonLLMStringSimilarity

        samples = [SingleTurnSample(response=reply, reference=ref) for reply, ref in pairs]
        return {"ragas_string_similarity": _single(NonLLMStringSimilarity(), samples)}


def presence(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Share of (reply, words) in which the reply has the words."""
    if not pairs or not installed():
        return {}
    with quiet():
        from ragas.dataset_schema import SingleTurnSample
        from ragas.metrics._string import StringPresence

        samples = [SingleTurnSample(response=reply, reference=words) for reply, words in pairs]
        return {"ragas_string_presence": _single(StringPresence(), samples)}


def _single(metric: Any, samples: Sequence[Any]) -> float:
    async def all_of_them() -> list[float]:
        return [float(await metric._single_turn_ascore(s, None)) for s in samples]

    return _mean(_run(all_of_them()))


def _multi(metric: Any, samples: Sequence[Any]) -> float:
    async def all_of_them() -> list[float]:
        return [float(await metric._multi_turn_ascore(s, None)) for s in samples]

    return _mean(_run(all_of_them()))


def _run(coroutine: Any) -> list[float]:
    """In a thread of its own where a loop runs already: scorers are called from both."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        found: list[float] = pool.submit(asyncio.run, coroutine).result()
        return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0

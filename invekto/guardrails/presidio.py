"""The only importer of presidio: an NLP engine that reads nothing, and our recognisers as its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from invekto.guardrails.addresses import find_addresses
from invekto.guardrails.flat import flat
from invekto.guardrails.people import find_people
from invekto.guardrails.recogniser import Entry
from invekto.guardrails.spelled import find_spelled

Finder = Callable[[str, str], Iterable[tuple[int, int, float]]]


class FoldedText(NlpArtifacts):
    """No tokens, only the folded text."""

    def __init__(self, text: str, engine: NlpEngine, language: str) -> None:
        super().__init__([], [], [], [], engine, language)  # type: ignore[arg-type]
        self.folded = flat(text)


class NullNlpEngine(NlpEngine):
    """Carries the folded text instead of tokens."""

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        return FoldedText(text, self, language)

    def process_batch(
        self,
        texts: Iterable[str],
        language: str,
        batch_size: int = 1,
        n_process: int = 1,
        **_: Any,
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        return False

    def is_punct(self, word: str, language: str) -> bool:
        return False

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return ["tr"]


class NoEnhancer(ContextAwareEnhancer):
    """Our recognisers look at the words around a match themselves."""

    def __init__(self) -> None:
        super().__init__(0.0, 0.0, 0, 0)

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        return raw_results


class OwnRecogniser(EntityRecognizer):
    """A finder of ours as presidio sees it."""

    def __init__(self, name: str, entity: str, finder: Finder) -> None:
        self._finder = finder
        super().__init__([entity], name=name, supported_language="tr")

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts,
    ) -> list[RecognizerResult]:
        assert isinstance(nlp_artifacts, FoldedText)
        kind = self.supported_entities[0]
        return [
            RecognizerResult(kind, start, end, score)
            for start, end, score in self._finder(text, nlp_artifacts.folded)
        ]


def recognisers(entries: list[Entry]) -> list[EntityRecognizer]:
    """All of them: those read from data and those that need code."""
    made = [
        OwnRecogniser(f"{entry.type}_{number}", entry.type, _by_data(entry))
        for number, entry in enumerate(entries)
    ]
    return [
        *made,
        OwnRecogniser("people", "PERSON", find_people),
        OwnRecogniser("addresses", "ADDRESS", lambda _, folded: find_addresses(folded)),
        OwnRecogniser("spelled", "PHONE", _spelled),
    ]


def _by_data(entry: Entry) -> Finder:
    return lambda _, folded: entry.find(folded)


def _spelled(_: str, folded: str) -> list[tuple[int, int, float]]:
    return [(start, end, 0.7) for start, end in find_spelled(folded)]

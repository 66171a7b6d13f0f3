"""presidio's AnalyzerEngine with recognisers of our own: patterns as data by country, people,
addresses and spelled numbers. No language model is loaded, nothing is fetched."""

from __future__ import annotations

import re
import sys
from bisect import bisect
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from invekto.guardrails.flat import flat
from invekto.guardrails.numbers_checked import digits
from invekto.guardrails.placeholders import kept_out
from invekto.guardrails.recogniser import Entry, read_entries

HERE = Path(__file__).parent / "recognisers"
PIECE = 1_000
"""Characters analysed at once; longer text goes in overlapping pieces."""
OVERLAP = 200
LONGEST = 200_000
OTHER_ENGINES = ("spacy", "stanza", "transformers")
"""Those of presidio that read text with models of their own; ours reads nothing."""
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u0640\u064b-\u065f\u0670]"
)
PRIORITY = (
    "IBAN", "EMAIL", "CREDIT_CARD", "TR_ID", "TAX_ID", "PASSPORT", "PHONE", "BIRTH_DATE", "PLATE",
    "ADDRESS", "PERSON", "HEALTH",
)  # fmt: skip

Found = tuple[int, int, str, float]


def analyse(text: str, own: frozenset[str], language: str | None) -> list[Found]:
    """Everything personal in the text, in order and without overlaps."""
    _ = language
    text = text[:LONGEST]
    invisible = _INVISIBLE.search(text)
    if invisible:
        return _through_gaps(text, own)
    folded = flat(text)
    if not _may_hold(text, folded):
        return []
    found: list[Found] = []
    for start in range(0, len(text), PIECE):
        piece = text[start : start + PIECE + OVERLAP]
        found += [(a + start, b + start, k, s) for a, b, k, s in _run(piece)]
    return _resolved([f for f in found if not _is_own(f, folded, own)])


def _through_gaps(text: str, own: frozenset[str]) -> list[Found]:
    """Text with invisible characters: they are left out for the search and put back after."""
    places = [at for at, char in enumerate(text) if not _INVISIBLE.match(char)]
    visible = "".join(text[at] for at in places)
    return [
        (places[start], places[end - 1] + 1, kind, score)
        for start, end, kind, score in analyse(visible, own, None)
    ]


def _may_hold(text: str, folded: str) -> bool:
    """A cheap look: a figure, an @, or any word at all long enough for a name."""
    return any(c.isdecimal() for c in folded) or "@" in text or len(text) > 2


def _run(piece: str) -> list[Found]:
    results = _engine().analyze(text=piece, language="tr")
    return [(r.start, r.end, r.entity_type, r.score) for r in results]


def _is_own(found: Found, folded: str, own: frozenset[str]) -> bool:
    """Whether it is one of the tenant's published contacts, or part of one."""
    if not own:
        return False
    start, end, kind, _ = found
    value = folded[start:end]
    numbers, words = _own_forms(own)
    if kind in {"PHONE", "TAX_ID", "IBAN", "TR_ID", "CREDIT_CARD"}:
        return digits(value).lstrip("0").removeprefix("90") in numbers
    if value in words:
        return True
    return any(value in word for word in words if len(value) >= 5)


@lru_cache(maxsize=64)
def _own_forms(own: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    numbers = {digits(flat(o)).lstrip("0").removeprefix("90") for o in own}
    return frozenset(n for n in numbers if len(n) >= 7), frozenset(flat(o).strip() for o in own)


def _resolved(found: list[Found]) -> list[Found]:
    """Where finds overlap the kind that proves more wins, then the longer one."""
    kept: list[Found] = []
    order = sorted(set(found), key=lambda f: (PRIORITY.index(f[2]), f[0] - f[1], f[0]))
    for candidate in order:
        at = bisect(kept, candidate)
        before = at == 0 or kept[at - 1][1] <= candidate[0]
        after = at == len(kept) or candidate[1] <= kept[at][0]
        if before and after:
            kept.insert(at, candidate)
    return kept


@lru_cache(maxsize=1)
def _engine() -> Any:
    """The analyser, built once: presidio takes a second to import."""
    engines = [f"presidio_analyzer.nlp_engine.{name}_nlp_engine" for name in OTHER_ENGINES]
    with kept_out(empty=["spacy", "spacy.tokens", *engines]):
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

        from invekto.guardrails.presidio import NoEnhancer, NullNlpEngine, recognisers

    registry = RecognizerRegistry(
        recognizers=recognisers(list(entries())), supported_languages=["tr"]
    )
    return AnalyzerEngine(
        registry=registry,
        nlp_engine=NullNlpEngine(),
        context_aware_enhancer=NoEnhancer(),
        supported_languages=["tr"],
        log_decision_process=False,
    )


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """Every recogniser that is written as data."""
    return tuple(
        entry
        for path in sorted(HERE.glob("*.yaml"))
        for entry in read_entries(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)
    )


def is_loaded() -> bool:
    """Whether presidio is in memory already."""
    return "presidio_analyzer" in sys.modules

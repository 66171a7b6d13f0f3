"""How well products answer words: typos forgiven, rare words weigh more, words that say nothing of
any product are passed over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from math import log

import yaml
from rapidfuzz import fuzz

from invekto.knowledge.stemming import stopwords
from invekto.records.catalog import Listing
from invekto.text.normalise import fold
from invekto.tools.matching import folded
from invekto.tools.things import called

ENOUGH = 55.0
"""Points (of 100) from which a product answers a search."""
NAME, TEXT = 1.0, 0.85
"""A word of the name weighs more than one of the description."""
TYPO = 76.0
OTHER_WORDS = 0.95
"""What a word of another language counts."""


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def words_of(product: Listing) -> tuple[frozenset[str], frozenset[str]]:
    """The folded words of a product's names, and of all that is told of it."""
    named = _words(folded(" ".join(product.all_names)))
    told = product.search_text or folded(" ".join((product.category, *product.tags)))
    return named, _words(told)


def ranked(
    products: Sequence[Listing], query: str, *, enough: float = ENOUGH
) -> list[tuple[Listing, float]]:
    """(product, points of 100), best first; without words all of them, in order.

    Args:
        enough: points from which a product answers; a wish may be met in part.
    """
    words = telling_words(query)
    if not words:
        return [] if query.strip() else [(product, 100.0) for product in products]
    known = [words_of(product) for product in products]
    vocabulary = frozenset().union(*(named | told for named, told in known)) if known else ()
    fits = [_fitting(word, vocabulary) or _in_other_words(word, vocabulary) for word in words]
    telling = [fit for fit in fits if fit]
    if not telling:
        return []
    weights = [_weight(fit, known) for fit in telling]
    points = [_points(telling, weights, named, told) for named, told in known]
    kept = [(p, s) for p, s in zip(products, points, strict=True) if s >= enough]
    return sorted(kept, key=lambda pair: (-pair[1], pair[0].name))


def telling_words(query: str) -> list[str]:
    """Words that may name a product; "var mı", "beden" and the like ask about one."""
    asking = stopwords() | _asking()
    return [word for word in dict.fromkeys(fold(query).split()) if word not in asking]


@lru_cache(maxsize=1)
def _asking() -> frozenset[str]:
    raw = (resources.files("invekto.tools") / "words/asking.yaml").read_text("utf-8")
    return frozenset(fold(word) for words in yaml.safe_load(raw).values() for word in words.split())


def _fitting(word: str, vocabulary: frozenset[str] | tuple[()]) -> dict[str, float]:
    """The vocabulary's words that `word` may mean, with how nearly (0–1)."""
    if word in vocabulary:
        near = {other: _inflected(word, other) for other in vocabulary if _stem(word, other)}
        return {**near, word: 1.0}
    scored = {other: _nearness(word, other) for other in vocabulary}
    return {other: score for other, score in scored.items() if score > 0}


def _in_other_words(word: str, vocabulary: frozenset[str] | tuple[()]) -> dict[str, float]:
    """The vocabulary's words for what `word` is called in another language."""
    found: dict[str, float] = {}
    for other in called(word):
        for known, score in _fitting(other, vocabulary).items():
            found[known] = max(score * OTHER_WORDS, found.get(known, 0.0))
    return found


def names_any(words: Sequence[str], names: frozenset[str]) -> bool:
    """Whether one of the folded words is one of the names, endings aside."""
    return any(word == name or _stem(word, name) for word in words for name in names)


def _stem(word: str, other: str) -> bool:
    """Inflected forms of one word: çorap, çorapları."""
    shorter, longer = sorted((word, other), key=len)
    return len(shorter) >= 4 and longer.startswith(shorter)


def _inflected(word: str, other: str) -> float:
    """The less an ending adds, the likelier it is one: bathrobe is nearer to bathrobes than
    bath."""
    shorter, longer = sorted((len(word), len(other)))
    return 0.85 + 0.1 * shorter / longer


def _nearness(word: str, other: str) -> float:
    if _stem(word, other):
        return _inflected(word, other)
    if min(len(word), len(other)) < 4 or abs(len(word) - len(other)) > 3 or word[0] != other[0]:
        return 0.0
    similarity = fuzz.ratio(word, other, score_cutoff=TYPO)
    return 0.9 * similarity / 100


def _weight(fit: dict[str, float], known: list[tuple[frozenset[str], frozenset[str]]]) -> float:
    """Rarer is more telling."""
    holding = sum(1 for named, told in known if not fit.keys().isdisjoint(named | told))
    return log((1 + len(known)) / (0.5 + holding)) + 0.1


def _points(
    fits: list[dict[str, float]], weights: list[float], named: frozenset[str], told: frozenset[str]
) -> float:
    total = 0.0
    for fit, weight in zip(fits, weights, strict=True):
        in_name = max((score for word, score in fit.items() if word in named), default=0.0)
        in_text = max((score for word, score in fit.items() if word in told), default=0.0)
        total += weight * max(NAME * in_name, TEXT * in_text)
    return 100 * total / sum(weights)

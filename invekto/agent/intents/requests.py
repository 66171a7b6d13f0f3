"""Several requests in one message: which cut of it, if any, leaves two of them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from invekto.agent.intents.features import Floats
from invekto.agent.intents.segments import cuts
from invekto.text.fold import fold

BACKGROUND = frozenset(("greeting", "thanks_goodbye", "complaint", "out_of_scope"))
"""What stands beside a request without being a second one."""
MAX_CHARACTERS = 700
"""Longer messages are stories: they are read as one request."""
_SET_ASIDE = re.compile(
    r"(?<!\w)(?:degil\w*|istemiyorum|istemem|demiyorum|sormuyorum|etmiyorum|gecin|gectim|falan|sormustum|almistim"
    r"|etmistim|yapmistim|ogrendim|gordum|yerine|yok cok sukur|don't|do not|not|already|asked|got|know|saw|i've|haven't"
    r"|مو|مش|ما بدي|ما ابغي|لا تخافوا|سالت|عرفت|وصلني|شفت|بعرفه|تمام|قبل)(?!\w)"
)
_ONLY = re.compile(r"(?<!\w)(?:sadece|yalnizca|yeter|onu soruyorum|just|only|بس|فقط|المهم)(?!\w)")
_ASKS = re.compile(r"\?|(?<!\w)(?:mi|mu|misiniz|musunuz|miyim|muyum|miyiz|kac\w*|ne|nerede\w*|nasil|hangi\w*|what|how|when|where|do|can|is|كم|وين|متي|كيف|هل|شو|قديش)(?!\w)")
Read = Callable[[str], Floats]
FEATURES = 14


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to read a message as two requests; `features` weigh for and against it."""

    labels: tuple[int, int]
    probabilities: tuple[float, float]
    features: tuple[float, ...]


def best_cut(text: str, whole: Floats, names: tuple[str, ...], read: Read) -> Cut | None:
    """The likeliest cut into two different requests.

    Args:
        whole: probabilities of the whole message.
        names: the label of each probability.
        read: calibrated probabilities of a text.
    """
    if len(text) > MAX_CHARACTERS:
        return None
    best: tuple[float, Cut] | None = None
    for left, right, one, two in _read_cuts(text, read):
        a, b = int(one.argmax()), int(two.argmax())
        if a == b or names[a] in BACKGROUND or names[b] in BACKGROUND:
            continue
        weight = float(one[a] * two[b])
        if best is None or weight > best[0]:
            found = _features(left, right, one, two, whole, a, b)
            best = weight, Cut((a, b), (float(one[a]), float(two[b])), found)
    return best[1] if best else None


def _read_cuts(text: str, read: Read) -> Iterator[tuple[str, str, Floats, Floats]]:
    for left, right in cuts(text):
        yield left, right, read(left), read(right)


def _features(
    left: str, right: str, one: Floats, two: Floats, whole: Floats, a: int, b: int
) -> tuple[float, ...]:
    first, second = fold(left), fold(right)
    sizes = len(first.split()), len(second.split())
    return (
        1.0,
        _logit(float(one[a])),
        _logit(float(two[b])),
        _logit(float(min(one[a], two[b]))),
        float(whole[a] + whole[b]),
        float(min(whole[a], whole[b])),
        _logit(float(whole.max())),
        float(bool(_SET_ASIDE.search(first))),
        float(bool(_SET_ASIDE.search(second))),
        float(bool(_ONLY.search(second))),
        float(bool(_ASKS.search(first))),
        float(bool(_ASKS.search(second))),
        math.log(min(sizes)),
        float(one[b] + two[a]),
    )


def _logit(p: float) -> float:
    p = min(max(p, 1e-3), 1 - 1e-3)
    return math.log(p / (1 - p))


def chance_of_two(cut: Cut, weights: tuple[float, ...]) -> float:
    """Probability that the cut really leaves two requests."""
    return 1 / (1 + math.exp(-float(np.dot(cut.features, weights))))

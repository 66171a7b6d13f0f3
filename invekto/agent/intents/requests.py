"""Several requests in one message: which cut of it, if any, leaves two of them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
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
    r"(?<!\w)(?:degil\w*|istemiyorum|istemem|demiyorum|sormuyorum|etmiyorum|gecin|gectim|falan|sormustum"
    r"|almistim"
    r"|etmistim|yapmistim|ogrendim|biliyorum|baktim|gordum"
    r"|uzerine|yok cok sukur|gecen ay|gecen hafta"
    r"|don't|do not|not|already|asked|got|know|saw|i've|haven't"
    r"|مو|مش|ما بدي|ما ابغي|لا تخافوا|سالت|عرفت|وصلني|شفت|بعرفه|تمام|من قبل)(?!\w)"
)
_BUT = re.compile(r"(?<!\w)(?:ama|fakat|ancak|but|بس|لكن)(?!\w)")
_WISH = re.compile(
    r"(?<!\w)(?:istiyor\w*|lutfen|alayim|edin|atin|yollay\w*|gonder\w*|want|please|need|cancel|change|send|book|بدي|ابغي|اريد)(?!\w)"
)
_ONLY = re.compile(r"(?<!\w)(?:sadece|yalnizca|yeter|onu soruyorum|just|only|بس|فقط|المهم)(?!\w)")
_ASKS = re.compile(
    r"\?|(?<!\w)(?:mi|mu|misiniz|musunuz|miyim|muyum|miyiz|kac\w*|ne|nerede\w*|nasil|hangi\w*|what|how|when|where|do|can|is|كم|وين|متي|كيف|هل|شو|قديش)(?!\w)"
)
Way = tuple[str, str, str]
FEATURES = 14


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to read a message as two requests; `features` weigh for and against it."""

    labels: tuple[int, int]
    probabilities: tuple[float, float]
    features: tuple[float, ...]
    first_set_aside: bool = False
    second_set_aside: bool = False


def ways_to_cut(text: str) -> list[Way]:
    """The cuts of a message worth reading: (left part, right part, what stands between)."""
    return cuts(text) if len(text) <= MAX_CHARACTERS else []


def with_parts(text: str, ways: Sequence[Way]) -> list[str]:
    """What `best_cut` wants read: the message, then both parts of each way."""
    return [text, *(part for left, right, _ in ways for part in (left, right))]


def best_cut(ways: Sequence[Way], odds: Floats, names: tuple[str, ...]) -> Cut | None:
    """The likeliest cut into two different requests.

    Args:
        ways: from `ways_to_cut`.
        odds: calibrated probabilities of `with_parts`, row by row.
        names: the label of each column.
    """
    best: tuple[float, Cut] | None = None
    for at, (left, right, between) in enumerate(ways):
        one, two = odds[2 * at + 1], odds[2 * at + 2]
        a, b = int(one.argmax()), int(two.argmax())
        if a == b or names[a] in BACKGROUND or names[b] in BACKGROUND:
            continue
        weight = float(one[a] * two[b])
        if best is None or weight > best[0]:
            found = _features(left, right, one, two, odds[0], a, b)
            aside = (_is_set_aside(left, between), bool(_SET_ASIDE.search(fold(right))))
            best = weight, Cut((a, b), (float(one[a]), float(two[b])), found, *aside)
    return best[1] if best else None


def _is_set_aside(left: str, between: str) -> bool:
    """Whether the first part only tells what is not asked, was asked before, or is settled."""
    folded = fold(left)
    if _SET_ASIDE.search(folded):
        return "?" not in left + between and "؟" not in left + between
    return (
        bool(_BUT.search(fold(between))) and not _ASKS.search(folded) and not _WISH.search(folded)
    )


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


ASIDE_FROM = 0.75
"""Probability from which the other part alone is the request."""


def only_part(cut: Cut) -> int | None:
    """0 or 1 where one part is set aside and the other is the whole request."""
    if cut.first_set_aside and not cut.second_set_aside:
        return 1 if cut.probabilities[1] >= ASIDE_FROM else None
    return None


def chance_of_two(cut: Cut, weights: tuple[float, ...]) -> float:
    """Probability that the cut really leaves two requests."""
    return 1 / (1 + math.exp(-float(np.dot(cut.features, weights))))

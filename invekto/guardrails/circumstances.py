"""Figures that customers told of themselves and a reply repeats: a child's age, a budget, how many
they are, what is in their basket. No fact has them, and none needs to."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.limits import is_limit, keeps_to_limits
from invekto.guardrails.matching import ALWAYS_OPEN
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import negative

RULES = Path(__file__).parent / "rules" / "circumstances.yaml"
BESIDE = 60
"""Characters on each side of a figure that tell whose it is."""
_KINDS = frozenset({"money", "amount", "number", "time"})
_TAKEN = frozenset({"piece", "person", "night", "room", "tooth"})
_AT_MOST = re.compile(r"\w{0,3}(?:'\w{1,3})? (?:kadar|max|en fazla|alti)")
_UNDER = re.compile(r"(?:up to|under|below|less than|max\w*|at most|حتي|اقل من|دون) $")
_BEYOND = re.compile(r"\d ?(?:kg|kilo|yas|kisi)\w{0,4} (?:ust|uzer)|\b(?:over|above) \d|فوق \d")
"""What holds for more than a limit: then it is none."""


def circumstance(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """Whether a figure is the customer's own, and fits what the facts say of such figures."""
    if claim.kind not in _KINDS or _requested(claim, ground):
        return False
    before, after = sentence.flat[: claim.start], sentence.flat[claim.end :]
    around = f"{before[-BESIDE:]}§{after[:BESIDE]}"
    rules = _rules()
    if claim.kind == "time":
        always = any(ALWAYS_OPEN.search(fact) for fact in ground.folded)
        from_to = len({c.value for c, _ in ground.by_kind.get("time", ())}) > 1
        return (always or from_to) and rules["arrival"].search(around) is not None
    if claim.kind != "money" or sentence.flat[claim.start : claim.end].isdecimal():
        taken = claim.value[-1] in _TAKEN and rules["taken"].search(around)
        own = (taken and not rules["booked"].search(before)) or rules["own"].search(around)
        return bool(own) and not _too_much(claim, sentence, ground)
    if rules["worth"].search(around):
        limited = any(is_limit(f, c) for f, c in ground.written if c.kind == "money")
        reached = marks("circumstances.reached").match(after)
        return limited and not reached and keeps_to_limits(claim, sentence, ground)
    return (
        bool(rules["budget"].search(around))
        and not rules["policy"].search(sentence.flat)
        and any(
            float(c.value[0]) <= float(claim.value[0]) for c, _ in ground.by_kind.get("money", ())
        )
    )


def _requested(claim: Claim, ground: Ground) -> bool:
    """A fact says what the customer asked for, in figures of this kind."""
    return any(
        c.kind == claim.kind and c.value[1:] == claim.value[1:]
        for folded, c in ground.written
        if _rules()["request"].match(folded)
    )


def _too_much(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """More than the facts allow at most of the same, and the reply does not say no."""
    most = [
        float(c.value[0])
        for folded, c in ground.written
        if c.kind == "amount"
        and c.value[1:] == claim.value[1:]
        and (_AT_MOST.match(folded, c.end) or _UNDER.search(folded[: c.start]))
    ]
    if any(_BEYOND.search(folded) for folded in ground.folded):
        return False
    return bool(most) and float(claim.value[0]) > max(most) and not negative(sentence.flat)


@lru_cache(maxsize=1)
def _rules() -> dict[str, re.Pattern[str]]:
    data: dict[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    rules = {
        name: re.compile("|".join(data[name]))
        for name in ("own", "taken", "worth", "budget", "arrival")
    }
    rules["policy"] = re.compile(rf"\b(?:{'|'.join(data['policy'])})")
    rules["request"] = re.compile(
        rf"\s*(?:{'|'.join(data['request'])})\w{{0,5}}(?: [\w-]{{1,12}})? ?:"
    )
    rules["booked"] = re.compile(rf"\b(?:{'|'.join(data['booked'])})")
    return rules

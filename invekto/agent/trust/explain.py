"""Where a cell stands, in a sentence: what it has, what is missing, why it fell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from invekto.agent.trust import betting
from invekto.agent.trust.cell import CellState, Level
from invekto.agent.trust.decision import Override
from invekto.agent.trust.rules import RAMP_VERDICTS
from invekto.contracts.evidence import Risk

LANGUAGES = ("tr", "en", "ar")


@dataclass(frozen=True, slots=True)
class Missing:
    """What the next threshold to pass still asks for: right verdicts in a row, and how many when
    one of the verdicts to come is a correction. `settling` of them are already given."""

    threshold: float
    clean: int
    with_one_wrong: int
    settling: int


def missing(state: CellState) -> Missing | None:
    """The nearest threshold that has not passed; None where all have."""
    level = next((one for one in state.levels if not one.passed), None)
    if level is None:
        return None
    needed = level.needed(state.delta)
    after_wrong = betting.after_wrong(level.capital)
    return Missing(
        level.threshold,
        max(1, betting.right_needed(level.capital, state.epsilon, needed)),
        1 + betting.right_needed(after_wrong, state.epsilon, needed),
        sum(_feeds(state, level)),
    )


def explain(
    state: CellState | None,
    language: str,
    *,
    risk: Risk = Risk.MEDIUM,
    overrides: Sequence[Override] = (),
    now: datetime | None = None,
) -> str:
    """One to three sentences for the agent or the owner, in tr, en or ar."""
    words = _words()[language if language in LANGUAGES else "en"]
    above = _above(words, overrides, now, risk)
    if above is not None:
        return above
    if risk is Risk.HIGH:
        return str(words["high_risk"])
    if state is None:
        return str(words["nothing_yet"])
    parts = [_stands(words, state), _fell(words, state), _missing(words, state)]
    return " ".join(part for part in parts if part)


def _above(
    words: dict[str, Any], overrides: Sequence[Override], now: datetime | None, risk: Risk
) -> str | None:
    """A person's word, the strongest first; a pin to automatic never for high risk."""
    for kind in ("kill", "pin_suggest", "pin_auto"):
        for one in overrides:
            over = one.expires_at is not None and now is not None and one.expires_at <= now
            if one.kind != kind or over or (kind == "pin_auto" and risk is Risk.HIGH):
                continue
            until = one.expires_at.strftime("%d.%m.%Y") if one.expires_at else words["recalled"]
            return str(words[kind]).format(by=one.by, reason=one.reason.rstrip(" ."), until=until)
    return None


def _stands(words: dict[str, Any], state: CellState) -> str:
    passed = [level for level in state.levels if level.passed]
    if not passed:
        first = state.levels[0]
        if first.right + first.wrong == 0 and not state.waiting:
            return str(words["nothing_yet"])
        return str(words["suggests"]).format(right=first.right, wrong=first.wrong)
    loosest = passed[-1]
    share = state.ramp[loosest.step]
    said = str(words["automatic"]).format(
        confidence=_percent(loosest.threshold), share=_percent(share)
    )
    if loosest.step + 1 < len(state.ramp):
        left = RAMP_VERDICTS - loosest.since_step
        said += " " + str(words["climbs"]).format(
            left=left, share=_percent(state.ramp[loosest.step + 1])
        )
    if state.watch:
        said += " " + str(words["watched"]).format(left=state.watch)
    return said


def _fell(words: dict[str, Any], state: CellState) -> str:
    if state.wrong_at is None or any(level.passed for level in state.levels):
        return ""
    return str(words["fell"]).format(day=state.wrong_at.strftime("%d.%m.%Y"))


def _missing(words: dict[str, Any], state: CellState) -> str:
    found = missing(state)
    if found is None:
        return ""
    key = "missing_first" if not any(level.passed for level in state.levels) else "missing_next"
    said = str(words[key]).format(
        clean=found.clean,
        one=found.with_one_wrong,
        confidence=_percent(found.threshold),
        epsilon=_percent(state.epsilon),
    )
    if found.settling:
        said += " " + str(words["settling"]).format(count=found.settling)
    return said


def _feeds(state: CellState, level: Level) -> list[bool]:
    return [
        waiting.confidence >= level.threshold
        and (level.began is None or waiting.given > level.began)
        for waiting in state.waiting
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.3g}"


@cache
def _words() -> dict[str, dict[str, Any]]:
    text = files("invekto.agent.trust").joinpath("sentences.yaml").read_text("utf-8")
    words: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return words

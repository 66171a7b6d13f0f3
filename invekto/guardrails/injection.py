"""Screening of what comes in: manipulation, abuse and self-harm in messages and documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.attack_model import AttackModel, attack_model
from invekto.guardrails.concepts import concepts
from invekto.guardrails.consent import phrases
from invekto.guardrails.features import ATTACKING, GUESSED, features
from invekto.guardrails.flat import plain
from invekto.guardrails.views import LOOKED_AT, Views, views

THRESHOLD = 0.5
"""Chosen where every collection of lines is left out once: `python -m invekto.evals.attack_folds`."""
DOUBTFUL = 0.3
"""Chance from which words that were disguised letter by letter are taken for what they say."""
WINDOW = 1_500
"""Characters judged at once: an instruction in a long document must not drown in it."""
ENCODED = frozenset(
    {"base64", "hex", "url", "escaped", "tags", "binary", "codes", "morse", "shifted"}
)
HARM = frozenset({"abuse", "self_harm"})
_NAMED = {
    "override": ({"ignore", "rules"}, {"ignore", "prompt"}, {"ignore", "prior"}),
    "prompt_leak": ({"prompt", "reveal"}, {"prompt", "verbatim"}),
    "role_play": ({"become", "free"}, {"become", "rules"}, {"become", "grant"}),
    "fake_authority": ({"header"}, {"claim"}),
    "tool_abuse": ({"tool", "skip"}, {"tool", "grant"}, {"tool"}),
    "data_theft": ({"others"}, {"relation", "ask_data"}, {"make_me"}, {"cost_price"}),
    "coercion": ({"grant"}, {"pressure"}, {"skip"}, {"dictate"}),
    "to_machine": ({"to_machine"}, {"order_machine"}, {"hidden_word"}),
}


@dataclass(frozen=True, slots=True)
class Screening:
    """`kinds` say what was seen: override, prompt_leak, role_play, fake_authority, tool_abuse,
    data_theft, coercion, to_machine, encoded, hidden, exfiltration, manipulation; and `abuse`,
    `self_harm`. `score` is the chance of manipulation."""

    flagged: bool
    score: float
    kinds: tuple[str, ...] = ()

    @property
    def manipulates(self) -> bool:
        """Whether it tries to steer the machine, abuse and self-harm apart."""
        return any(kind not in HARM for kind in self.kinds)


def screen(text: str, *, source: str = "message") -> Screening:
    """Judge a message, or with another `source` the content of a file, review, note or tool
    result. Bounded in time; a long text is judged window by window, the worst one counts."""
    harm = screen_harm(text)
    score, kinds = 0.0, set[str]()
    for start in range(0, min(len(text), LOOKED_AT * 8) or 1, WINDOW):
        piece = text[max(0, start - 200) : start + WINDOW]
        seen = views(piece)
        probability = chance(seen, source, attack_model())
        if probability > score:
            score = probability
        if probability >= THRESHOLD:
            kinds |= _kinds(seen)
    named = tuple(sorted(kinds)) + harm
    return Screening(bool(named), score, named)


def screen_harm(text: str) -> tuple[str, ...]:
    """`abuse` and `self_harm` where someone threatens, harasses, or wants to hurt themselves;
    anger and complaint are neither."""
    rules = _harm()
    words = rules["harmless"].sub(" ", plain(text[:LOOKED_AT]))
    return tuple(kind for kind in ("abuse", "self_harm") if rules[kind].search(words))


def screen_abuse(text: str) -> bool:
    """Whether the message threatens or harasses somebody."""
    return "abuse" in screen_harm(text)


def chance(seen: Views, source: str, model: AttackModel) -> float:
    """Chance of manipulation of a text read in all ways: what the model says, more where
    something was hidden."""
    return max(model.probability(features(seen, source)), _hidden_chance(seen, model))


def _hidden_chance(seen: Views, model: AttackModel) -> float:
    """Chance that what was hidden in a text is manipulation: each reading judged by itself."""
    worst = 0.0
    surface = {c for _, c in concepts(seen.surface)} & ATTACKING
    if seen.marks & {"homoglyph", "zero_width", "bidi"} and surface:
        alone = Views(seen.surface, (), frozenset())
        worst = 0.97 if model.probability(features(alone, "message")) >= DOUBTFUL else 0.0
    for how, text in seen.hidden:
        found = {c for _, c in concepts(text)} & ATTACKING
        if how in {"bidi", "tags"} and len(text.split()) >= 3:
            worst = 0.97
        if found and (how not in GUESSED or len(found - surface) >= 1):
            alone = Views(text, (), frozenset())
            worst = max(worst, model.probability(features(alone, "message")))
    return worst


def _kinds(seen: Views) -> set[str]:
    found = {c for _, c in concepts(seen.surface)}
    for _, text in seen.hidden:
        found |= {c for _, c in concepts(text)}
    kinds = {kind for kind, sets in _NAMED.items() if any(s <= found for s in sets)}
    if any(how in ENCODED for how, _ in seen.hidden):
        kinds.add("encoded")
    if seen.marks & {"zero_width", "bidi", "homoglyph"}:
        kinds.add("hidden")
    if "exfiltration" in seen.marks:
        kinds.add("exfiltration")
    return kinds or {"manipulation"}


@lru_cache(maxsize=1)
def _harm() -> dict[str, re.Pattern[str]]:
    path = Path(__file__).parent / "rules" / "harm.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: phrases(entries, open_end=True) for name, entries in data.items()}

"""Something is said to come, by a day that no fact could tell."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.ground import Ground, is_asked
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import negative, states_nothing, to_come
from invekto.guardrails.wording import Clause

RULES = Path(__file__).parent / "rules" / "coming.yaml"
_LASTING = frozenset({"hour", "day", "work_day", "week", "month"})
_SUPPOSED = re.compile(
    r"\w\w(?:[ai]rs[ae]|[eu]rs[ae]|ys[ae]|m[ae]zs[ae]|s[ae]n[iu]z)\w{0,4}\b|\bif\b|اذا|(?<!\w)لو(?!\w)|[?؟]"
)
_DATED = re.compile(
    r"\btarih|\bgiris|\bgelec|\bbeklen|\bexpect|\beta\b|\bdue\b|\brestock|متوقع|توريد"
)


@lru_cache(maxsize=1)
def _rules() -> dict[str, re.Pattern[str]]:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return {name: re.compile("|".join(patterns)) for name, patterns in data.items()}


def untold(sentence: Sentence, pieces: list[Clause], ground: Ground) -> str | None:
    """A day on which something comes, where the facts tell no days; or that something will be
    there again, where they tell nothing of the kind."""
    if _SUPPOSED.search(sentence.flat):
        return None
    for piece in pieces:
        if states_nothing(piece.text) or negative(piece.text):
            continue
        told = any(map(_tells_coming, ground.folded))
        if to_come(piece.text) and not told and not _dated(ground):
            return f"no fact tells when it is there again: “{piece.text.strip()[:80]}”"
        if _rules()["coming"].search(piece.text) and _unknown_day(piece, ground):
            return f"no fact tells such a day: “{piece.text.strip()[:80]}”"
    return None


def _tells_coming(folded: str) -> bool:
    return to_come(folded) or bool(_DATED.search(folded))


def _unknown_day(piece: Clause, ground: Ground) -> bool:
    rules = _rules()
    told = [fact for fact in ground.folded if not is_asked(fact)]
    if any(rules["relative"].search(fact) or rules["near"].search(fact) for fact in told):
        return False
    if rules["relative"].search(piece.text) and ground.today is None:
        return True
    named = any(c.kind == "weekday" for c in piece.claims)
    return bool(named or rules["near"].search(piece.text)) and _without_days(ground)


def _without_days(ground: Ground) -> bool:
    """The facts tell no day, no month and no length of time."""
    lasting = any(c.value[1] in _LASTING for c, _ in ground.by_kind.get("amount", ()))
    return not (lasting or _dated(ground) or ground.months)


def _dated(ground: Ground) -> bool:
    return any(ground.by_kind.get(kind) for kind in ("date", "dotted", "weekday"))

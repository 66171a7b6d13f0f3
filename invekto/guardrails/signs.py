"""Yes or no, free or paid, done or not: what a clause states of its subject."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.readings import marks

RULES = Path(__file__).parent / "rules"


@lru_cache(maxsize=1)
def _rules() -> dict[str, re.Pattern[str]]:
    data = yaml.safe_load((RULES / "signs.yaml").read_text(encoding="utf-8"))
    return {name: re.compile("|".join(patterns)) for name, patterns in data.items()}


@lru_cache(maxsize=1)
def _states() -> dict[str, re.Pattern[str]]:
    data = yaml.safe_load((RULES / "states.yaml").read_text(encoding="utf-8"))
    return {name: re.compile("|".join(patterns)) for name, patterns in data.items()}


@lru_cache(maxsize=1)
def _actions() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    data = yaml.safe_load((RULES / "actions.yaml").read_text(encoding="utf-8"))
    return {
        name: (re.compile(entry["claimed"]), re.compile(entry["told"]))
        for name, entry in data.items()
    }


@lru_cache(maxsize=4_096)
def negative(folded: str) -> bool:
    """Whether the clause denies; "no charge" does not."""
    rules = _rules()
    told = rules["free"].sub(" ", rules["affirmed"].sub(" ", folded))
    return bool(rules["negative"].search(told))


def negations(folded: str) -> list[tuple[int, int]]:
    """Where a text denies: the places of its negative words."""
    rules = _rules()

    def gap(match: re.Match[str]) -> str:
        return " " * len(match.group())

    told = rules["free"].sub(gap, rules["affirmed"].sub(gap, folded))
    return [m.span() for m in rules["negative"].finditer(told)]


@lru_cache(maxsize=4_096)
def states_nothing(folded: str) -> bool:
    """Whether the clause is a refusal of the assistant or a condition."""
    rules = _rules()
    return bool(rules["refusal"].search(folded) or rules["conditional"].search(folded))


@lru_cache(maxsize=8_192)
def supposed(folded: str) -> bool:
    """Whether a text speaks of what comes under a condition."""
    return bool(_rules()["supposed"].search(folded))


@lru_cache(maxsize=4_096)
def costs(folded: str) -> str:
    """`free`, `paid`, or nothing."""
    rules = _rules()
    if rules["paid"].search(folded):
        return "paid"
    return "free" if rules["free"].search(folded) else ""


_FUTURE = re.compile(r"\bwill be \w+|(?<!\w)[وف]?سي?تم (?!تجهيز)|(?<!\w)و?سنقوم ")


@lru_cache(maxsize=4_096)
def states(folded: str) -> frozenset[str]:
    """States of an order that are stated."""
    told = _FUTURE.sub(" ", folded)
    return frozenset(name for name, pattern in _states().items() if pattern.search(told))


_DENIED = ((re.compile(r"(\w{3,})m[ae](di|mis)"), r"\1\2"),)
_NOT_YET = re.compile(r"\bhenuz\b|\byet\b|\bhala\b|بعد$|حتى الان")


@lru_cache(maxsize=4_096)
def denied_states(folded: str) -> frozenset[str]:
    """States of an order that the clause says it is not in."""
    told = folded
    for pattern, positive in _DENIED:
        told = pattern.sub(positive, told)
    return states(told) - states(folded)


def not_yet(folded: str) -> bool:
    """Whether the clause says that something has not happened so far."""
    return bool(_NOT_YET.search(folded.strip()))


def undone(folded: str, facts: list[str]) -> str | None:
    """The kind of a deed that the clause claims as done and no fact tells; None where there is
    none."""
    folded = _FUTURE.sub(" ", folded)
    for name, (claimed, _) in _actions().items():
        if claimed.search(folded) and not any(name in _told(fact) for fact in facts):
            return name
    return None


@lru_cache(maxsize=4_096)
def _told(fact: str) -> frozenset[str]:
    """The kinds of deeds that a fact tells as done."""
    done = marks("signs.possible").sub(" ", fact)
    return frozenset(name for name, (_, told) in _actions().items() if told.search(done))


_TO_COME = re.compile(
    r"\b(?:tekrar|yeniden) (?:stok|raf|gel)|\bback in stock|\brestock(?!ed (?:daily|every))|\bstok\w{0,4} gir(?:ecek|iyor|isi)|سيتوفر"
)


@lru_cache(maxsize=4_096)
def to_come(folded: str) -> bool:
    """Whether a clause says that something will be there again."""
    return bool(_TO_COME.search(folded))


@lru_cache(maxsize=8_192)
def availability(folded: str) -> bool | None:
    """Whether a clause says that something is there (True) or gone (False); None where neither."""
    if to_come(folded):
        return None
    if marks("signs.gone").search(folded):
        return False
    return True if marks("signs.there").search(folded) else None

"""The engine of the time grammar: passes of rules over items, written as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from invekto.errors import BadData
from invekto.text.lexicon import OTHER, Item
from invekto.text.resources import resource

_SIGNS = ("comma", "stop")  # never at an end of a span
_FIRST_CODE = 0x4E00  # one ideograph for each kind, so that a case letter can stand beside it


@dataclass(frozen=True, slots=True)
class Found:
    """The items a rule matched, their neighbours and the moment of the message."""

    items: tuple[Item, ...]
    earlier: tuple[Item, ...]
    after: Item | None
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    def all(self, *kinds: str) -> list[Item]:
        """The matched items of these kinds, in order."""
        return [item for item in self.items if item.kind in kinds]

    def one(self, *kinds: str) -> Item | None:
        """The first matched item of these kinds."""
        return next((item for item in self.items if item.kind in kinds), None)

    @property
    def before(self) -> Item | None:
        return self.earlier[-1] if self.earlier else None

    def after_is(self, *kinds: str | None) -> bool:
        """Whether what follows is of these kinds; None stands for the end of the text."""
        return (self.after.kind if self.after else None) in kinds

    def has(self, *kinds: str) -> bool:
        return self.one(*kinds) is not None


Maker = Callable[[Found], tuple[str, Any] | None]
"""Returns the kind and value of the new item, or None where the match makes no sense."""


@dataclass(frozen=True, slots=True)
class Rule:
    make: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Stage:
    """The rules of one pass; items of a `silent` kind at the beginning stay outside the span."""

    name: str
    rules: tuple[Rule, ...]
    silent: frozenset[str]


@cache
def stages(language: str) -> tuple[Stage, ...]:
    """The passes of grammar/`language`.yaml, in order.

    Raises:
        BadData: a rule cannot be read.
    """
    table = resource(f"grammar/{language}.yaml")
    silent = frozenset(table.get("silent", ()))
    return tuple(
        Stage(name, tuple(Rule(r["make"], _pattern(r["find"], language)) for r in rows), silent)
        for name, rows in table["passes"].items()
    )


@cache
def _code(kind: str) -> str:
    kinds: list[str] = resource("grammar/kinds.yaml")
    if kind not in kinds:
        raise BadData(f"unknown kind {kind!r} in the time grammar: add it to grammar/kinds.yaml")
    return chr(_FIRST_CODE + kinds.index(kind))


def _pattern(find: str, language: str) -> re.Pattern[str]:
    """`this|coming weekday:d dayword?` as a pattern over codes and case letters."""
    parts = []
    for word in find.split():
        optional = word.endswith("?")
        choices = [_choice(choice) for choice in word.rstrip("?").split("|")]
        parts.append(f"(?:{'|'.join(choices)}){'?' if optional else ''}")
    try:
        return re.compile("".join(parts))
    except re.error as error:
        raise BadData(f"grammar/{language}.yaml: rule {find!r}: {error}") from error


def _choice(choice: str) -> str:
    kind, _, cases = choice.partition(":")
    return _code(kind) + (f"[{cases}]" if cases else ".")


def rewrite(
    items: list[Item], stage: Stage, makers: Mapping[str, Maker], now: datetime
) -> list[Item]:
    """One pass: at each place the longest match that makes sense becomes one item."""
    codes = "".join(_code(item.kind) + item.case for item in items)
    out: list[Item] = []
    at = 0
    while at < len(items):
        made = None
        for size, rule in _matches(codes, at, stage) if items[at].kind != OTHER else ():
            after = items[at + size] if at + size < len(items) else None
            found = Found(tuple(items[at : at + size]), tuple(out[-2:]), after, now)
            made = _made(found, makers[rule.make], stage)
            if made is not None:
                at += size
                break
        out.append(made or items[at])
        at += 0 if made else 1
    return out


def _matches(codes: str, at: int, stage: Stage) -> list[tuple[int, Rule]]:
    """(number of items, rule) of the matches at an item, longest first."""
    found = []
    for rule in stage.rules:
        match = rule.pattern.match(codes, 2 * at)
        if match is not None:
            found.append((match.end() // 2 - at, rule))
    return sorted(found, key=lambda pair: -pair[0])


def _made(found: Found, make: Maker, stage: Stage) -> Item | None:
    made = make(found)
    if made is None:
        return None
    words = [item for item in found.items if item.kind not in _SIGNS] or found.items
    loud = [item for item in words if item.kind not in stage.silent] or words
    return Item(made[0], made[1], loud[0].begin, words[-1].finish, words[-1].case)

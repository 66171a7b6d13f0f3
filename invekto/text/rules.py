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


@cache
def rules(language: str) -> dict[str, tuple[Rule, ...]]:
    """The passes of grammar/`language`.yaml, in order.

    Raises:
        BadData: a rule cannot be read.
    """
    passes = resource(f"grammar/{language}.yaml")["passes"]
    return {
        name: tuple(Rule(row["make"], _pattern(row["find"], language)) for row in rows)
        for name, rows in passes.items()
    }


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
    items: list[Item], stage: tuple[Rule, ...], makers: Mapping[str, Maker], now: datetime
) -> list[Item]:
    """One pass: at each place the longest match that makes sense becomes one item."""
    codes = "".join(_code(item.kind) + item.case for item in items)
    out: list[Item] = []
    at = 0
    while at < len(items):
        size, made = (
            (0, None)
            if items[at].kind == OTHER
            else _best(items, codes, at, stage, makers, now, out)
        )
        out.append(made or items[at])
        at += max(size, 1)
    return out


def _best(
    items: list[Item],
    codes: str,
    at: int,
    stage: tuple[Rule, ...],
    makers: Mapping[str, Maker],
    now: datetime,
    done: list[Item],
) -> tuple[int, Item | None]:
    matches = []
    for rule in stage:
        match = rule.pattern.match(codes, 2 * at)
        if match is not None and match.end() > 2 * at:
            matches.append(((match.end() // 2) - at, rule))
    for size, rule in sorted(matches, key=lambda pair: -pair[0]):
        chosen = tuple(items[at : at + size])
        after = items[at + size] if at + size < len(items) else None
        made = makers[rule.make](Found(chosen, tuple(done[-2:]), after, now))
        if made is not None:
            kind, value = made
            return size, Item(kind, value, chosen[0].begin, chosen[-1].finish, chosen[-1].case)
    return 0, None

"""What a question wants to know of a thing (how many sessions, does it hurt, who does it), and
whether a text tells it: `data/attributes.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

from invekto.knowledge.blocks import ROW_GAP
from invekto.knowledge.sentences import sentences
from invekto.text.normalise import fold

KEPT = 4_096
"""Answers to "does this text tell that" that are kept."""
_THING = re.compile(r"(?:\w+ ){0,2}(?=\w+[iu] ?$)\b(\w+) ?$|(\w+) ?$")
_NEXT = re.compile(r"\w+(?: \w+)?")
EMPTY = frozenset(("", "-", "–", "—"))


@dataclass(frozen=True, slots=True)
class Attribute:
    """`asks` finds it in a question, `column` in the heading of a table's column, `holds` in a
    sentence or a cell."""

    name: str
    asks: re.Pattern[str]
    holds: re.Pattern[str]
    column: re.Pattern[str] | None


@cache
def attributes() -> dict[str, Attribute]:
    """All, the first that a question asks for first."""
    entries: dict[str, dict[str, list[str]]] = _data("attributes.yaml")
    return {
        name: Attribute(
            name,
            _either(entry["asks"]),
            _either(entry["holds"]),
            _either(entry["column"]) if "column" in entry else None,
        )
        for name, entry in entries.items()
    }


@cache
def wording(name: str) -> re.Pattern[str]:
    """One of `data/questions.yaml`, to be searched in a question's folded words."""
    return _either(_data("questions.yaml")[name])


def _data(name: str) -> Any:
    return yaml.safe_load((resources.files("invekto.knowledge") / "data" / name).read_text("utf-8"))


def _either(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


def wanted(words: str) -> tuple[Attribute, list[range]] | None:
    """What a question's folded words ask for, and the characters that ask it, without those that
    name the thing in between; None where nothing known is asked."""
    for attribute in attributes().values():
        found = attribute.asks.search(words)
        if found is not None:
            between = sorted(s for s in found.regs[1:] if s[0] >= 0)
            ends = [found.start(), *(edge for span in between for edge in span), found.end()]
            return attribute, [range(*ends[n : n + 2]) for n in range(0, len(ends), 2)]
    return None


def whether(words: str) -> range | None:
    """The characters of a question's folded words that name what there is or is not ("… var mı");
    None where it asks something else."""
    before = wording("there_before").search(words)
    if before is not None:
        thing = _THING.search(words, 0, before.start())
        return (
            None
            if thing is None or wording("no_thing").match(thing[1] or thing[2])
            else range(*thing.span())
        )
    after = wording("there_after").search(words)
    thing = _NEXT.match(words, after.end()) if after is not None else None
    return range(*thing.span()) if thing is not None else None


@lru_cache(maxsize=KEPT)
def asks(name: str, title: str) -> bool:
    """Whether the question of an FAQ asks for an attribute."""
    return attributes()[name].asks.search(fold(title)) is not None


@lru_cache(maxsize=KEPT)
def telling(name: str, text: str) -> tuple[int, ...]:
    """The places of the sentences that tell an attribute, or of the cells after a row's name:
    those of its column, else those that speak of it without being another attribute's."""
    attribute = attributes()[name]
    if ROW_GAP not in text:
        said = enumerate(sentences(text))
        return tuple(at for at, one in said if attribute.holds.search(fold(one)))
    cells = list(enumerate(map(_cell, text.split(ROW_GAP))))[1:]
    own = tuple(at for at, cell in cells if _in_column(attribute, *cell))
    return own or tuple(at for at, cell in cells if _speaks(attribute, *cell))


def _cell(part: str) -> tuple[str, str]:
    head, colon, value = fold(part).partition(": ")
    return (head, value.strip()) if colon else ("", head.strip())


def _in_column(attribute: Attribute, head: str, value: str) -> bool:
    return value not in EMPTY and bool(attribute.column and attribute.column.search(head))


def _speaks(attribute: Attribute, head: str, value: str) -> bool:
    others = (other.column for other in attributes().values() if other is not attribute)
    foreign = any(column is not None and column.search(head) for column in others)
    return not foreign and attribute.holds.search(value) is not None

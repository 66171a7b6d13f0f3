"""Ways in which people and tools write a list of things with one value each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing, its value bare and as a free sentence tells it, and both sentences."""

    name: str
    bare: str
    freely: str
    plain: str
    free: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Things of one kind and one attribute of each."""

    kind: str
    lang: str
    title: str
    thing: str
    attribute: str
    unit: str
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, data: dict[str, Any]) -> Catalogue:
        """A catalogue as its file has it."""
        return cls(**{**data, "entries": tuple(Entry(*e) for e in data["entries"])})

    def full(self, entry: Entry) -> str:
        """The value with its unit."""
        return f"{entry.bare} {self.unit}".strip()

    def each(self, form: str, *, last: str | None = None) -> list[str]:
        """Every entry in a form of `{n}` (name), `{v}` (value with unit) and `{b}` (bare), the last
        in another where given."""
        forms = [form] * (len(self.entries) - 1) + [last or form]
        return [
            f.format(n=e.name, v=self.full(e), b=e.bare)
            for f, e in zip(forms, self.entries, strict=True)
        ]


Layout = Callable[[Catalogue], list[str]]


def _head_first(c: Catalogue) -> list[str]:
    first, *others = c.each("{n} {b}")
    return ["; ".join([f"{first} {c.unit}".strip(), *others])]


def _record(c: Catalogue) -> list[str]:
    return [f"{c.thing}={e.name}; {c.attribute}={c.full(e)}" for e in c.entries]


def _json(c: Catalogue) -> list[str]:
    return [json.dumps([{c.thing: e.name, c.attribute: c.full(e)} for e in c.entries])]


def _json_by_name(c: Catalogue) -> list[str]:
    return [json.dumps({c.title: {e.name: c.full(e) for e in c.entries}}, ensure_ascii=False)]


def _table(c: Catalogue) -> list[str]:
    return ["\n".join([f"{c.thing} | {c.attribute}", *c.each("{n} | {v}")])]


def _table_of_units(c: Catalogue) -> list[str]:
    head = f"{c.thing} | {c.attribute} ({c.unit})" if c.unit else f"{c.thing} | {c.attribute}"
    return ["\n".join([head, *c.each("{n} | {b}")])]


def _titled(c: Catalogue, unit: str) -> str:
    return f"{c.title} ({unit})" if unit else c.title


_AND = {"tr": " ve ", "en": " and ", "ar": " و"}

# ruff: noqa: E501
LAYOUTS: dict[str, Layout] = {
    "a fact each": lambda c: c.each("{n}: {v}"),
    "a fact each, title": lambda c: c.each(f"{c.title}: {{n}} {{v}}"),
    "lines": lambda c: ["\n".join(c.each("- {n}: {v}"))],
    "title and lines": lambda c: [f"{c.title}:\n" + "\n".join(c.each("{n} - {v}"))],
    "key: value;": lambda c: ["; ".join(c.each("{n}: {v}"))],
    "semicolons": lambda c: ["; ".join(c.each("{n} {v}"))],
    "commas": lambda c: [", ".join(c.each("{n} {v}"))],
    "title, commas": lambda c: [f"{c.title}: " + ", ".join(c.each("{n} {v}"))],
    "slashes": lambda c: [" / ".join(c.each("{n} {v}"))],
    "brackets": lambda c: [", ".join(c.each("{n} ({v})"))],
    "value first": lambda c: [", ".join(c.each("{v} {n}"))],
    "and": lambda c: [_AND[c.lang].join([", ".join(c.each("{n} {v}")[:-1]), c.each("{n} {v}")[-1]])],
    "numbered": lambda c: [" ".join(f"{i}) {row}" for i, row in enumerate(c.each("{n}: {v}"), 1))],
    "unit last, commas": lambda c: [", ".join(c.each("{n} {b}", last="{n} {v}"))],
    "unit last, semicolons": lambda c: [f"{c.title}: " + "; ".join(c.each("{n} {b}", last="{n} {v}"))],
    "unit first": _head_first,
    "unit in title": lambda c: [f"{_titled(c, c.unit)}: " + "; ".join(c.each("{n} {b}"))],
    "unit in title, key: value": lambda c: [f"{_titled(c, c.unit)} - " + ", ".join(c.each("{n}: {b}"))],
    "record": _record,
    "json rows": _json,
    "json by name": _json_by_name,
    "table": _table,
    "table of bare values": _table_of_units,
}  # fmt: skip

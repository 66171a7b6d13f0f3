"""Which list a sheet is, where its headings stand, and which column means what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from invekto.errors import BadData
from invekto.intake.sheets import Sheet
from invekto.intake.values import text
from invekto.text.normalise import fold

DEPTH = 15
"""Headings are looked for in the first rows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet (from 0), its heading as written, and the field it was taken for;
    None: not understood, left out."""

    index: int
    heading: str
    field: str | None
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """What a sheet was taken for. `first` is the index of the first row below the headings."""

    kind: str
    columns: list[Column]
    first: int

    @property
    def fields(self) -> dict[str, int]:
        """Column by field."""
        return {c.field: c.index for c in self.columns if c.field is not None}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person decided of a sheet: its kind, and the field of a heading (None: leave the
    column out)."""

    kind: str | None = None
    columns: Mapping[str, str | None] = field(default_factory=dict)


NO_CHOICE = Choice()


@cache
def data(name: str) -> dict[str, Any]:
    """A YAML file of this room."""
    made: dict[str, Any] = yaml.safe_load(
        files("invekto.intake").joinpath(name).read_text(encoding="utf-8")
    )
    return made


def key(heading: str) -> str:
    """A heading as it is compared."""
    return re.sub(r"[^a-z0-9\u0600-\u06ff]+", " ", fold(heading)).strip()


@cache
def synonyms(kind: str) -> dict[str, tuple[str, bool]]:
    """Field and whether it is a guess, by folded heading."""
    found: dict[str, tuple[str, bool]] = {}
    for name, words in data("headings.yaml")[kind]["fields"].items():
        for word in [name.replace("_", " "), *words]:
            found.setdefault(key(str(word)), (name, str(word).startswith("~")))
    return found


def kinds() -> list[str]:
    """Every kind of list there is."""
    return list(data("headings.yaml"))


def fields(kind: str) -> list[str]:
    """The fields that columns of a kind may be taken for. Raises BadData: no such kind."""
    if kind not in kinds():
        raise BadData(f"{kind!r} is no kind of list: write one of {', '.join(kinds())}")
    return list(data("headings.yaml")[kind]["fields"])


def layout(sheet: Sheet, choice: Choice = NO_CHOICE) -> Layout | None:
    """The best reading of a sheet; None where it is none of our lists.

    Raises:
        BadData: there is no kind or field of the name that was chosen.
    """
    kind = choice.kind
    if kind is None and choice.columns:
        raise BadData(f"say what {sheet.label} is before its columns: one of {', '.join(kinds())}")
    if kind is not None:
        unknown = {f for f in choice.columns.values() if f} - set(fields(kind))
        if unknown:
            raise BadData(f"{kind} have no field {', '.join(sorted(unknown))}")
    best: tuple[float, Layout] | None = None
    for first, headings in _candidates(sheet):
        for one in [kind] if kind else kinds():
            made = Layout(one, _columns(headings, one, choice.columns), first)
            if _complete(made) and (best is None or _score(made, sheet) > best[0]):
                best = (_score(made, sheet), made)
    return best[1] if best else None


def needs(kind: str) -> list[list[str]]:
    """The fields without which a sheet is not of a kind: of each list one will do."""
    return [need.split("|") for need in data("headings.yaml")[kind]["needs"]]


def named_kind(sheet: Sheet) -> str | None:
    """The kind of list that the name of a sheet or file says it is."""
    for name in (sheet.name, sheet.file.rsplit(".", 1)[0]):
        told = f" {key(name)} "
        for kind in kinds():
            if any(f" {word} " in told for word in data("headings.yaml")[kind]["names"]):
                return kind
    return None


def missing(sheet: Sheet, kind: str) -> list[str]:
    """What a sheet lacks to be of a kind: fields that none of its columns was taken for, in the
    nearest reading of its headings."""
    lacking = [
        [" or ".join(need) for need in needs(kind)
         if not any(one in Layout(kind, _columns(ways, kind, {}), first).fields for one in need)]
        for first, ways in _candidates(sheet)
    ]  # fmt: skip
    return min(lacking, key=len, default=[])


def headings(sheet: Sheet) -> list[Column]:
    """What are probably the headings of a sheet that was not recognised."""
    found = _candidates(sheet)
    ways = found[0][1] if found else []
    return [Column(index, way[0], None) for index, way in enumerate(ways) if way[0]]


def _candidates(sheet: Sheet) -> list[tuple[int, list[list[str]]]]:
    """Rows that may hold headings: index of the row below, and the ways to read each heading."""
    shown = [[text(cell) for cell in row] for row in sheet.rows[: DEPTH + 1]]
    found = []
    for at, row in enumerate(shown[:DEPTH]):
        if len({cell for cell in row if cell}) < 2:
            continue  # empty, or a title over everything
        found.append((at + 1, [[cell] for cell in row]))
        below = shown[at + 1] if at + 1 < len(shown) else []
        if below and not any(any(c.isdigit() for c in cell) for cell in below):
            found.append((at + 2, [_stacked(row, below, n) for n in range(len(below))]))
    return found


def _stacked(upper: list[str], lower: list[str], at: int) -> list[str]:
    over, under = (upper[at] if at < len(upper) else ""), lower[at]
    if over == under or not under or not over:
        return [over or under]
    return [f"{over} {under}", f"{under} {over}", under]


def _columns(
    headings: list[list[str]], kind: str, chosen: Mapping[str, str | None]
) -> list[Column]:
    known, columns = synonyms(kind), []
    decided = {key(heading): name for heading, name in chosen.items()}
    taken = set[str]()
    for index, ways in enumerate(headings):
        name = decided.get(key(ways[0]))
        if name is not None and name not in taken:
            taken.add(name)
            columns.append(Column(index, ways[0], name))
    for sure in (True, False):  # a sure heading goes before a guess for the same field
        for index, ways in enumerate(headings):
            name, guessed = next(filter(None, (_known(known, w) for w in ways)), (None, False))
            open_yet = name not in taken and key(ways[0]) not in decided
            if name is not None and open_yet and guessed is not sure:
                taken.add(name)
                columns.append(Column(index, ways[0], name, guessed))
    seen = {c.index for c in columns}
    columns += [
        Column(index, ways[0], None)
        for index, ways in enumerate(headings)
        if index not in seen and ways[0]
    ]
    return sorted(columns, key=lambda c: c.index)


def _known(known: Mapping[str, tuple[str, bool]], way: str) -> tuple[str, bool] | None:
    """A heading's field; what stands in brackets, such as `(KDV Dahil)`, may be left away."""
    return known.get(key(way)) or known.get(key(re.sub(r"\(.*?\)|\[.*?\]", " ", way)))


def _complete(made: Layout) -> bool:
    return all(any(one in made.fields for one in need) for need in needs(made.kind))


def _score(made: Layout, sheet: Sheet) -> float:
    """Understood columns count, those left over against; the name of file or sheet decides."""
    names = data("headings.yaml")[made.kind]["names"]
    told = [(f" {key(sheet.name)} ", 3.0), (f" {key(sheet.file.rsplit('.', 1)[0])} ", 2.0)]
    named = sum(worth for name, worth in told if any(f" {word} " in name for word in names))
    known = len(made.fields)
    return known - 0.5 * (len(made.columns) - known) + named - 0.01 * made.first

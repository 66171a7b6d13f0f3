"""Whatever the layout of a list, each value stays with its thing: a matrix of layouts and
catalogues, right tellings that pass and neighbours' values that are stopped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy
from tests.guardrails.layouts import LAYOUTS, Catalogue, Entry

CATALOGUES = [
    Catalogue.of(data)
    for data in yaml.safe_load((Path(__file__).parent / "layouts.yaml").read_text(encoding="utf-8"))
]
PASSED = 0.99
"""Share of the right tellings that pass."""
STOPPED = 0.985
"""Share of the tellings with a neighbour's value that are stopped."""


def tellings(catalogue: Catalogue, entry: Entry) -> Iterator[tuple[str, bool]]:
    """Plain and free sentences on an entry, and whether the value is its own."""
    others = [e for e in catalogue.entries if e is not entry]
    for told in (entry, *others):
        yield entry.plain.format(catalogue.full(told)), told is entry
        yield entry.free.format(told.freely), told is entry


def passes(guard: ReplyGuard, catalogue: Catalogue, facts: list[str], text: str) -> bool:
    """Whether nothing in a reply is found to be without ground."""
    reply = ReplyUnderCheck(text, catalogue.lang, "x", "ecommerce", facts)
    return all(finding.rail != "grounded" for finding in guard.check(reply).findings)


Cell = dict[bool, list[str]]
"""What went wrong in a cell: right ones held (True), neighbours' values passed (False)."""


@pytest.fixture(scope="module")
def matrix() -> dict[tuple[str, str], Cell]:
    guard = ReplyGuard(sector_policy("ecommerce"))
    found: dict[tuple[str, str], Cell] = {}
    for catalogue in CATALOGUES:
        for layout, lay_out in LAYOUTS.items():
            facts = lay_out(catalogue)
            cell: Cell = {True: [], False: []}
            for entry in catalogue.entries:
                for text, own in tellings(catalogue, entry):
                    if passes(guard, catalogue, facts, text) is not own:
                        cell[own].append(f"{text}   <- {' ¶ '.join(facts)}")
            found[layout, f"{catalogue.kind} ({catalogue.lang})"] = cell
    return found


def told(own: bool) -> int:
    return sum(
        is_own is own for c in CATALOGUES for e in c.entries for _, is_own in tellings(c, e)
    ) * len(LAYOUTS)


def test_values_stay_with_their_things(matrix: dict[tuple[str, str], Cell]) -> None:
    errors = {own: [e for cell in matrix.values() for e in cell[own]] for own in (True, False)}
    print(_drawn(matrix))
    assert len(errors[True]) <= (1 - PASSED) * told(True), errors[True][:20]
    assert len(errors[False]) <= (1 - STOPPED) * told(False), errors[False][:20]


def _drawn(matrix: dict[tuple[str, str], Cell]) -> str:
    """Errors by layout and catalogue: right ones held, wrong ones passed."""
    by_layout: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    by_kind: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (layout, kind), cell in matrix.items():
        for own in (True, False):
            by_layout[layout][not own] += len(cell[own])
            by_kind[kind][not own] += len(cell[own])
    rows = [f"{held:4} {missed:4}  {name}" for name, (held, missed) in by_layout.items()]
    rows += [f"{held:4} {missed:4}  {name}" for name, (held, missed) in by_kind.items()]
    return "\n".join(["held missed", *rows])

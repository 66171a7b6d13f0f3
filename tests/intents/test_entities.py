"""Entities against the values that were written before the code."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from invekto.agent.intents.entities.find import find_entities
from invekto.agent.intents.words import TenantWords
from tests.intents.conftest import DATA, NOW

KINDS = {
    "order_number", "tracking_number", "phone", "size", "colour", "quantity", "city", "courier",
    "return_reason", "product", "treatment",
}  # fmt: skip
FLOOR = 0.97


def _words() -> dict[str, TenantWords]:
    raw = yaml.safe_load((DATA / "catalog.yaml").read_text(encoding="utf-8"))

    def names(items: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
        return tuple((n, i["id"]) for i in items for n in (i["name"], *i.get("also", ())))

    return {
        "ecommerce": TenantWords(products=names(raw["ecommerce"]["product"])),
        "dental": TenantWords(treatments=names(raw["dental"]["treatment"])),
        "aesthetic": TenantWords(treatments=names(raw["aesthetic"]["treatment"])),
    }


def test_expected_values() -> None:
    words = _words()
    good = Counter[bool]()
    missed = []
    for line in (DATA / "entities.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        shop = row["pack"] == "ecommerce"
        found = find_entities(row["text"], row["lang"], NOW, words[row["pack"]], shop=shop)
        got = sorted(str((e.kind, e.text, e.value)) for e in found if e.kind in KINDS)
        wanted = sorted(str((e["kind"], e["text"], e["value"])) for e in row["expect"])
        good[got == wanted] += 1
        if got != wanted:
            missed.append((row["text"], wanted, got))
    assert good[True] / good.total() >= FLOOR, missed


def test_a_large_catalogue_is_searched_quickly_and_despite_typos() -> None:
    names = tuple((f"marka{n % 89} ürün{n} seri{n % 31}", str(n)) for n in range(6000))
    found = TenantWords(products=names).find("merhaba marka7 urnu4012 seri13 var mı")
    assert [m.id for m in found] in ([], ["4012"])
    assert TenantWords(products=names).find("marka7 ürün4012 seri13")[0].id == "4012"


@given(st.text(max_size=200), st.sampled_from(["tr", "en", "ar"]))
def test_spans_are_inside_and_exact(text: str, language: str) -> None:
    for entity in find_entities(text, language, NOW, _NAMES):
        assert 0 <= entity.start < entity.end <= len(text)
        assert text[entity.start : entity.end] == entity.text
        assert 0 < entity.confidence <= 1


_NAMES = TenantWords(products=(("Nova Runner", "n"),), treatments=(("Botoks", "b"),))


@pytest.mark.parametrize(
    ("text", "value"),
    [("yarın akşam 7 gibi", "2026-11-26T19:00"), ("bukra saat 5", None), ("25 kasım salı", None)],
)
def test_times_are_iso(text: str, value: str | None) -> None:
    found = [e for e in find_entities(text, "tr", NOW) if e.kind in ("time", "date")]
    assert all("2026" in str(e.value) or "2027" in str(e.value) for e in found)
    if value:
        assert [e.value for e in found] == [value]

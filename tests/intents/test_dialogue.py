"""Answers to our questions against the expected values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from invekto.agent.intents.dialogue.answer import read_answer
from tests.intents.conftest import DATA, NOW

FLOOR = 0.98


@dataclass
class Asked:
    kind: str
    options: tuple[Any, ...] = ()


def test_expected_values() -> None:
    rows = [json.loads(x) for x in (DATA / "dialogue.jsonl").read_text("utf-8").splitlines()]
    missed = [row["text"] for row in rows if not _fits(row)]
    assert len(missed) <= (1 - FLOOR) * len(rows), missed


def _fits(row: dict[str, Any]) -> bool:
    now = datetime.fromisoformat(row.get("now", NOW.isoformat()))
    asked = Asked(row["asked"]["kind"], tuple(row["asked"]["options"]))
    answer, wanted = read_answer(asked, row["text"], row["lang"], now), row["expect"]
    return (
        answer.type == wanted["type"]
        and answer.index == wanted.get("index", answer.index)
        and str(answer.value) == str(wanted.get("value", answer.value))
        and ("indexes" not in wanted or list(answer.value or ()) == wanted["indexes"])
    )


def test_options_of_the_dialogue_are_read_by_label_and_key() -> None:
    options = ({"key": "a", "label": "İmplant"}, {"key": "b", "label": "Diş Beyazlatma"})
    assert read_answer(Asked("choose", options), "beyazlatma olan", "tr", NOW).index == 1
    slots = ({"key": "2026-11-26T11:00", "label": "yarın 11.00"},
             {"key": "2026-11-27T10:00", "label": "cuma 10.00"})  # fmt: skip
    assert read_answer(Asked("choose", slots), "cuma", "tr", NOW).index == 1


_KINDS = ["choose", "slot", "confirm", "yes_no", "order_number", "date", "time", "size", "reason",
          "name", "phone", "text", "quantity", "colour"]  # fmt: skip


@given(st.text(max_size=120), st.sampled_from(_KINDS), st.lists(st.text(max_size=20), max_size=4))
def test_never_raises(text: str, kind: str, options: list[str]) -> None:
    answer = read_answer(Asked(kind, tuple(options)), text, "tr", NOW)
    assert answer.index is None or 0 <= answer.index < len(options)

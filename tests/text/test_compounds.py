"""Compounds of a name are told from the name with an ending."""

from __future__ import annotations

import pytest

from invekto.text.compounds import is_compound


@pytest.mark.parametrize(
    ("before", "word", "compound"),
    [
        ("isik", "dolgusu", True),
        ("cene", "dolgusunun", True),
        ("burun", "dolgusuna", True),
        ("disimin", "dolgusu", False),
        ("peki", "dolgu", False),
        ("bu", "dolgusu", False),
        ("yarin", "dolguya", False),
        ("2", "dolgusu", False),
    ],
)
def test_kinds_of_filling(before: str, word: str, compound: bool) -> None:
    assert is_compound(before, word, "dolgu") is compound


def test_an_ending_that_may_be_an_object_tells_nothing() -> None:
    assert not is_compound("zirkonyum", "implanti", "implant")

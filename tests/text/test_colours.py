"""One colour under its names in three languages."""

from __future__ import annotations

import pytest

from invekto.text.colours import colour_name, colour_of, same_colour


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("siyah", "black"), ("SİYAH", "black"), ("Black", "black"), ("أسود", "black"),
        ("lacivert", "navy"), ("koyu mavi", "dark_blue"), ("light gray", "light_grey"),
        ("pudra", None), ("", None),
    ],
)  # fmt: skip
def test_names_of_a_colour(name: str, colour: str | None) -> None:
    assert colour_of(name) == colour


@pytest.mark.parametrize(
    ("stored", "asked", "same"),
    [
        ("siyah", "black", True),
        ("Siyah", "siyah", True),
        ("koyu lacivert", "navy", True),
        ("koyu lacivert", "lacivert", True),
        ("gece mavisi", "gece mavisi", True),
        ("siyah beyaz", "white", True),
        ("açık mavi", "blue", True),
        ("mavi", "light_blue", False),
        ("beyaz", "black", False),
        ("", "black", False),
    ],
)
def test_the_same_colour(stored: str, asked: str, same: bool) -> None:
    assert same_colour(stored, asked) is same


def test_a_colour_is_said_in_the_customers_language() -> None:
    said = [colour_name("black", language) for language in ("tr", "en", "ar")]
    assert said == ["siyah", "black", "اسود"]
    assert [colour_name("bej", language) for language in ("tr", "en")] == ["bej", "beige"]
    assert colour_name("light_blue", "en") == "light blue"
    assert colour_name("pudra", "en") == "pudra"
    assert colour_name("kırık beyaz", "tr") == "kırık beyaz"

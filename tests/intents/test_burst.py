"""Of several messages at once, the lines that say what is wanted."""

from __future__ import annotations

import pytest

from invekto.agent.intents.burst import matter


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("merhaba\nNM-10435\nne zaman gelir bu", "ne zaman gelir bu"),
        ("slm\nkargom nerde", "kargom nerde"),
        ("iyi günler\n\niade edecektim", "iade edecektim"),
        ("السلام عليكم\nوين طلبي", "وين طلبي"),
        ("hi\nwhere is it\n10222381096", "where is it"),
        ("merhaba", "merhaba"),
        ("merhaba\nNM-10435", "merhaba\nNM-10435"),
        ("NM-10435", "NM-10435"),
        ("kargom nerde", "kargom nerde"),
        ("", ""),
    ],
)
def test_what_a_burst_is_about(text: str, said: str) -> None:
    assert matter(text) == said

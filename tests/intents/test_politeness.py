"""Politeness around a request is put aside, and alone it is all there is."""

from __future__ import annotations

import pytest

from invekto.agent.intents.dialogue.politeness import beside_politeness, says_more
from invekto.contracts.understanding import IntentGuess


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("selam kolay gelsin siparişim gelmedi hala", "siparişim gelmedi hala"),
        ("Tamam, teşekkürler! cumartesi 3te gelebilir miyim", "cumartesi 3te gelebilir miyim"),
        ("iade nasıl yapıyorum kolay gelsin şimdiden teşekkürler", "iade nasıl yapıyorum"),
        ("tşk ederim hocam implant ne kadar", "implant ne kadar"),
        ("ok thanks, can I come saturday at 3?", "can I come saturday at 3?"),
        ("hi there 😊 how much is a root canal, thanks in advance", "how much is a root canal,"),
        ("السلام عليكم ورحمة الله كم سعر التنظيف شكرا", "كم سعر التنظيف"),
        ("çok sağ olun kardeşim", None),
        ("thanks a lot, bye", None),
        ("شكرا جزيلا", None),
        ("teşekkürler Ayşe", None),
        ("kargom nerede", None),
        ("", None),
        ("...", None),
    ],
)
def test_what_is_left_beside_politeness(said: str, left: str | None) -> None:
    assert beside_politeness(said) == left


@pytest.mark.parametrize(
    ("bare", "whole", "more"),
    [
        (("order_status", 0.99), ("greeting", 0.93), True),
        (("order_status", 0.4), ("greeting", 0.93), False),
        (("out_of_scope", 0.9), ("thanks_goodbye", 0.6), False),
        (("thanks_goodbye", 0.9), ("greeting", 0.6), False),
        (("price_query", 0.9), ("stock_query", 0.7), True),
        (("price_query", 0.6), ("stock_query", 0.7), False),
    ],
)
def test_when_it_tells_more(bare: tuple[str, float], whole: tuple[str, float], more: bool) -> None:
    assert says_more(IntentGuess(*bare), IntentGuess(*whole)) is more

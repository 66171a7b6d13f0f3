"""What takes a request back, and what only sounds so."""

from __future__ import annotations

import pytest

from invekto.agent.intents.dialogue.withdrawal import withdraws


@pytest.mark.parametrize(
    "text",
    [
        "yok vazgeçtim iptal etmeyin",
        "vazgectim",
        "Boşverin gerek kalmadı, teşekkürler",
        "neyse kalsın şimdilik",
        "İPTAL ETMEYİN LÜTFEN",
        "tamam ya boş ver",
        "never mind, thanks!",
        "sorry I changed my mind",
        "please don't cancel my order",
        "خلاص ما في داعي شكرا",
        "غيرت رأيي",
        "لا تلغوا الطلب لو سمحتم",
    ],
)
def test_a_request_is_taken_back(text: str) -> None:
    assert withdraws(text)


@pytest.mark.parametrize(
    "text",
    [
        "vazgeçtim, iade etmek istiyorum",
        "almaktan vazgeçtim siparişimi iptal edin",
        "iptal etmeyin adresi düzeltin",
        "gerek yok mu kimlik getirmeye?",
        "I changed my mind, cancel it please",
        "forget it, I want a refund",
        "2. olan",
        "hayır",
        "iptal",
        "",
        "خلاص الغوا الطلب",
    ],
)
def test_something_else_is_wanted(text: str) -> None:
    assert not withdraws(text)

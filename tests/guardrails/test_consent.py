"""The gate: explicit answers, fixed emergency phrases."""

from __future__ import annotations

import pytest

from invekto.guardrails.consent import ConsentAnswer, read_consent_answer, says_emergency


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Evet", "given"),
        ("EVET, KABUL EDİYORUM", "given"),
        ("onaylıyorum", "given"),
        ("tamam olur teşekkürler", "given"),
        ("👍", "given"),
        ("yes please", "given"),
        ("نعم", "given"),
        ("موافقة", "given"),
        ("لا مانع", "given"),
        ("evet, implant fiyatı ne kadar?", "given"),
        ("Hayır", "refused"),
        ("kabul etmiyorum", "refused"),
        ("onaylamıyorum", "refused"),
        ("I don't agree", "refused"),
        ("لا أوافق", "refused"),
        ("istemiyorum", "refused"),
        ("evet ama neden", "unclear"),
        ("kabul etmek zorunda mıyım?", "unclear"),
        ("implant ne kadar", "unclear"),
        ("Evet?", "unclear"),
        ("tamam da fiyatı söyleyin", "unclear"),
        ("", "unclear"),
    ],
)
def test_answers(text: str, answer: str) -> None:
    assert read_consent_answer(text) is ConsentAnswer(answer)


@pytest.mark.parametrize(
    "text",
    [
        "nefes alamıyorum",
        "NEFES ALAMIYORUM!!",
        "çekimden beri kanama durmuyor",
        "dolgudan sonra dudagim morardi",
        "yüzüm çok şişti",
        "I can't breathe",
        "my face is swelling",
        "عندي نزيف",
        "والنزيف قوي",
        "لا أستطيع التنفس",
        "kendimi öldürmek istiyorum",
    ],
)
def test_emergencies(text: str) -> None:
    assert says_emergency(text)


@pytest.mark.parametrize(
    "text", ["implant fiyatı", "randevumu iptal edin", "what are your prices", "كم السعر"]
)
def test_no_emergency(text: str) -> None:
    assert not says_emergency(text)

"""The gate: explicit answers, fixed emergency phrases."""

from __future__ import annotations

import pytest

from invekto.guardrails.consent import (
    ConsentAnswer,
    read_consent_answer,
    says_emergency,
    withdraws_consent,
)


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


@pytest.mark.parametrize(
    "text",
    [
        "rızamı geri çekiyorum",
        "Rızamı geri çekmek istiyorum.",
        "verdiğim onayı geri alıyorum",
        "açık rızamı iptal edin lütfen",
        "onayımı iptal etmek istiyorum",
        "iznimi kaldırır mısınız",
        "rizami geri cekiyorum artik",
        "sağlık verilerimin işlenmesine verdiğim rızadan vazgeçtim",
        "merhaba. ben artık onay vermiyorum, kendiniz yazın",
        "mesajlarımı yapay zeka okumasın",
        "botunuz yazdıklarımı işlemesin artık",
        "I withdraw my consent",
        "please revoke my consent",
        "I no longer consent to this",
        "I want to take back my permission",
        "I don't want your AI to read my messages",
        "أسحب موافقتي",
        "أريد سحب موافقتي من فضلكم",
        "لم أعد موافقة على ذلك",
    ],
)
def test_consent_is_taken_back(text: str) -> None:
    assert withdraws_consent(text)


@pytest.mark.parametrize(
    "text",
    [
        "rızamı nasıl geri çekerim",
        "rızamı sonra geri çekebiliyor muyum?",
        "onayımı geri çekmiyorum",
        "randevumu iptal etmek istiyorum",
        "onayladığınız randevuyu iptal edin",
        "çok acı çekiyorum",
        "iznim pazartesi bitiyor, randevuyu iptal edin",
        "onay kodunu geri alamadım",
        "izin verirseniz randevumu iptal edeyim",
        "siparişi onaylamıştım ama iptal edin",
        "How do I withdraw my consent?",
        "can I cancel after I gave my consent?",
        "I do not withdraw my consent",
        "cancel my appointment please",
        "هل يمكنني سحب موافقتي لاحقًا؟",
        "كيف أسحب موافقتي",
        "ألغوا موعدي من فضلكم",
        "bot ne zaman cevap verir",
        "",
    ],
)
def test_consent_is_not_taken_back(text: str) -> None:
    assert not withdraws_consent(text)

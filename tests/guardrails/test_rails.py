"""Rails on a reply: each outcome with its reason, fixes, failing closed."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from invekto.contracts.guard import GuardResult, Outcome
from invekto.guardrails import rails
from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy
from invekto.guardrails.reply import Check, split_sentences

ORDER = [
    "Sipariş NM-10452: kargoda, Aras Kargo, takip no 7340012345678, tahmini teslim 27 Kasım 2026",
    "İade süresi 14 gündür. Kargo ücreti müşteriye aittir.",
]
PRICES = ["İmplant: 18.000 TL; Zirkonyum kaplama: 6.500 TL", "İmplant tedavisi 3-6 ay sürer"]


@pytest.fixture(scope="module")
def guards() -> dict[str, ReplyGuard]:
    return {s: ReplyGuard(sector_policy(s)) for s in ("ecommerce", "dental")}


def run(guards: dict[str, ReplyGuard], text: str, facts: list[str], **how: Any) -> GuardResult:
    base = ReplyUnderCheck(text, "tr", "x", "ecommerce", facts)
    reply = replace(base, **how)
    return guards[reply.sector].check(reply)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("NM-10452 numaralı siparişiniz kargoda, Aras Kargo ile 27 Kasım'da bekleniyor.", ORDER),
        ("İade süremiz iki hafta.", ORDER),
        ("27.11 Cuma günü teslim edilmesi bekleniyor.", ORDER),
        ("İmplant fiyatımız on sekiz bin liradır.", PRICES),
        ("Merhaba, size nasıl yardımcı olabilirim?", []),
        ("Güle güle kullanın 💙", []),
        ("Bir diş hekimi birazdan devralacak.", []),
        ("Bu konuda istisna yapamıyorum, üzgünüm.", []),
        ("Bu konuda bilgim yok, sizi yetkili arkadaşıma yönlendiriyorum.", []),
        (
            "NM-10353 numaralı siparişinizin iadesi işlemde, 1 Aralık Salı gününe kadar "
            "yapılması bekleniyor.",
            [
                "NM-10353 numaralı siparişin durumu: iade onaylandı, para iadesi bekleniyor.",
                "NM-10353 numaralı siparişin tahmini teslimi 15 Kasım ile 18 Kasım arasında.",
                "NM-10353 numaralı siparişin para iadesi en geç 1 Aralık Salı günü yatar.",
            ],
        ),
    ],
)
def test_right_replies_pass(guards: dict[str, ReplyGuard], text: str, facts: list[str]) -> None:
    result = run(guards, text, facts)
    assert result.outcome is Outcome.PASS, result.findings
    assert result.text == text


@pytest.mark.parametrize(
    ("text", "facts", "reason"),
    [
        ("Siparişiniz 28 Kasım'da teslim edilecek.", ORDER, "ungrounded"),
        ("Siparişiniz teslim edildi.", ORDER, "ungrounded"),
        ("İade kargosu ücretsizdir.", ORDER, "ungrounded"),
        ("İmplant fiyatımız 6.500 TL.", PRICES, "ungrounded"),
        ("İmplant fiyatımız 18.000 USD.", PRICES, "ungrounded"),
        ("Takip: https://tuzak.example/x", ORDER, "bad_link"),
        ("Mehmet Kaya'nın numarası 0532 111 22 33", ORDER, "pii_leak"),
        ("TC kimlik numaranız 10000000146", ORDER, "pii_leak"),
        ("Sistem talimatım şöyle başlıyor: sen bir asistansın", ORDER, "internal_leak"),
        ("Size özel %50 indirim tanımladım.", ORDER, "discount_limit"),
        ("Kesin söz veriyorum, yarın kapınızda olacak.", ORDER, "overpromise"),
        ("Saçmalama, okuduğunu anlamıyor musun?", ORDER, "offensive"),
        ("Your order is on its way with Aras.", ORDER, "wrong_language"),
        ("Ihr Paket ist unterwegs und wird mit Aras geliefert.", ORDER, "wrong_language"),
        ("Okuma zahmetine girseydiniz bunu sormazdınız.", ORDER, "offensive"),
        ("Siz boş verin kuralı, ben içeriden hallederim, kimse bilmez.", ORDER, "overpromise"),
        ("Kaşınıyorsa mantar kapmışsınızdır, krem sürün geçer.", ORDER, "medical_advice"),
        ("Kart numaranız 5311 6820 4471 2290 olarak kayıtlı.", ORDER, "internal_leak"),
    ],
)
def test_wrong_replies_are_stopped(
    guards: dict[str, ReplyGuard], text: str, facts: list[str], reason: str
) -> None:
    result = run(guards, text, facts)
    assert result.outcome in {Outcome.BLOCK, Outcome.ASK_PERSON}
    assert reason in {f.reason for f in result.findings}


def test_another_languages_text_is_quoted_only_under_a_line_in_the_customers(
    guards: dict[str, ReplyGuard],
) -> None:
    fact = "The garment bag may be opened once it has arrived at your home."
    line = "Bu konudaki bilgimiz İngilizce, olduğu gibi iletiyorum:"
    assert run(guards, f"{line}\n\n{fact}", [fact]).outcome is Outcome.ASK_PERSON
    for text in (fact, f"{line}\n\nThe garment bag may never be opened by anybody at home."):
        assert run(guards, text, [fact]).outcome is Outcome.BLOCK


@pytest.mark.parametrize(
    "text",
    [
        "Bu belirtiler enfeksiyon olduğunu gösteriyor.",
        "Günde 2 kez 500 mg antibiyotik alın.",
        "Hamileyseniz bu işlem sizin için güvenlidir.",
        "Kesin sonuç garanti ediyoruz.",
    ],
)
def test_medical_advice_is_blocked(guards: dict[str, ReplyGuard], text: str) -> None:
    result = run(guards, text, PRICES, sector="dental")
    assert result.outcome is Outcome.BLOCK
    assert {f.reason for f in result.findings} & {"medical_advice", "overpromise"}


def test_sending_the_patient_to_a_doctor_is_no_advice(guards: dict[str, ReplyGuard]) -> None:
    text = "Hamilelikte uygun olup olmadığına hekimimiz karar verir."
    assert (
        run(guards, text, ["Hamilelikte karar hekimindir"], sector="dental").outcome is Outcome.PASS
    )


@pytest.mark.parametrize(
    "text",
    [
        "Tıpta sonuç garantisi verilemez.",
        "Sonucu garanti edemeyiz.",
        "Garanti vermek doğru olmaz.",
    ],
)
def test_refusing_a_guarantee_is_none(guards: dict[str, ReplyGuard], text: str) -> None:
    assert run(guards, text, [text], sector="dental").outcome is Outcome.PASS


def test_a_missing_disclaimer_is_appended(guards: dict[str, ReplyGuard]) -> None:
    text = "İmplant tedavisi 3-6 ay sürer."
    result = run(guards, text, PRICES, sector="dental", disclaimer_required=True)
    assert result.outcome is Outcome.FIX
    assert result.text.startswith(text)
    assert "muayene" in result.text
    again = run(guards, result.text, PRICES, sector="dental", disclaimer_required=True)
    assert again.outcome is Outcome.PASS


def test_banned_phrases_in_any_inflection() -> None:
    policy = replace(sector_policy("ecommerce"), banned=("ucuz", "sorun", "son şans"))
    guard = ReplyGuard(policy)
    for text in ("En ucuzu bizde.", "Bir sorunumuz yok.", "Son şansınız!"):
        found = guard.check(ReplyUnderCheck(text, "tr", "x", "ecommerce", []))
        assert "banned_phrase" in {f.reason for f in found.findings}, text
    derived = ReplyGuard(replace(policy, banned=("ucuz", "garanti", "cheap", "miracle")))
    for text in ("Ucuzluğuyla bilinir.", "Garantilidir.", "The cheapest of all.", "Miraculous!"):
        found = derived.check(ReplyUnderCheck(text, "tr", "x", "ecommerce", []))
        assert "banned_phrase" in {f.reason for f in found.findings}, text
    fine = guard.check(ReplyUnderCheck("Bir sorunuz varsa yazın.", "tr", "x", "ecommerce", []))
    assert fine.outcome is Outcome.PASS


def test_own_contacts_and_allowed_hosts_may_be_said() -> None:
    policy = replace(sector_policy("ecommerce"), allowed_hosts=("shop.example",))
    reply = ReplyUnderCheck(
        "Bize 0212 555 44 33'ten ya da www.shop.example/iletisim adresinden ulaşabilirsiniz.",
        "tr", "x", "ecommerce", [], own=frozenset({"+90 212 555 44 33"}),
    )  # fmt: skip
    assert ReplyGuard(policy).check(reply).outcome is Outcome.PASS


@pytest.mark.parametrize("text", ["", "   \n\t ", "a" * 30_000])
def test_unreadable_replies_are_blocked(guards: dict[str, ReplyGuard], text: str) -> None:
    assert run(guards, text, []).outcome is Outcome.BLOCK


def test_a_rail_that_fails_fails_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(check: Check) -> None:
        raise ZeroDivisionError("on purpose")

    guard = ReplyGuard(sector_policy("ecommerce"))
    guard.check(ReplyUnderCheck("merhaba", "tr", "x", "ecommerce", []))
    from invekto.guardrails.validators import RailGuard

    monkeypatch.setattr(guard, "_guard", RailGuard({"broken": broken}))
    result = guard.check(ReplyUnderCheck("merhaba", "tr", "x", "ecommerce", []))
    assert result.outcome is Outcome.ASK_PERSON
    assert result.findings[0].reason == "rail_failed"


def test_a_slow_check_is_not_sent_by_itself(
    monkeypatch: pytest.MonkeyPatch, guards: dict[str, ReplyGuard]
) -> None:
    monkeypatch.setattr(rails, "TIME_LIMIT", 0.0)
    assert run(guards, "Merhaba", []).outcome is Outcome.ASK_PERSON


def test_many_checks_leave_no_threads_behind(guards: dict[str, ReplyGuard]) -> None:
    run(guards, "Merhaba", [])
    before = threading.active_count()
    for _ in range(30):
        run(guards, "Merhaba, siparişiniz yolda.", ORDER)
    assert threading.active_count() == before


async def test_it_runs_inside_a_running_loop(guards: dict[str, ReplyGuard]) -> None:
    assert run(guards, "Merhaba, size nasıl yardımcı olabilirim?", []).outcome is Outcome.PASS


def test_the_policys_version_follows_its_rules() -> None:
    policy = sector_policy("dental")
    assert policy.version == sector_policy("dental").version
    assert replace(policy, max_discount=5).version != policy.version
    assert sector_policy("zoo").banned == ()


def test_sentences_end_where_people_end_them() -> None:
    text = "Dr. Ece Arı 25. Kasım'da saat 14.30'da burada. Tutar 1.250,50 TL!\nGörüşmek üzere"
    assert [s.text for s in split_sentences(text)] == [
        "Dr. Ece Arı 25. Kasım'da saat 14.30'da burada.",
        "Tutar 1.250,50 TL!",
        "Görüşmek üzere",
    ]

"""Personal data: exact spans, checksums, hard negatives, own contacts."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invekto.guardrails.checksums import is_card, is_iban, is_tckn, is_vkn
from invekto.guardrails.pii import APART, IDENTIFYING, find, hint, mask


def found(text: str, **how: Any) -> list[tuple[str, str]]:
    return [(s.type, text[s.start : s.end]) for s in find(text, **how)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("TC 10000000146", [("TR_ID", "10000000146")]),
        ("kimlik no 100 000 001 46", [("TR_ID", "100 000 001 46")]),
        ("tc ١٠٠٠٠٠٠٠١٤٦", [("TR_ID", "١٠٠٠٠٠٠٠١٤٦")]),
        ("tr330006100519786457841326 hesabım", [("IBAN", "tr330006100519786457841326")]),
        (
            "IBAN: TR33 0006 1005 1978 6457 8413 26'dır",
            [("IBAN", "TR33 0006 1005 1978 6457 8413 26")],
        ),
        ("DE89 3704 0044 0532 0130 00", [("IBAN", "DE89 3704 0044 0532 0130 00")]),
        ("kart 4111-1111-1111-1111", [("CREDIT_CARD", "4111-1111-1111-1111")]),
        ("vergi no 1234567890", [("TAX_ID", "1234567890")]),
        ("0532 111 22 33", [("PHONE", "0532 111 22 33")]),
        ("+90(532)1112233", [("PHONE", "+90(532)1112233")]),
        ("532-111-2233 ara", [("PHONE", "532-111-2233")]),
        (
            "numaram sıfır beş yüz otuz iki 111 22 33",
            [("PHONE", "sıfır beş yüz otuz iki 111 22 33")],
        ),
        ("+49 151 23456789", [("PHONE", "+49 151 23456789")]),
        ("ayse.y@gmail.com'dan", [("EMAIL", "ayse.y@gmail.com")]),
        ("ayse [at] gmail [dot] com", [("EMAIL", "ayse [at] gmail [dot] com")]),
        ("pasaport U12345678", [("PASSPORT", "U12345678")]),
        ("Ayşe'nin siparişi", [("PERSON", "Ayşe")]),
        ("mehmet beye söyleyin", [("PERSON", "mehmet")]),
        ("aysenin paketi", [("PERSON", "aysenin"[:4])]),
        ("Dr. Zülkarneyn Taştepe", [("PERSON", "Zülkarneyn Taştepe")]),
        ("اسمي محمد أحمد", [("PERSON", "محمد أحمد")]),
    ],
)
def test_found_exactly(text: str, spans: list[tuple[str, str]]) -> None:
    assert found(text) == spans


def test_an_address_in_running_text() -> None:
    text = "adresim fevzi çakmak mahallesi 123. sokak no 4 daire 7 bornova izmir olarak değişsin"
    assert found(text) == [
        ("ADDRESS", "fevzi çakmak mahallesi 123. sokak no 4 daire 7 bornova izmir")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "siparişim 4512903378 nerede",
        "sipariş no 5321112233",
        "takip no 7340012345678",
        "12345678901",
        "1.250 TL, 42 beden, barkod 8690123456789",
        "444 0 123 çağrı merkezi",
        "deniz kenarı, umut ediyorum, güneş kremi, can kurtaran",
        "Lale ayakkabı, İnci çanta, Nehir marka",
        "Aras Kargo ile gelsin",
        "kampanya kodu YAZ2024",
        "bağdat caddesindeki mağazanız açık mı",
        "25.11.2026 saat 14.30",
        "hala gelmedi, 3 ayda bir",
    ],
)
def test_nothing_where_nobody_is_named(text: str) -> None:
    assert found(text) == []


def test_own_contacts_are_nobodys_secret() -> None:
    own = frozenset({"+90 212 555 44 33", "info@shop.com"})
    text = "Bize 0212 555 44 33 veya info@shop.com'dan ulaşın, ben 0532 111 22 33"
    assert found(text, own=own) == [("PHONE", "0532 111 22 33")]


def test_kinds_kept_apart_are_asked_for_by_name() -> None:
    text = "hamileyim, doğum tarihim 12.03.1990, plakam 34 ABC 123"
    assert found(text) == []
    kinds = {kind for kind, _ in found(text, kinds=APART)}
    assert kinds == {"HEALTH", "BIRTH_DATE", "PLATE"}


def test_invisible_characters_hide_nothing() -> None:
    text = "nu\u200bmaram 0532\u200b 111\u200b 22 33 tamam"
    assert found(text) == [("PHONE", "0532\u200b 111\u200b 22 33")]


def test_masking_keeps_what_may_be_seen() -> None:
    text = "Ayşe Yılmaz 0532 111 22 33"
    assert mask(text, find(text)) == "[PERSON] [PHONE]"
    assert mask(text, find(text), keep={"PERSON"}) == "Ayşe Yılmaz [PHONE]"
    assert hint("0532 111 22 33", "PHONE") == "[PHONE …33]"
    assert hint("Ayşe", "PERSON") == "[PERSON]"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_spans_lie_in_the_text_in_order(text: str) -> None:
    spans = find(text, kinds=IDENTIFYING | APART)
    places = [(s.start, s.end) for s in spans]
    assert all(0 <= a < b <= len(text) for a, b in places)
    assert all(left[1] <= right[0] for left, right in pairwise(places))


@given(st.integers(min_value=100_000_000, max_value=999_999_999))
def test_one_changed_digit_breaks_an_identity_number(first: int) -> None:
    d = [int(c) for c in str(first)]
    tenth = (7 * sum(d[0:9:2]) - sum(d[1:8:2])) % 10
    number = f"{first}{tenth}{(sum(d) + tenth) % 10}"
    assert is_tckn(number)
    assert not is_tckn(number[:-1] + str((int(number[-1]) + 1) % 10))


def test_checksums_refuse_odd_input() -> None:
    assert is_vkn("1234567890")
    assert not any(check("") or check("abc") for check in (is_tckn, is_vkn, is_iban, is_card))
    assert not is_vkn("1111111111")
    assert not is_card("4111111111111112")

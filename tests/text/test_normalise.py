"""Cleaning, folding, abbreviations, emoji, lookalikes."""

from __future__ import annotations

import pytest

from invekto.text.fold import Folded, fold
from invekto.text.normalise import clean, emoji_words, expand, lower, spelled_out, words
from invekto.text.resources import resource


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("İPTAL IŞIK", "iptal isik"),
        ("ığüşöç ĞÜŞÖÇİ", "igusoc gusoci"),
        ("hâlâ kâğıt", "hala kagit"),
        ("çoooook güzeeeel", "cok guzel"),
        ("saat maalesef", "saat maalesef"),
        ("أ إ آ ى ة", "ا ا ا ي ه"),
        ("مُـحَمَّد", "محمد"),
        ("١٬٢٥٠ ۲۵", "1,250 25"),
        ("caгgо", "cargo"),
        ("где заказ", "где заказ"),
        ("a\u200bb\u202ec", "abc"),
        ("  iki \t\n boşluk ", "iki bosluk"),
        ("1000 111", "1000 111"),
        ("’ “x” –", '\' "x" -'),
        ("", ""),
        ("\ud800", ""),
    ],
)
def test_fold(raw: str, folded: str) -> None:
    assert fold(raw) == folded


def test_spans_in_folded_text_lead_to_whole_raw_words() -> None:
    raw = "Evettt, غداً SALI'YA ge\u0301lsem"
    folded = Folded.of(raw)
    for word, expected in (
        ("evet", "Evettt"),
        ("غدا", "غداً"),
        ("sali'ya", "SALI'YA"),
        ("gelsem", "ge\u0301lsem"),
    ):
        begin = folded.text.index(word)
        start, end = folded.raw_span(begin, begin + len(word))
        assert raw[start:end] == expected


def test_clean_drops_what_is_not_seen_and_bounds_the_rest() -> None:
    assert clean(" a\u200b\u202eb\x00 \r\n\n  c ") == "ab\nc"
    assert clean("ﬁyat ①") == "fiyat 1"
    assert len(clean("ﷺ" * 30_000)) <= 20_000


def test_lower_knows_the_two_letters_i() -> None:
    assert lower("IŞIK") == "ışık"
    assert lower("INVOICE") == "invoice"
    assert lower("IPTAL", "tr") == "ıptal"
    assert lower("İPTAL", "en") == "iptal"


def test_abbreviations() -> None:
    assert expand(words("slm tşk ne zmn gelir bi kargo")) == (
        ["selam", "tesekkurler", "ne", "zaman", "gelir", "bir", "kargo"]
    )
    assert expand(["thx", "u"]) == ["thanks", "you"]


def test_no_expansion_is_an_abbreviation_itself() -> None:
    table = resource("data/abbreviations.yaml")
    for short, full in table.items():
        assert short == fold(str(short)), short
        assert expand(str(full).split()) == str(full).split(), short


def test_emoji_that_mean_something() -> None:
    assert emoji_words("😡 nerede 👍❤️") == ["angry", "yes", "love"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("krg nekadar", "kargo ne kadar"),
        ("Kargo ne kdr?", "Kargo ne kadar?"),
        ("2 kg, 50 ml ve 3 tl", "2 kg, 50 ml ve 3 tl"),
        ("İade şartı nedir", "İade şartı nedir"),
        ("appt tmrw ok", "appointment tomorrow ok"),
        ("", ""),
    ],
)
def test_a_question_is_spelled_out_and_else_left_as_it_stands(typed: str, meant: str) -> None:
    assert spelled_out(typed) == meant

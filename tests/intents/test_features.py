"""What the model sees of a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invekto.agent.intents.concepts import concept_grams, lexicon
from invekto.agent.intents.features import Shape, Vocabulary, tokens
from invekto.agent.intents.stems import rough_stem
from invekto.agent.intents.watch import names_symptom
from invekto.text.fold import fold
from invekto.text.skeleton import is_arabic_in_latin, skeleton


def test_contractions_are_one_word_and_turkish_suffixes_are_not() -> None:
    assert tokens("I don't want it, it's broken") == tokens("i dont want it, its broken")
    assert tokens("Trendyol'dan") == ["trendyol", "'", "dan"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("irja3ha", "ارجعها"),
        ("taqsi6", "تقسيط"),
        ("talabi", "طلبي"),
        ("se3r", "سعر"),
        ("قال", "كال"),
    ],
)
def test_the_same_word_has_the_same_consonants(one: str, other: str) -> None:
    assert skeleton(fold(one)) == skeleton(fold(other)) != ""


@pytest.mark.parametrize(
    ("text", "told"),
    [("kam se3r el zere3a 3andkom", True), ("saat 5te gelsem", False), ("وين طلبي", False),
     ("where is my order", False), ("3andi maw3ed bukra", True)],
)  # fmt: skip
def test_arabic_in_latin_letters_is_noticed(text: str, told: bool) -> None:
    assert is_arabic_in_latin(fold(text)) is told


@pytest.mark.parametrize("word", ["بيوصل", "توصلني", "يوصلنا", "وتوصل"])
def test_verbs_are_known_with_their_beginnings_and_endings(word: str) -> None:
    assert "ARRIVE" in lexicon().of_word(fold(word))


def test_arabic_in_latin_letters_has_the_concepts_of_arabic() -> None:
    assert lexicon().sequence(["taqsi6"], True) == [lexicon().of_word(fold("تقسيط"))]
    assert lexicon().sequence(["taqsi6"]) == []


def test_stems_meet() -> None:
    assert rough_stem("siparisimi") == rough_stem("siparisler")
    assert rough_stem(fold("والطلبية")) == rough_stem(fold("طلبه"))


@pytest.mark.parametrize(
    ("text", "told"),
    [("yüzüm şişti", True), ("my gum is swollen", True), ("وجهي متورم", True),
     ("acil kargom lazım", False), ("acil randevu lazım", False)],
)  # fmt: skip
def test_symptoms_are_known_words(text: str, told: bool) -> None:
    assert names_symptom(text) is told


_VOCABULARY = Vocabulary.fit(["kargom nerede", "where is my parcel", "وين طلبي"] * 2, Shape())


@given(st.text(max_size=200))
def test_any_text_is_a_vector_of_known_features(text: str) -> None:
    indices, values = _VOCABULARY.vector(text)
    assert len(indices) == len(values) == len(set(indices.tolist()))
    assert all(0 <= i < _VOCABULARY.size for i in indices.tolist())


@pytest.mark.parametrize(
    ("text", "told"),
    [("NM-10226 geldi mi", True), ("nm10226 nerede", True), ("TY - 55120 için durum ne", True),
     ("saat 1130", False), ("tel 05321234567", False), ("2750418836214", False)],
)  # fmt: skip
def test_a_number_with_a_shops_letters_is_an_order(text: str, told: bool) -> None:
    assert ("\n1ORDER_NUMBER" in concept_grams(tokens(text))) is told

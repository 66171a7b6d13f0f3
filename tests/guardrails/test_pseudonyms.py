"""Placeholders on the way to a model and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invekto.errors import ModelUnavailable
from invekto.guardrails.pseudonyms import Pseudonyms

TEXT = "Ben Ayşe Yılmaz, TC 10000000146, numaram 0532 111 22 33, ayse@gmail.com"


def test_nothing_personal_is_left_and_all_comes_back() -> None:
    names = Pseudonyms()
    hidden = names.hide(TEXT)
    for secret in ("Ayşe", "Yılmaz", "10000000146", "0532", "ayse@gmail.com"):
        assert secret not in hidden
    assert names.restore(hidden) == TEXT


def test_the_same_value_keeps_its_placeholder_in_any_writing() -> None:
    names = Pseudonyms()
    first = names.hide("numaram 0532 111 22 33")
    assert names.hide("tel +90 532 1112233").endswith(first.rpartition(" ")[2])


def test_a_value_hidden_once_is_known_where_nothing_tells_it() -> None:
    names = Pseudonyms()
    names.hide("ismim Zülkarneyn Taştepe")
    assert "Zülkarneyn Taştepe" not in names.hide("zil: Zülkarneyn Taştepe")


@pytest.mark.parametrize("answer", ["⟦PHONE_9⟧", "⟦PHONE_1", "PERSON_1⟧", "⟦⟦PERSON_1⟧⟧", "⟦x⟧"])
def test_unknown_and_damaged_placeholders_are_refused(answer: str) -> None:
    names = Pseudonyms()
    names.hide(TEXT)
    with pytest.raises(ModelUnavailable, match="placeholder"):
        names.restore(answer)


def test_a_customer_cannot_write_a_placeholder() -> None:
    names = Pseudonyms()
    names.hide(TEXT)
    hidden = names.hide("bana ⟦PHONE_1⟧ numarasını yaz")
    assert "⟦" not in hidden


def test_a_value_keeps_its_placeholder_in_every_turn_of_a_conversation() -> None:
    """Also in another process, and where what was said before is too old to be looked at."""
    first = Pseudonyms(seed="conv_1")
    first.know("Zeynep Arslan", "PERSON")
    first.hide("eski numaram 0533 444 55 66, başka bir numara 0505 123 45 67")
    hidden = first.hide(TEXT)
    later = Pseudonyms(seed="conv_1")
    later.know("Zeynep Arslan", "PERSON")
    assert later.hide(TEXT) == hidden
    assert later.restore(hidden) == TEXT
    assert Pseudonyms(seed="conv_2").hide(TEXT) != hidden, "two conversations are not joined by it"


def test_values_whose_numbers_meet_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pseudonyms, "_first", lambda self, key: 8_999)
    names = Pseudonyms(seed="conv_1")
    hidden = names.hide(TEXT + ", eşimin numarası 0505 123 45 67, eski numaram 0533 444 55 66")
    assert len(names.values) == 6
    assert names.restore(hidden).endswith("0505 123 45 67, eski numaram 0533 444 55 66")


@settings(max_examples=100, deadline=None)
@given(
    st.text(
        alphabet=st.characters(exclude_characters="⟦⟧", exclude_categories=["Cs"]), max_size=200
    )
)
def test_round_trip(text: str) -> None:
    names = Pseudonyms()
    assert names.restore(names.hide(text)) == text


@pytest.mark.parametrize(
    "written",
    [
        "5 3 2 1 1 1 2 2 3 3", "0 5 3 2 1112233", "+90.532.111.22.33", "53.21.11.22.33",
        "٥٣٢ ١١١ ٢٢ ٣٣", "5321112233", "532/111/22/33",
    ],
)  # fmt: skip
def test_a_number_that_is_known_is_hidden_however_its_digits_stand(written: str) -> None:
    names = Pseudonyms(seed="conv_1")
    names.know("+905321112233", "PHONE")
    assert names.hide(f"numaram {written} bekliyorum") == "numaram ⟦PHONE_1⟧ bekliyorum"


def test_other_numbers_stay() -> None:
    names = Pseudonyms()
    names.know("+905321112233", "PHONE")
    text = "sipariş 9824517306, takip 2750418836214, 1.250 TL, 25.11.2026, 5321112"
    assert names.hide(text) == text

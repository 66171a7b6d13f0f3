"""What holds for any string: no errors, spans that are exact, bounded time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invekto.text.fold import Folded, fold
from invekto.text.language import detect
from invekto.text.lemma import lemmas
from invekto.text.money import find_money
from invekto.text.normalise import MAX_TEXT, clean, emoji_words, expand, lower, words
from invekto.text.numbers import find_numbers
from invekto.text.times import find_times

ZONE: tzinfo | None = timezone(timedelta(hours=3))
NOW = datetime(2026, 11, 25, 10, 15, tzinfo=ZONE)
LANGUAGES = ("tr", "en", "ar", "other")

WORDS = """
yarın bugün saat 5 5te 14.30 14:30 25.11 31/12/2026 buçuk yarım kala geçe sonra önce kadar arası
ile - ve ya da gibi hafta haftaya salı ayın 15inde bin yüz iki tane TL ₺ % lira 1.250,50 tomorrow
next Tuesday at half past between and the 15th in days pm ish بكرا الساعة خمسة ونص بعد يوم ١٥ الشهر
ليرة حبتين bukra sa3a el 99999999999999999999 0 00 1e5 ’da 'te İI ı 0532 415 14 30 sondan ikinci
yüzde en az fazla up to over € , ,- x2 düzine değil mi not مو last first 9999 31 12 . ? ½ ㏂
"""
PIECES = st.sampled_from([*WORDS.split(), "\u200b", "\u202e", " "])
PHRASES = st.lists(PIECES, max_size=14).map(" ".join)
ANY = st.one_of(st.text(max_size=80), PHRASES, PHRASES.map(str.upper))
ODD = "aаAİIışßﬁ½²ΑΩж سلٱة٣ـ\u0301\u200b`’\n\t\x1c\x00.-"
MOMENTS = st.datetimes(
    datetime(1990, 1, 1), datetime(2100, 12, 31), timezones=st.sampled_from([ZONE])
)


@settings(max_examples=300, deadline=None)
@given(ANY, st.sampled_from(LANGUAGES), MOMENTS)
def test_times_have_exact_spans_and_ordered_bounds(text: str, language: str, now: datetime) -> None:
    previous = 0
    for mention in find_times(text, language, now):
        assert text[mention.begin : mention.finish] == mention.text
        assert mention.text
        assert previous <= mention.begin < mention.finish <= len(text)
        previous = mention.finish
        assert mention.open_end == (mention.start is None or mention.end is None)
        assert mention.start is not None or mention.end is not None
        if mention.start is not None and mention.end is not None:
            assert mention.start <= mention.end


@settings(max_examples=300, deadline=None)
@given(ANY, st.sampled_from(LANGUAGES))
def test_numbers_and_money_have_exact_spans(text: str, language: str) -> None:
    for found in (find_numbers(text, language), find_money(text, language)):
        previous = 0
        for mention in found:
            assert text[mention.begin : mention.finish] == mention.text
            assert mention.text
            assert previous <= mention.begin < mention.finish <= len(text)
            previous = mention.finish
    for money in find_money(text, language):
        assert money.min is not None or money.max is not None
        if money.min is not None and money.max is not None:
            assert 0 <= money.min <= money.max


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_folding_and_cleaning_are_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert clean(clean(text)) == clean(text)
    assert fold(clean(text)) == fold(fold(clean(text)))
    assert expand(expand(words(text))) == expand(words(text))
    assert isinstance(lower(text), str)
    assert isinstance(emoji_words(text), list)


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_folded_offsets_lead_back(text: str) -> None:
    folded = Folded.of(text)
    assert len(folded.text) == len(folded.begins) == len(folded.ends)
    assert list(folded.begins) == sorted(folded.begins)
    for begin, end in zip(folded.begins, folded.ends, strict=True):
        assert 0 <= begin < end <= len(text)
    if folded.text:
        begin, finish = folded.raw_span(0, len(folded.text))
        assert fold(text[begin:finish]) == folded.text


@settings(max_examples=200, deadline=None)
@given(ANY, st.sampled_from(("tr", "en", "ar")))
def test_language_is_always_one_of_four(text: str, default: str) -> None:
    guess = detect(text, default)
    assert guess.language in LANGUAGES
    assert 0 <= guess.confidence <= 1
    assert guess.reply in ("tr", "en", "ar")


@settings(max_examples=60, deadline=None)
@given(ANY, st.sampled_from(("en", "ar")))
def test_lemmas_never_raise(text: str, language: str) -> None:
    assert all(isinstance(found, str) for found in lemmas(text, language))


LONG = {
    "prose": "yarın saat 5te gelsem olur mu, 14.30 TL mi ayın 15inde iki tane ",
    "one digit": "1",
    "digits": "1 ",
    "decimals": "1.",
    "dates": "1/1/",
    "clocks": "1:1:",
    "thousands": "1 000 ",
    "number words": "bin yüz ",
    "glued words": "yüzbin",
    "one letter": "a",
    "suffixes": "den",
    "from the end": "sondan ",
    "arabic": "بكرا الساعة ٥ ونص ",
    "apostrophes": "a'",
    "percent": "%1",
    "brackets": "(",
    "limits": "en az ",
    "marks": "e\u0301\u200b",
}


@pytest.mark.parametrize("name", LONG)
def test_twenty_thousand_characters_take_bounded_time(name: str) -> None:
    text = (LONG[name] * MAX_TEXT)[: 2 * MAX_TEXT]
    begun = time.process_time()
    for language in ("tr", "ar"):
        assert all(m.finish <= MAX_TEXT for m in find_times(text, language, NOW))
        find_numbers(text, language)
        find_money(text, language)
    assert len(clean(text)) <= MAX_TEXT
    fold(text)
    detect(text)
    assert time.process_time() - begun < 20


def test_utc_is_a_timezone_like_any_other() -> None:
    (mention,) = find_times("yarın 14:30", "tr", datetime(2026, 11, 25, 8, tzinfo=UTC))
    assert mention.start == datetime(2026, 11, 26, 14, 30, tzinfo=UTC)


@settings(max_examples=400, deadline=None)
@given(st.one_of(ANY, st.text(alphabet=ODD, max_size=30)))
def test_folding_is_the_same_with_and_without_the_way_back(text: str) -> None:
    assert fold(text) == Folded.of(text).text

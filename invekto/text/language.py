"""Which language a message is in: the script first, then n-grams and words of our own messages."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from invekto.contracts.messages import MAX_TEXT
from invekto.text.normalise import lower
from invekto.text.resources import resource

CLASSES = ("tr", "en", "arabizi")
"""The classes that are written in Latin letters."""
_LANGUAGE = {"tr": "tr", "en": "en", "arabizi": "ar"}
PROFILE = "data/language_profile.tsv"
MAX_WORDS = 200
MIN_LETTERS = 4
SHORTEST = 3
"""Letters below which even a known word ("ok") tells nothing."""
SURE = 0.55
"""Below this share of the winner the default language is answered."""
TEMPERATURE = 4.0
"""Neighbouring n-grams are no independent evidence: the log-odds are divided by this."""

_PRIOR = 90.0
"""Head start of the default language, in hundredths of a log-likelihood after tempering."""
_NAME_WEIGHT = 0.3
_LAST_WEIGHT = 2.0
_SUFFIX_WEIGHT = 4.0
"""What follows an apostrophe ('den, 'nin, 's, 'll) tells a lot even after a foreign name."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[^\W\d_]*[23579][a-zA-Z]+[^\W_]*")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_ARABIC_WORD = re.compile("[\u0621-\u064a]{2,}")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_TURKISH = re.compile("[şŞğĞıİ]")
_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+")


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """`language` is tr, en, ar or other; `arabizi` says that Arabic was typed in Latin letters."""

    language: str
    confidence: float
    arabizi: bool = False

    @property
    def reply(self) -> str:
        """The nearest language we answer in: English for all others."""
        return "en" if self.language == "other" else self.language


def detect(text: str, default: str = "tr") -> LanguageGuess:
    """The language of a message. Texts without enough letters ("ok", "👍", "12") get `default`
    with a low confidence; a mixture gets the language of most of it. Never raises."""
    plain = _NOISE.sub(" ", text[:MAX_TEXT])
    letters = [char for char in plain if char.isalpha()]
    if not letters:
        return LanguageGuess(default, 0.0)
    arabic, latin = len(_ARABIC.findall(plain)), len(_LATIN.findall(plain))
    if arabic * 4 >= len(letters) and (arabic >= latin or len(_ARABIC_WORD.findall(plain)) > 1):
        return _arabic(plain)
    if latin * 2 < len(letters):
        return LanguageGuess("other", 0.9)
    return _latin(plain, default)


def has_arabic(text: str) -> bool:
    """Whether any letter is Arabic."""
    return _ARABIC.search(text) is not None


def features(text: str) -> Iterator[tuple[str, float]]:
    """The words, as `word=`, and the character bigrams to fourgrams of a text with their weights:
    names and titles inside a sentence tell little about its language, its last word much."""
    for word, weight in _weighted(text):
        for feature, share in _of_word(word):
            yield feature, weight if share is None else share


def _weighted(text: str) -> Iterator[tuple[str, float]]:
    found = _WORD.findall(text)[:MAX_WORDS]
    shouted = text.isupper()
    for place, raw in enumerate(found):
        weight = _NAME_WEIGHT if raw[0].isupper() and place and not shouted else 1.0
        if place == len(found) - 1 and place > 1 and weight == 1.0:
            weight = _LAST_WEIGHT
        yield _plain(raw), weight


def _of_word(word: str) -> Iterator[tuple[str, float | None]]:
    """Its features; a weight where it is not the word's."""
    yield f"{word}=", None
    if "'" in word:
        yield word[word.rindex("'") :] + "=", _SUFFIX_WEIGHT
    padded = f" {word} "
    for size in (2, 3, 4):
        for at in range(len(padded) - size + 1):
            yield padded[at : at + size], None


@lru_cache(maxsize=20_000)
def _evidence(word: str) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """What a word's features say for each class, to be weighted, and what is weighted already;
    kept, for most words come again and again."""
    own, fixed = [0] * len(CLASSES), [0.0] * len(CLASSES)
    for feature, share in _of_word(word):
        for index, log in enumerate(_profile().get(feature, ())):
            if share is None:
                own[index] += log
            else:
                fixed[index] += share * log
    return tuple(own), tuple(fixed)


def _plain(word: str) -> str:
    return lower(word, "en").replace("’", "'")[:30]


def _words(text: str) -> list[str]:
    return [_plain(word) for word in _WORD.findall(text)[:MAX_WORDS]]


def _arabic(text: str) -> LanguageGuess:
    """Arabic, unless Persian, Urdu, Kurdish or Uyghur letters and words say otherwise."""
    words = set(_words(text))
    for name in ("persian", "urdu", "sorani", "uyghur"):
        table = _others()[name]
        hits = len(words & table["words"]) + 2 * sum(text.count(c) > 0 for c in table["letters"])
        if hits >= 2 or (hits and len(words) <= 4):
            return LanguageGuess("other", 0.8)
    return LanguageGuess("ar", 0.95)


@cache
def _others() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = resource("data/other_languages.yaml")
    return {
        name: {"letters": row["letters"], "words": frozenset(str(w) for w in row["words"])}
        for name, row in table.items()
    }


@cache
def _common(label: str) -> frozenset[str]:
    return frozenset(map(str, resource("data/common_words.yaml")[label]))


@cache
def _profile() -> dict[str, tuple[int, ...]]:
    source = files("invekto.text").joinpath(PROFILE).read_text("utf-8")
    rows = (line.split("\t") for line in source.splitlines())
    return {row[0]: tuple(map(int, row[1:])) for row in rows}


def _latin(text: str, default: str) -> LanguageGuess:
    words = _words(text)
    letters = sum(map(len, words))
    known = any(f"{w}=" in _profile() for w in words)
    if letters < SHORTEST or (letters < MIN_LETTERS and not known):
        return LanguageGuess(default, 0.1)
    usual = [label for label in CLASSES if words and all(w in _common(label) for w in words)]
    if len(usual) == 1 and len(words) <= 3:
        return LanguageGuess(_LANGUAGE[usual[0]], 0.9, usual[0] == "arabizi")
    if len(words) == 1 and f"{words[0]}=" not in _profile() and not _TURKISH.search(text):
        return LanguageGuess(default, 0.3)  # "asdkjh" tells nothing
    shares = _shares(text, default)
    label, share = max(shares.items(), key=lambda pair: pair[1])
    if _is_foreign(text, words, label):
        return LanguageGuess("other", 0.8)
    tiny = len(words) == 1 and len(words[0]) < MIN_LETTERS and words[0] not in _common(label)
    if share < SURE or tiny:
        return LanguageGuess(default, min(share, 0.4))
    return LanguageGuess(_LANGUAGE[label], share, label == "arabizi")


def _shares(text: str, default: str) -> dict[str, float]:
    """The posterior of each class under naive Bayes, tempered, the default a little ahead."""
    scores = [0.0] * len(CLASSES)
    for word, weight in _weighted(text):
        for index, (own, fixed) in enumerate(zip(*_evidence(word), strict=True)):
            scores[index] += (weight * own + fixed) / TEMPERATURE
    scores = [s + _PRIOR * (c == default) for s, c in zip(scores, CLASSES, strict=True)]
    if _TURKISH.search(text):  # Arabic in Latin letters has no use for ş and ğ
        scores[CLASSES.index("arabizi")] = -math.inf
        words = _words(text)
        if default != "en" and sum(w in _common("en") for w in words) * 5 < len(words):
            scores[CLASSES.index("en")] = -math.inf
    top = max(scores)
    odds = [math.exp((score - top) / 100) for score in scores]
    return {label: odd / sum(odds) for label, odd in zip(CLASSES, odds, strict=True)}


def _is_foreign(text: str, words: list[str], label: str) -> bool:
    """Whether another language's letters and frequent words outnumber those of ours."""
    if any(c.isdigit() for w in words for c in w):  # Arabizi: kam se3r
        return False
    index = CLASSES.index(label)
    own = sum(1 for w in words if _profile().get(f"{w}=", (0, 0, 0))[index] > 0)
    low = lower(text, "en")
    for table in _others().values():
        hits = sum(w in table["words"] for w in words)
        hits += 2 * sum(letter in low for letter in table["letters"])
        if hits >= 2 and hits > own and hits * 4 >= len(words):
            return True
    return False

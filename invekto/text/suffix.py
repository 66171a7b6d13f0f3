"""Turkish case suffixes: vowel harmony, softening, apostrophes, numbers, abbreviations.

The spelling follows the writing guide of the Turkish Language Association: proper names,
numbers and abbreviations take an apostrophe and keep their spelling; the suffix follows how the
word is said, not how it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from invekto.text.normalise import lower
from invekto.text.resources import resource

VOWELS = "aeıioöuüâîû"
BACK = "aıouâû"
ROUND = "oöuüû"
HARD = "fstkçşhp"
SOFTENED = {"p": "b", "ç": "c", "k": "ğ"}
APOSTROPHES = "'’"

_ONES = ("sıfır", "bir", "iki", "üç", "dört", "beş", "altı", "yedi", "sekiz", "dokuz")
_TENS = ("", "on", "yirmi", "otuz", "kırk", "elli", "altmış", "yetmiş", "seksen", "doksan")
_LETTERS = {"h": "he", "k": "ka", "q": "kü", "x": "iks", "w": "ve"}
_LAST_NUMBER = re.compile(r"(\d+(?:[.,:]\d+)*)$")
_WHOLE = re.compile(r"(\d{1,2}[.:]|[\d.]+,)0+$")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+$")
_TAIL = re.compile(r"^([^()]*[^\s()])(\s*\([^()]*\)|[.!?…\"”»)]+)$")


@dataclass(frozen=True, slots=True)
class _Word:
    """`stem` is written as it is; `sound` decides harmony; `apostrophe` stands between."""

    stem: str
    sound: str
    front: bool
    apostrophe: bool
    possessed: bool

    @property
    def ends_in_vowel(self) -> bool:
        return self.sound[-1:] in VOWELS

    @property
    def last_vowel(self) -> str:
        return next((c for c in reversed(self.sound) if c in VOWELS), "e")

    @property
    def two(self) -> str:
        """The open vowel of two-way harmony: a or e."""
        return "a" if self.last_vowel in BACK and not self.front else "e"

    @property
    def four(self) -> str:
        """The narrow vowel of four-way harmony: ı, i, u or ü."""
        rounded = self.last_vowel in ROUND
        return {"a": "u" if rounded else "ı", "e": "ü" if rounded else "i"}[self.two]


def dative(phrase: object) -> str:
    """To: Ayşe'ye, Burak'a, 25 Kasım Salı'ya, 14.30'a, 1.250 TL'ye, randevuya, isme."""
    return _inflect(str(phrase), "dative")


def accusative(phrase: object) -> str:
    """The object: Ayşe'yi, Burak'ı, 3'ü, siparişi, kitabı."""
    return _inflect(str(phrase), "accusative")


def locative(phrase: object) -> str:
    """In, at: Ayşe'de, Burak'ta, 14.30'da, 25 Kasım'da, mağazada."""
    return _inflect(str(phrase), "locative")


def ablative(phrase: object) -> str:
    """From: Ayşe'den, Burak'tan, 1.250 TL'den, 5'ten, mağazadan."""
    return _inflect(str(phrase), "ablative")


def genitive(phrase: object) -> str:
    """Of: Ayşe'nin, Burak'ın, 3'ün, siparişin, suyun."""
    return _inflect(str(phrase), "genitive")


def instrumental(phrase: object) -> str:
    """With: Ayşe'yle, Burak'la, kartla, kargoyla."""
    return _inflect(str(phrase), "instrumental")


def plural(phrase: object) -> str:
    """-lar, -ler: siparişler, saatler, 90'lar."""
    return _inflect(str(phrase), "plural")


def having(phrase: object) -> str:
    """-lı: SGK'lı, indirimli, 3 yıllı."""
    return _inflect(str(phrase), "having")


def measured(phrase: object) -> str:
    """-lık: 750 TL'lik, 12 aylık, kişilik."""
    return _inflect(str(phrase), "measured")


def ordinal(number: object) -> str:
    """3'üncü, 2'nci, 20'nci."""
    return _inflect(str(number), "ordinal")


def question(phrase: object) -> str:
    """The question particle, apart: fiyatı mı, stok durumunu mu, adresimizi mi."""
    bare = str(phrase).rstrip()
    last = bare.rpartition(" ")[2]
    return f"{bare} m{_word(last, in_phrase=' ' in bare).four}" if last else bare


@lru_cache(maxsize=8192)
def _inflect(phrase: str, case: str) -> str:
    bare = phrase.rstrip()
    tail = _TAIL.match(bare)
    if tail:
        return _inflect(tail.group(1), case) + tail.group(2)
    head, _, last = bare.rpartition(" ")
    if not any(char.isalnum() or lower(char, "tr") in _spoken() for char in last):
        return phrase
    ready = _irregular(last, case)
    if ready is None:
        word = _word(last, in_phrase=bool(head))
        before_vowel = case in ("dative", "accusative", "genitive") and not word.apostrophe
        stem = _softened(word.stem) if before_vowel and not word.possessed else word.stem
        ready = stem + _ending(word, case)
    return f"{head} {ready}" if head else ready


def _irregular(word: str, case: str) -> str | None:
    form: str | None = resource("data/suffix.yaml")["irregular"].get(word, {}).get(case)
    return form


def _ending(word: _Word, case: str) -> str:
    mark = ("’" if "’" in word.stem else "'") if word.apostrophe else ""
    return mark + _suffix(word, case)


def _suffix(word: _Word, case: str) -> str:
    two, four, vowel = word.two, word.four, word.ends_in_vowel
    hard = "t" if word.sound[-1:] in HARD else "d"
    if word.possessed and case in ("dative", "accusative", "locative", "ablative"):
        own = {"dative": two, "accusative": four, "locative": f"d{two}", "ablative": f"d{two}n"}
        return "n" + own[case]
    forms = {
        "dative": f"y{two}" if vowel else two,
        "accusative": f"y{four}" if vowel else four,
        "locative": f"{hard}{two}",
        "ablative": f"{hard}{two}n",
        "genitive": f"n{four}n" if vowel else f"{four}n",
        "instrumental": f"yl{two}" if vowel else f"l{two}",
        "plural": f"l{two}r",
        "having": f"l{four}",
        "measured": f"l{four}k",
        "ordinal": f"nc{four}" if vowel else f"{four}nc{four}",
    }
    return forms[case]


def _word(word: str, *, in_phrase: bool) -> _Word:
    data: dict[str, Any] = resource("data/suffix.yaml")
    low = lower(word, "tr").strip(APOSTROPHES)
    possessed = (in_phrase and low in data["possessed"]) or low in data["possessed_places"]
    return _Word(
        word.rstrip(APOSTROPHES),
        _sound(word, low),
        low in data["front"],
        _is_marked(word),
        possessed,
    )


def _softened(word: str) -> str:
    """The stem before a vowel: kitap → kitab, isim → ism, renk → reng, saat → saat."""
    data: dict[str, Any] = resource("data/suffix.yaml")
    for table in (data["drop"], data["soften"]):
        if word in table:
            return str(table[word])
    syllables = sum(c in VOWELS for c in word)
    if syllables < 2 or word in data["hard"] or word[-1] not in SOFTENED:
        return word
    return word[:-1] + ("g" if word.endswith("nk") else SOFTENED[word[-1]])


def _is_marked(word: str) -> bool:
    """Proper names, numbers, abbreviations and symbols take an apostrophe."""
    return word[:1].isupper() or any(not c.isalpha() for c in word) or lower(word) in _spoken()


@cache
def _spoken() -> dict[str, str]:
    table: dict[str, str] = resource("data/suffix.yaml")["spoken"]
    return table


def _sound(word: str, low: str) -> str:
    if low in _spoken():
        return _spoken()[low]
    number = _LAST_NUMBER.search(low)
    if number:
        return said_number(number.group(1))
    last = re.split(r"[^\w]", low)[-1] or low
    if last in _spoken():
        return _spoken()[last]
    return _letter_by_letter(last) if _is_abbreviation(word, last) else last


def _is_abbreviation(word: str, low: str) -> bool:
    """All capitals without a vowel, or ending in two consonants: said by the letters' names."""
    if not word.isupper() or not word.isalpha():
        return not any(c in VOWELS for c in low)
    return not any(c in VOWELS for c in low) or (
        len(low) <= 4 and all(c not in VOWELS for c in low[-2:])
    )


def _letter_by_letter(low: str) -> str:
    return _LETTERS.get(low[-1], low[-1] + "e")


def said_number(digits: str) -> str:
    """The last word of a number as it is said: 14.30 → otuz, 1.250 → elli, 14.00 → dört."""
    if _WHOLE.fullmatch(digits):
        digits = digits.rstrip("0")[:-1]
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(".", "")
    last = re.split("[.,:]", digits)[-1]
    trimmed = last.rstrip("0")
    zeros = len(last) - len(trimmed)
    if not trimmed:
        return _ONES[0]
    if zeros == 0:
        return _ONES[int(trimmed[-1])]
    if zeros == 1:
        return _TENS[int(trimmed[-1])]
    return next(w for n, w in ((9, "milyar"), (6, "milyon"), (3, "bin"), (2, "yüz")) if zeros >= n)

"""Sizes and quantities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from invekto.agent.intents.entities.numbers import Found
from invekto.agent.intents.entities.phrases import Token, ends_well
from invekto.agent.intents.entities.table import table
from invekto.text.fold import fold
from invekto.text.numbers import find_numbers

_LETTER = re.compile(r"(?:[2-6]?x{1,4}[sl]|x{1,4}l|[sml])")
_LETTER_BARE = re.compile(r"(?:[2-6]xl|x{1,4}l|xs|xxs)")
_CHILD = re.compile(
    r"(?<!\w)(\d{1,2})(?:\s?[-/]\s?(\d{1,2}))?\s(yas\w{0,3}|ay(?:lik)?|years?|months?|سنوات|سنه|شهور|اشهر)(?!\w)"
)
_RELATIVE = re.compile(
    r"(?<!\w)(?:(?:bir|bi|1|one)\s)(?:(?:beden|numara|boy|no|size)\s(?P<a>buyu\w+|kucu\w+|ust\w*|alt\w*|up|down|bigger|smaller|larger)"
    r"|(?P<b>buyuk|kucuk|ust|alt|bigger|smaller|larger)(?:\s(?:beden|numara|boy|size)\w*)?)"
    r"|(?:مقاس|قياس|نمره)\s(?P<c>اكبر|اصغر)"
)
_CUE_AFTER = re.compile(r"\s?(?:bed[ae]n\w*|numara\w*|no\b|size\b)")
_ASKED_FOR = ("var", "yok", "kald", "mevcut", "stok", "olsun", "alay", "alic", "istiyor", "olacak")
_SIZE_CUE = re.compile(r"beden|numara|size")
_FOREIGN = re.compile(r"(?<!\w)(?:(?:uk|us|eu)\s(?:size\s)?|(?:uk\s)?size\s)(\d{1,2})(?=\W|$)")
_NO_SIZE = (
    "tl", "lira", "yas", "cm", "kilo", "kg", "gun", "adet", "tane", "numarali dis", "taksit",
    "dakika", "saat", "hafta", "kez", "kere", "defa",
)  # fmt: skip
"""What a bare number is of when it is no size; Turkish "size" is also "to you"."""
_CUE_BEFORE = re.compile(r"(?:eu size|size|sz|beden|numara|مقاس|قياس|نمره|نمرة)\s?:?\s?$")


def find_sizes(text: str, tokens: list[Token], language: str, *, wearable: bool) -> Iterator[Found]:
    """Clothes and shoe sizes in folded text.

    Args:
        wearable: something with a size is named, so a bare 34–48 is one.
    """
    for match in _RELATIVE.finditer(text):
        word = match.group("a") or match.group("b") or match.group("c")
        sign = "+1" if word.startswith(("buyu", "ust", "up", "big", "larg", "اكبر")) else "-1"
        yield Found("size", *match.span(), sign, 0.95)
    for match in _CHILD.finditer(text):
        low, high, unit = match.groups()
        letter = "Y" if unit.startswith(("yas", "year", "سن")) else "M"
        if unit.startswith(("ay", "month", "شه", "اشه")) and high is None:
            continue
        yield Found(
            "size", *match.span(), f"{low}-{high}{letter}" if high else f"{low}{letter}", 0.9
        )
    yield from _one_size(text)
    yield from _letters(text, tokens)
    yield from _numeric(text, wearable=wearable)
    if language == "en":
        yield from _foreign(text)
    yield from _spelled(text, language)


def _one_size(text: str) -> Iterator[Found]:
    for phrase in _one_words():
        at = text.find(phrase)
        if at >= 0:
            yield Found("size", at, at + len(phrase), "ONE", 0.9)


@cache
def _one_words() -> tuple[str, ...]:
    return tuple(fold(phrase) for phrase in table("sizes")["one"])


@cache
def _named_letters() -> dict[str, str]:
    letters = table("sizes")["letters"]
    return {fold(word): size for size, words in letters.items() for word in words}


@cache
def _counters() -> tuple[str, ...]:
    return tuple(fold(counter) for counter in table("counters"))


def _letters(text: str, tokens: list[Token]) -> Iterator[Found]:
    named = _named_letters()
    for at, (word, begin, finish) in enumerate(tokens):
        bare = word.split("'")[0]
        cue_after = _CUE_AFTER.match(text, finish)
        cue_before = _CUE_BEFORE.search(text, 0, begin)
        if _LETTER.fullmatch(bare) and (
            _LETTER_BARE.fullmatch(bare) or cue_after or cue_before or _lone_letter(tokens, at)
        ):
            value = letter_size(bare)
        elif bare in named and (bare.isascii() or cue_before or cue_after):
            if at and tokens[at - 1][0] in ("too", "very", "so"):
                continue
            value = named[bare]
        else:
            continue
        start = cue_before.start() if cue_before else begin
        yield Found("size", start, cue_after.end() if cue_after else finish, value, 0.95)


def _lone_letter(tokens: list[Token], at: int) -> bool:
    """A bare S, M or L at the end of a wish for a thing ("keten gömlek L"), or asked for ("siyah m
    var mı")."""
    if len(tokens) == 1 or tokens[at][0] not in ("s", "m", "l"):
        return False
    return at == len(tokens) - 1 or tokens[at + 1][0].startswith(_ASKED_FOR)


def letter_size(word: str) -> str:
    """S to 6XL in one way of writing: XXL is 2XL."""
    word = word.upper()
    crosses = len(word) - len(word.lstrip("X"))
    return f"{crosses}X{word[-1]}" if crosses > 1 else word


def _numeric(text: str, *, wearable: bool) -> Iterator[Found]:
    for match in re.finditer(r"(?<![\w.,:/#+-])(\d{2})(?:([.,]5)|\s?-\s?(\d{2}))?(?=\D|$)", text):
        low, half, high = match.groups()
        begin, finish = match.span()
        if not 16 <= int(low) <= 60 or (high and not int(low) < int(high) <= 60):
            continue
        cue_after = _CUE_AFTER.match(text, finish)
        cue_before = _CUE_BEFORE.search(text, 0, begin)
        ending = re.match(
            r"'?(?:si|su|i|u|sini|sinin|luk|lik|ini|la|le|yle|ye|e|a)?(?!\w)", text[finish:]
        )
        if ending is None or (
            not cue_after and not cue_before and not (wearable and 34 <= int(low) <= 48)
        ):
            continue
        after = text[finish + ending.end() :].lstrip()
        if after.startswith(_NO_SIZE):
            continue
        value = low + (".5" if half else "") + (f"-{high}" if high else "")
        end = cue_after.end() if cue_after else finish + ending.end()
        yield Found("size", cue_before.start() if cue_before else begin, end, value, 0.9)


def _foreign(text: str) -> Iterator[Found]:
    """British and American sizes, as they are said: what they are here depends on the thing."""
    for match in _FOREIGN.finditer(text):
        if 2 <= int(match.group(1)) < 16:
            yield Found("size", *match.span(), match.group(1), 0.85)


def _spelled(text: str, language: str) -> Iterator[Found]:
    if not _SIZE_CUE.search(text):
        return
    for number in find_numbers(text, language):
        if (number.text.isascii() and number.text.isalpha()) or " " in number.text:
            cue = _CUE_AFTER.match(text, number.finish)
            if cue and 16 <= int(number.value) <= 60 and not number.text[0].isdigit():
                yield Found("size", number.begin, cue.end(), str(int(number.value)), 0.85)


def find_quantities(
    text: str, tokens: list[Token], language: str, names: list[tuple[int, int]]
) -> Iterator[Found]:
    """Counts with a counting word, and bare numbers right before a catalogue name.

    Args:
        names: spans of the tenant's names, on folded text.
    """
    for word, begin, finish in tokens:
        if word in table("quantity_words"):
            yield Found("quantity", begin, finish, table("quantity_words")[word], 0.9)
    for number in find_numbers(text, language):
        if number.value != int(number.value) or not 0 < number.value <= 100_000:
            continue
        value, begin, finish = int(number.value), number.begin, number.finish
        if getattr(number, "kind", "") == "quantity":
            yield Found("quantity", begin, finish, value, 0.95)
            continue
        after = re.match(r"\s?([^\W\d_]+)", text[finish:])
        if after and any(ends_well(after.group(1), c) for c in _counters()):
            yield Found("quantity", begin, finish + after.end(), value, 0.95)
        elif any(0 <= start - finish <= 1 for start, _ in names):
            yield Found("quantity", begin, finish, value, 0.85)

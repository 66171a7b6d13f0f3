"""Numbers in words and digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from invekto.contracts.messages import MAX_TEXT
from invekto.text.amounts import Amount, Script, read_amount, read_range, script
from invekto.text.cases import PLAIN, case_of
from invekto.text.fold import Folded
from invekto.text.numerals import number_words
from invekto.text.tokens import LONGEST_WORD, Token


@dataclass(frozen=True, slots=True)
class Number:
    """A number found in `raw[begin:finish] == text`. `kind` is number, ordinal (last is -1, last
    but one -2), quantity (with a counting word) or percent; `max` is the other end of a range."""

    value: Decimal
    kind: str
    text: str
    begin: int
    finish: int
    max: Decimal | None = None
    approx: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    value: Decimal
    kind: str
    first: int
    after: int
    max: Decimal | None = None
    approx: bool = False


def find_numbers(text: str, language: str) -> list[Number]:
    """The numbers in the first 20,000 characters, in order. Conventions: tests/text/README.md.
    Other languages than tr, en and ar are read as English. Never raises on any text."""
    folded = Folded.of(text[:MAX_TEXT])
    reading = script(folded.text, language)
    found: list[Number] = []
    at = 0
    while at < len(reading.tokens):
        one, after = _at(reading, at)
        if one is not None and not _cuts_character(one, reading, folded):
            found.append(_number(one, reading, folded, text))
        at = max(after, at + 1)
    return found


def _cuts_character(found: _Found, reading: Script, folded: Folded) -> bool:
    """Whether the find is part of one character, as the 4 in ¼."""
    first, last = reading.tokens[found.first], reading.tokens[found.after - 1]
    return folded.shares_character(first.begin, last.finish)


def _number(found: _Found, reading: Script, folded: Folded, text: str) -> Number:
    first, last = reading.tokens[found.first], reading.tokens[found.after - 1]
    begin, finish = folded.raw_span(first.begin, last.finish)
    return Number(
        found.value, found.kind, text[begin:finish], begin, finish, found.max, found.approx
    )


def _at(reading: Script, at: int) -> tuple[_Found | None, int]:
    """What begins at a token, and the token after it."""
    idiom = reading.phrases("idioms").at(reading.tokens, at)
    if idiom is not None:
        return None, idiom.after
    for read in (_percent, _ordinal, _dozen, _times, _dual, _counted, _collective):
        found = read(reading, at)
        if found is not None:
            return found, found.after
    amount = read_amount(reading, at)
    if amount is None:
        return None, at + 1
    amount = read_range(reading, amount)
    return _plain(reading, amount), amount.after


def _percent(reading: Script, at: int) -> _Found | None:
    """%20, 50%, yüzde yirmi, 20 percent, عشرين بالمية."""
    before = reading.phrases("percent_before").at(reading.tokens, at)
    start = before.after if before is not None else at
    amount = read_amount(reading, start) if start < len(reading.tokens) else None
    if amount is None or amount.case not in (PLAIN, "d", "l", "i", "m"):
        return None
    after = reading.phrases("percent_after").at(reading.tokens, amount.after)
    if before is None and after is None:
        return None
    end = after.after if before is None and after is not None else amount.after
    return _Found(amount.value, "percent", at, end, amount.high)


def _ordinal(reading: Script, at: int) -> _Found | None:
    tokens = reading.tokens
    last = reading.phrases("last").at(tokens, at)
    if last is not None:
        return _Found(Decimal(-1), "ordinal", at, last.after)
    ends = reading.phrases("from_end").at(tokens, at)
    if ends is not None:
        counted = _spoken_ordinal(reading, ends.after) if ends.after < len(tokens) else None
        return _Found(-counted.value, "ordinal", at, counted.after) if counted else None
    named = reading.phrases("ordinals").at(tokens, at)
    if named is not None:
        return _Found(Decimal(int(named.value)), "ordinal", at, named.after)
    return _written_ordinal(reading, at) or _spoken_ordinal(reading, at)


def _written_ordinal(reading: Script, at: int) -> _Found | None:
    """3üncü, 15'inci, 2.si, 15. sıradaki, 3rd."""
    tokens = reading.tokens
    token = tokens[at]
    if not token.digits or len(token.digits) > 4 or _follows_number(tokens, at):
        return None
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    value = Decimal(token.digits)
    if following is None or not following.glued:
        return None
    if following.is_word and _is_ordinal_tail(reading, following.text):
        return _Found(value, "ordinal", at, at + 2)
    if following.text != "." or reading.language != "tr":
        return None
    third = tokens[at + 2] if at + 2 < len(tokens) else None
    if third is None or not third.is_word:
        return None
    if third.glued:
        suffix = re.fullmatch(r"s?[iu]|s?[iu]n[dt]?[ea]n?|s?[iu]n[iu]", third.text)
        return _Found(value, "ordinal", at, at + 3) if suffix else None
    return _Found(value, "ordinal", at, at + 2)


def _follows_number(tokens: list[Token], at: int) -> bool:
    return at > 1 and tokens[at].glued and tokens[at - 1].text in (".", ",", ":", "/")


def _is_ordinal_tail(reading: Script, tail: str) -> bool:
    pattern = str(reading.table["ordinal_tails"])
    return len(tail) < 16 and re.fullmatch(pattern, tail) is not None


def _spoken_ordinal(reading: Script, at: int) -> _Found | None:
    """üçüncü, on birinci, dördüncüsünü."""
    token = reading.tokens[at]
    if reading.language != "tr" or not token.is_word or len(token.text) > LONGEST_WORD:
        return None
    read = read_amount(reading, at)
    after = read.after if read is not None and read.words and read.case == PLAIN else at
    base = read.value if read is not None and after > at else Decimal(0)
    if after >= len(reading.tokens):
        return None
    last = _ordinal_stem(reading, reading.tokens[after].text)
    if last is None or (after > at and not (base % 10 == 0 and last < 10)):
        return None
    return _Found(base + last, "ordinal", at, after + 1)


def _ordinal_stem(reading: Script, word: str) -> int | None:
    """The number an ordinal is built on: ucuncusu → 3."""
    lexicon = number_words("tr")
    spelt = {**lexicon.values, "dord": 4}
    for cut in range(min(len(word), 12), 1, -1):
        value = spelt.get(word[:cut])
        if value is not None and _is_ordinal_tail(reading, word[cut:]):
            return value
    return None


def _dozen(reading: Script, at: int) -> _Found | None:
    """yarım düzine, bir düzine, half a dozen, a dozen, a couple of."""
    tokens = reading.tokens
    if reading.language == "en":
        if reading.is_word(at, "a") and reading.is_word(at + 1, "couple"):
            return _Found(
                Decimal(2), "quantity", at, at + 3 if reading.is_word(at + 2, "of") else at + 2
            )
        for words, value in ((("half", "a", "dozen"), 6), (("a", "dozen"), 12)):
            if all(reading.is_word(at + i, word) for i, word in enumerate(words)):
                return _Found(Decimal(value), "quantity", at, at + len(words))
    amount = read_amount(reading, at)
    dozen = reading.phrases("dozen").at(tokens, amount.after) if amount else None
    if amount is None or dozen is None:
        return None
    return _Found((amount.value * 12).normalize(), "quantity", at, dozen.after)


def _times(reading: Script, at: int) -> _Found | None:
    """x2, 2x."""
    tokens = reading.tokens
    token = tokens[at]
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or not after.glued or (at and token.glued):
        return None
    further = at + 2 < len(tokens) and tokens[at + 2].glued
    if token.text == "x" and after.digits and len(after.digits) <= 3 and not further:
        return _Found(Decimal(after.digits), "quantity", at, at + 2)
    if token.digits and len(token.digits) <= 3 and after.text == "x" and not further:
        return _Found(Decimal(token.digits), "quantity", at, at + 2)
    return None


def _dual(reading: Script, at: int) -> _Found | None:
    """حبتين: the dual of a counting word; حبة وحدة: one."""
    if "duals" not in reading.table:
        return None
    dual = reading.phrases("duals").at(reading.tokens, at)
    if dual is not None:
        return _Found(Decimal(2), "quantity", at, dual.after)
    one = reading.phrases("counts").at(reading.tokens, at)
    if one is None or one.after >= len(reading.tokens):
        return None
    if reading.phrases("articles").at(reading.tokens, one.after):
        return _Found(Decimal(1), "quantity", at, one.after + 1)
    return None


def _counted(reading: Script, at: int) -> _Found | None:
    """iki tane, 3ad, üç adetten, bitane, beşer tane, 3-4 tane, 5-10 adet arası."""
    tokens = reading.tokens
    glued = re.fullmatch(r"bi(?:r)?tane(.*)", tokens[at].text[:30])
    if glued and reading.language == "tr" and case_of(glued.group(1)) is not None:
        return _Found(Decimal(1), "quantity", at, at + 1)
    amount = _distributive(reading, at) or read_amount(reading, at)
    if amount is None:
        return None
    amount = read_range(reading, amount)
    if amount.case != PLAIN:
        return None
    noun = reading.phrases("counts").at(tokens, amount.after)
    if noun is None:
        return None
    ranged = reading.phrases("between").at(tokens, noun.after) if amount.high else None
    after = ranged.after if ranged else noun.after
    return _Found(amount.value, "quantity", at, after, amount.high)


def _distributive(reading: Script, at: int) -> Amount | None:
    """beşer, ikişer."""
    word = reading.tokens[at].text
    pattern = reading.table.get("distributive")
    if not pattern or len(word) > LONGEST_WORD:
        return None
    spelt = {**number_words("tr").values, "dord": 4}
    for cut in range(min(len(word), 12), 1, -1):
        value = spelt.get(word[:cut])
        if value is not None and re.fullmatch(str(pattern), word[cut:]):
            return Amount(Decimal(value), at, at + 1, words=1)
    return None


def _collective(reading: Script, at: int) -> _Found | None:
    """ikimiz, üçünü, dördü, yirmisi: people or things counted and then pointed at."""
    word = reading.tokens[at].text
    pattern = reading.table.get("collective")
    if not pattern or len(word) > LONGEST_WORD or word in reading.table["pronouns"]:
        return None
    spelt = {**number_words("tr").values, "dord": 4}
    for cut in range(min(len(word), 12), 1, -1):
        value = spelt.get(word[:cut])
        if value is not None and 1 < value < 100 and re.fullmatch(str(pattern), word[cut:]):
            return _Found(Decimal(value), "number", at, at + 1)
    return None


def _plain(reading: Script, amount: Amount) -> _Found | None:
    """A number without a counting word, unless its word is usually something else."""
    tokens = reading.tokens
    single = amount.words == 1 and not amount.half and amount.after == amount.first + 1
    word = tokens[amount.first].text
    if single and not _is_number_word(reading, amount, word):
        return None
    some = reading.phrases("some").at(tokens, amount.after)
    after = some.after if some else amount.after
    value = amount.value.normalize() if amount.half else amount.value
    return _Found(value, "number", amount.first, after, amount.high, some is not None)


def _is_number_word(reading: Script, amount: Amount, word: str) -> bool:
    if word in reading.table["pronouns"]:
        return False
    if word in reading.table["articles"]:
        return amount.high is not None
    if amount.case not in (PLAIN, "i", "d", "m"):
        return False
    if word not in reading.table["homonyms"] or reading.language == "ar":
        return True
    if word == "on":
        return amount.after < len(reading.tokens)
    return reading.phrases("nouns").at(reading.tokens, amount.after) is not None

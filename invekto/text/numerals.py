"""Reading numerals, in words or digits, from tokens of folded text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from invekto.text.cases import case_of
from invekto.text.fold import fold
from invekto.text.resources import resource
from invekto.text.tokens import LONGEST_WORD, Token

_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?!\d)(?:[.,](\d{1,2})(?!\d))?")
_SPACED = re.compile(r"(?:\d{1,2}(?: \d{3})+|\d{3}(?: 000)+)(?![\d.,:])")
_DECIMAL = re.compile(r"\d+[.,](\d{1,2}|\d{4,6})(?!\d)|\d+")
_LONGEST = 18


@dataclass(frozen=True, slots=True)
class Numeral:
    """A numeral of `count` tokens up to `finish`. `size` is the number of written digits (0 in
    words), `case` the Turkish case letter of its suffix, `words` how many number words."""

    value: Decimal
    count: int
    finish: int
    case: str = "-"
    size: int = 0
    words: int = 0
    tail: str = ""
    first: str = ""


@dataclass(frozen=True, slots=True)
class NumberWords:
    """A language's number words: value by word, what joins them, and the glued-word pattern."""

    values: dict[str, int]
    joints: frozenset[str]
    prefix: str
    glued: re.Pattern[str] | None
    pronouns: frozenset[str]
    softened: dict[str, str]


@cache
def number_words(language: str) -> NumberWords:
    """The number words of grammar/`language`.yaml."""
    table: dict[str, Any] = resource(f"grammar/{language}.yaml")["numbers"]
    values = {fold(str(w)): int(v) for v, ws in table["words"].items() for w in ws}
    glued = None
    if table.get("glued"):
        ordered = sorted(values, key=len, reverse=True)
        glued = re.compile(f"({'|'.join(ordered)})")
    return NumberWords(
        values,
        frozenset(table.get("joints", ())),
        str(table.get("prefix", "")),
        glued,
        frozenset(fold(str(w)) for w in table.get("pronouns", ())),
        {str(k): str(v) for k, v in table.get("softened", {}).items()},
    )


def read_digits(text: str, token: Token) -> tuple[Decimal, int, int] | None:
    """(value, end offset, digits of the whole part) of the number written at `token`. One
    separator before exactly three digits marks thousands; otherwise it is a decimal mark."""
    at = token.begin
    if len(token.digits) > _LONGEST:
        return None
    found = _GROUPED.match(text, at) or _SPACED.match(text, at)
    if found is not None and not token.digits.startswith("0"):
        whole, part = found.group(), found.group(2) if found.re is _GROUPED else None
        if part is not None:
            whole = whole[: -len(part) - 1]
        digits = re.sub("[., ]", "", whole)
        if len(digits) <= _LONGEST:
            return Decimal(f"{digits}.{part or 0}"), found.end(), len(digits)
    plain = _DECIMAL.match(text, at)
    if plain is None:
        return None
    value = Decimal(plain.group().replace(",", "."))
    return value, plain.end(), len(token.digits)


def split_word(word: str, language: str) -> tuple[list[int], str] | None:
    """The number words a word is made of and its case: yirmibesi → [20, 5], i."""
    if len(word) > LONGEST_WORD:
        return None
    lexicon = number_words(language)
    stem, mark, tail = word.partition("'")
    if not mark and word in lexicon.values:
        return [lexicon.values[word]], "-"
    if lexicon.glued is None:
        return None
    return _glued(stem, tail, lexicon)


def _glued(stem: str, tail: str, lexicon: NumberWords) -> tuple[list[int], str] | None:
    found: list[int] = []
    rest = stem
    while rest:
        soft = lexicon.softened.get(rest[:4])
        match = lexicon.glued.match(rest) if lexicon.glued else None
        if match is None and soft is None:
            break
        word = match.group() if match else str(soft)
        left = rest[len(word) :]
        if tail == "" and left and case_of(left) is not None and not _continues(left, lexicon):
            return [*found, lexicon.values[word]], case_of(left) or "-"
        found.append(lexicon.values[word])
        rest = left
    if not found or rest:
        return None
    case = case_of(tail)
    return (found, case) if case is not None else None


def _continues(rest: str, lexicon: NumberWords) -> bool:
    match = lexicon.glued.match(rest) if lexicon.glued else None
    return match is not None


def read_words(tokens: list[Token], at: int, language: str) -> Numeral | None:
    """The longest numeral in words that begins at token `at`."""
    lexicon = number_words(language)
    total, current, last, count, end, case = 0, 0, 0, 0, at, "-"
    index = at
    while index < len(tokens):
        word, step = _joined(tokens, index, lexicon, started=count > 0)
        piece = split_word(word, language) if word else None
        if piece is None or case != "-":
            break
        state: tuple[int, int, int] | None = (total, current, last)
        joined = bool(lexicon.prefix) and tokens[index].text.startswith(lexicon.prefix)
        for value in piece[0]:
            state = _added(*state, value, joined=joined) if state is not None else None
        if state is None:
            break
        total, current, last = state
        count, case = count + len(piece[0]), piece[1]
        index = end = index + step
    if not count:
        return None
    return Numeral(
        Decimal(total + current), end - at, tokens[end - 1].finish, case, 0, count, "",
        tokens[at].text,
    )  # fmt: skip


def _joined(
    tokens: list[Token], index: int, lexicon: NumberWords, *, started: bool
) -> tuple[str, int]:
    """The next number word and how many tokens it takes, past `and`, a hyphen or a prefix."""
    token = tokens[index]
    if not token.is_word and token.text != "-":
        return "", 0
    if started and (token.text in lexicon.joints or (token.text == "-" and token.glued)):
        if index + 1 < len(tokens) and tokens[index + 1].text in lexicon.values:
            if token.text == "-" and lexicon.values[tokens[index + 1].text] > 9:
                return "", 0
            return tokens[index + 1].text, 2
        return "", 0
    if started and lexicon.prefix and token.text.startswith(lexicon.prefix):
        return token.text[len(lexicon.prefix) :], 1
    return token.text, 1


def _added(
    total: int, current: int, last: int, value: int, *, joined: bool
) -> tuple[int, int, int] | None:
    """The sum after one more number word, None where the word cannot follow."""
    if value in (1000, 1_000_000):
        if total % (value * 1000) or (last and not current):
            return None
        return total + max(current, 1) * value, 0, value
    if value == 100:
        if last and not (1 < last < 10 or last >= 1000):
            return None
        return total, (current or 1) * 100, 100
    fits = last == 0 or last >= _room(value)
    if value < 10 and 10 <= last <= 90 and last % 10 == 0:
        fits = True
    if last and last < 10:  # Arabic says the ones first: five and twenty, five ten
        fits = (joined and 20 <= value <= 90 and value % 10 == 0) or (value == 10 and last > 2)
    return (total, current + value, value) if fits else None


def _room(value: int) -> int:
    """The least number a number of this size may follow: 50 follows 100, 7 follows 20."""
    return int(10 ** max(2, len(str(value))))

"""Amounts: numerals with halves, thousands and ranges; what numbers and money share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any

from invekto.text.cases import PLAIN, case_of
from invekto.text.numerals import read_digits, read_words
from invekto.text.phrases import Phrases
from invekto.text.resources import resource
from invekto.text.tokens import Token, split_tails, tokenise

LANGUAGES = ("tr", "en", "ar")


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens `first` to `after` say `value` (up to `high` where it is a range)."""

    value: Decimal
    first: int
    after: int
    size: int = 0
    case: str = PLAIN
    scaled: bool = False
    half: bool = False
    words: int = 0
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """Folded text, its tokens and the tables of its language."""

    text: str
    tokens: list[Token]
    language: str
    table: dict[str, Any]
    amounts: dict[int, Amount | None] = field(default_factory=dict, compare=False)
    """Those that have been read, by the token they begin at."""

    def phrases(self, section: str) -> Phrases:
        return _phrases(self.language, section)

    def is_word(self, index: int, *words: str) -> bool:
        return index < len(self.tokens) and self.tokens[index].text in words


def script(folded: str, language: str) -> Script:
    """The reading of folded text; other languages than tr, en and ar are read as English."""
    language = language if language in LANGUAGES else "en"
    tokens = split_tails(tokenise(folded, arabizi=language == "ar"))
    return Script(folded, tokens, language, resource("grammar/amounts.yaml")[language])


@cache
def _phrases(language: str, section: str) -> Phrases:
    table = resource("grammar/amounts.yaml")[language]
    return Phrases(table.get(section, []), suffixed=bool(table.get("suffixed")))


def read_amount(script: Script, index: int) -> Amount | None:
    """The amount that begins at a token: 1.250,50 · bin iki yüz · bir buçuk · 15k · 2 bin 500."""
    if index not in script.amounts:
        script.amounts[index] = _amount(script, index)
    return script.amounts[index]


def _amount(script: Script, index: int) -> Amount | None:
    found = _simple(script, index)
    if found is None:
        return None
    found = _with_half(script, found)
    found = _scaled(script, found)
    if found.case == PLAIN:
        found = _with_suffix(script, found)
    return found


def _simple(script: Script, index: int) -> Amount | None:
    tokens = script.tokens
    token = tokens[index]
    if token.digits:
        return _digits(script, index)
    if token.text in (",", ".") and not token.glued and _glued_digits(tokens, index + 1):
        part = tokens[index + 1].digits
        return Amount(Decimal(f"0.{part[:9]}"), index, index + 2, 1)
    alone = script.phrases("alone").at(tokens, index)
    if alone is not None:
        return Amount(Decimal(str(alone.value)), index, alone.after, case=alone.case, half=True)
    article = 1 if token.text in ("a", "an") and script.language == "en" else 0
    read = read_words(tokens, index + article, script.language)
    if read is None or (article and read.value < 100):
        return None
    after = index + article + read.count
    return Amount(read.value, index, after, 0, read.case, read.value >= 1000, words=read.words)


def _glued_digits(tokens: list[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].glued and bool(tokens[index].digits)


def _digits(script: Script, index: int) -> Amount | None:
    token = script.tokens[index]
    read = read_digits(script.text, token)
    if read is None:
        return None
    value, end, size = read
    after = index + 1
    while after < len(script.tokens) and script.tokens[after].begin < end:
        after += 1
    return Amount(value, index, after, size)


def _with_half(script: Script, found: Amount) -> Amount:
    half = script.phrases("half").at(script.tokens, found.after)
    if half is None or found.case != PLAIN or found.half:
        return found
    return replace(
        found, value=found.value + Decimal("0.5"), after=half.after, case=half.case, half=True
    )


def _scaled(script: Script, found: Amount) -> Amount:
    """Thousands and millions after the number, and the hundreds after those."""
    if found.case != PLAIN or (found.words and not found.half):
        return found
    scale = script.phrases("multiply").at(script.tokens, found.after)
    if scale is None or found.value >= 100_000:
        return found
    factor = int(scale.value)
    found = replace(
        found, value=found.value * factor, after=scale.after, case=scale.case, scaled=True
    )
    thousand = factor == 1000 and scale.case == PLAIN and script.tokens[found.after - 1].text != "k"
    rest = _hundreds(script, found) if thousand else None
    return replace(found, value=found.value + rest, after=found.after + 1) if rest else found


def _hundreds(script: Script, found: Amount) -> int | None:
    """The 500 of `2 bin 500`, unless it begins an amount of its own."""
    tokens, at = script.tokens, found.after
    if at >= len(tokens) or tokens[at].glued or len(tokens[at].digits) != 3:
        return None
    after = at + 1 < len(tokens) and (
        tokens[at + 1].text in ("-", ".", ",") or script.phrases("multiply").at(tokens, at + 1)
    )
    return None if after or found.value % 1000 else int(tokens[at].digits)


def _with_suffix(script: Script, found: Amount) -> Amount:
    """A Turkish suffix glued to the figures: 1200e, 15'i."""
    tokens, at = script.tokens, found.after
    if script.language != "tr" or at >= len(tokens) or not tokens[at].glued:
        return found
    if not tokens[at].is_word or script.phrases("currencies").at(tokens, at):
        return found
    case = case_of(tokens[at].text)
    return replace(found, after=at + 1, case=case) if case is not None else found


def read_range(script: Script, first: Amount, after: int | None = None) -> Amount:
    """`first` with its other end where one follows: 3-4, 500 ile 800, 20 30, 1000'den 1500."""
    at = first.after if after is None else after
    joint = script.phrases("and").at(script.tokens, at)
    start = joint.after if joint is not None else at
    if start >= len(script.tokens):
        return first
    second = read_amount(script, start)
    if second is None or (second.half != first.half and second.value < 1):
        return first
    low = first.value
    if second.scaled and not first.scaled and low < 1000 and second.value >= 1000:
        low *= 1000 if second.value < 1_000_000 else 1_000_000
    if low >= second.value or not (
        joint is not None or _neighbours(script, replace(first, value=low), second)
    ):
        return first
    return replace(second, value=low, high=second.value, first=first.first, size=first.size)


def _neighbours(script: Script, first: Amount, second: Amount) -> bool:
    """Two numbers side by side that are a loose range: iki üç, 20 30, 500 600; or den … e."""
    if first.case == "a":
        return (
            second.case == "d"
            or script.phrases("currencies").at(script.tokens, second.after) is not None
        )
    if first.case != PLAIN or script.tokens[second.first].glued:
        return False
    step = second.value - first.value
    scale = Decimal(10) ** (len(str(int(first.value))) - 1) if first.value >= 1 else Decimal(1)
    return 0 < step <= scale and first.value % scale == 0 and second.value % scale == 0

"""Amounts of money."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from invekto.contracts.messages import MAX_TEXT
from invekto.text.amounts import Amount, Script, read_amount, read_range, script
from invekto.text.fold import Folded
from invekto.text.lexicon import lexicon
from invekto.text.phrases import Hit

_CODES = frozenset(("tl", "usd", "eur", "gbp", "try", "chf", "₺", "€", "$", "£"))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount found in `raw[begin:finish] == text`. `min` == `max` for one amount, None on the
    open side; `currency` is ISO 4217, or None where none was named."""

    min: Decimal | None
    max: Decimal | None
    currency: str | None
    text: str
    begin: int
    finish: int
    approx: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """`named`: a currency word or sign stands there, so it is money for certain."""

    low: Decimal
    high: Decimal
    first: int
    after: int
    currency: str | None = None
    named: bool = False
    side: str | None = None
    approx: bool = False


def find_money(text: str, language: str) -> list[Money]:
    """The amounts of money in the first 20,000 characters, in order. Conventions:
    tests/text/README.md. Other languages than tr, en and ar are read as English. Never raises."""
    folded = Folded.of(text[:MAX_TEXT])
    reading = script(folded.text, language)
    found: list[Money] = []
    at = 0
    while at < len(reading.tokens):
        idiom = reading.phrases("idioms").at(reading.tokens, at)
        one = None if idiom else _at(reading, at)
        if one is not None and not _cuts_character(one, reading, folded):
            found.append(_money(one, reading, folded, text))
        at = one.after if one else _next(reading, at, idiom)
    return found


def _next(reading: Script, at: int, idiom: Hit | None) -> int:
    """Where to go on: past an idiom, and past figures that belong together."""
    if idiom is not None:
        return idiom.after
    amount = read_amount(reading, at) if reading.tokens[at].digits else None
    return max(amount.after, at + 1) if amount is not None and not amount.scaled else at + 1


def _cuts_character(found: _Found, reading: Script, folded: Folded) -> bool:
    """Whether the find is part of one character, as the 4 in ¼."""
    first, last = reading.tokens[found.first], reading.tokens[found.after - 1]
    return folded.shares_character(first.begin, last.finish)


def _money(found: _Found, reading: Script, folded: Folded, text: str) -> Money:
    first, last = reading.tokens[found.first], reading.tokens[found.after - 1]
    begin, finish = folded.raw_span(first.begin, last.finish)
    low: Decimal | None = None if found.side == "max" else found.low
    high: Decimal | None = None if found.side == "min" else found.high
    return Money(low, high, found.currency, text[begin:finish], begin, finish, found.approx)


def _at(reading: Script, at: int) -> _Found | None:
    """[limit] [about] [sign] amount [– amount] [currency] [limit or about]."""
    tokens = reading.tokens
    index, side, approx = at, None, False
    for name, meaning in (("at_most_before", "max"), ("at_least_before", "min")):
        hit = reading.phrases(name).at(tokens, index)
        if hit is not None:
            index, side = hit.after, meaning
            break
    ranged = reading.phrases("range_before").at(tokens, index) if side in (None, "min") else None
    about = reading.phrases("nearly").at(tokens, index)
    if about is not None:
        index, approx = about.after, True
    found = _core(reading, index)
    if found is None and ranged is not None and not about:
        found = _core(reading, ranged.after)
        if found is None or found.low == found.high:
            return None
        side = None
    if found is None:
        return None
    found = replace(found, first=at, side=side, approx=approx)
    return _ended(reading, found)


def _core(reading: Script, index: int) -> _Found | None:
    """The amount or range with its currency, or what else makes it money."""
    tokens = reading.tokens
    sign = reading.phrases("currencies").at(tokens, index)
    signed = sign is not None and tokens[index].text in _CODES
    start = sign.after if signed and sign is not None else index
    if start >= len(tokens):
        return None
    amount = read_amount(reading, start)
    if amount is None or (start == index and _inside_word(reading, index)):
        return None
    named = None if not signed or sign is None else str(sign.value)
    found = _with_currency(reading, amount, index, named)
    return found if found is not None else _unnamed(reading, amount, index)


def _inside_word(reading: Script, index: int) -> bool:
    """Figures glued to letters or to other figures before them."""
    token = reading.tokens[index]
    return token.glued and index > 0 and reading.tokens[index - 1].text[-1:].isalnum()


def _with_currency(reading: Script, amount: Amount, first: int, sign: str | None) -> _Found | None:
    whole = read_range(reading, amount)
    after, currency = _till_ending(reading, whole.after), sign
    hit = reading.phrases("currencies").at(reading.tokens, after)
    if hit is not None and _weighs(reading, hit):
        return None
    if hit is None and whole.high is not None and sign is None:
        whole = amount
        after = whole.after
        hit = reading.phrases("currencies").at(reading.tokens, after)
    if hit is not None:
        currency, after = str(hit.value), hit.after
    if currency is None:
        return _in_cents(reading, amount, first)
    found = _Found(
        whole.value, whole.high or whole.value, first, after, currency or None, named=True
    )
    if hit is not None and whole.high is None:
        found = _second_amount(reading, found, hit)
    return found


def _till_ending(reading: Script, after: int) -> int:
    """Past the `,-` of a till."""
    return after + 2 if _has_till_ending(reading, after) else after


def _has_till_ending(reading: Script, after: int) -> bool:
    tokens = reading.tokens
    return (
        after + 1 < len(tokens)
        and tokens[after].text == ","
        and tokens[after].glued
        and tokens[after + 1].text == "-"
        and tokens[after + 1].glued
    )


def _weighs(reading: Script, hit: Hit) -> bool:
    """Pounds lost are no money."""
    return hit.value == "GBP" and reading.phrases("weights").anywhere(
        reading.tokens, hit.after - 6, hit.after + 2
    )


def _in_cents(reading: Script, amount: Amount, first: int) -> _Found | None:
    for section in ("cents", "bare_cents"):
        hit = reading.phrases(section).at(reading.tokens, amount.after)
        if hit is not None:
            value = amount.value / 100
            name = str(hit.value) if section == "cents" else None
            return _Found(value, value, first, hit.after, name, named=True)
    return None


def _second_amount(reading: Script, found: _Found, hit: Hit) -> _Found:
    """19 lira 90 kuruş; 500 tl - 750 tl; 1000 liradan 1500 liraya."""
    tokens = reading.tokens
    if found.after >= len(tokens):
        return found
    small = read_amount(reading, found.after)
    cents = reading.phrases("cents").at(tokens, small.after) if small else None
    if small is not None and cents is not None and small.value < 100:
        value = found.low + small.value / 100
        return replace(found, low=value, high=value, after=cents.after)
    joint = reading.phrases("and").at(tokens, found.after)
    start = joint.after if joint else found.after if hit.case == "a" else None
    other = read_amount(reading, start) if start is not None and start < len(tokens) else None
    end = reading.phrases("currencies").at(tokens, other.after) if other else None
    if other is None or end is None or end.value != hit.value or other.value <= found.low:
        return found
    if joint is not None and tokens[joint.after - 1].text in ("and", "و", "ile"):
        return found if not _between_follows(reading, end.after) else _ranged(found, other, end)
    return _ranged(found, other, end)


def _between_follows(reading: Script, at: int) -> bool:
    return reading.phrases("between").at(reading.tokens, at) is not None


def _ranged(found: _Found, other: Amount, end: Hit) -> _Found:
    return replace(found, high=other.value, after=end.after)


def _unnamed(reading: Script, amount: Amount, first: int) -> _Found | None:
    """Without a currency: slang, a till's ending, thousands beside a word of price, or the price
    itself beside a number of three digits or more."""
    tokens = reading.tokens
    slang = reading.phrases("slang").at(tokens, amount.after)
    if slang is not None:
        return _Found(amount.value, amount.value, first, slang.after, str(slang.value), named=True)
    whole = read_range(reading, amount)
    plain = _Found(whole.value, whole.high or whole.value, first, whole.after)
    if _has_till_ending(reading, whole.after):
        return replace(plain, after=whole.after + 2)
    grand = tokens[whole.after - 1].text == "grand"
    near = reading.phrases("price").anywhere(tokens, first - 5, whole.after + 4)
    if whole.scaled and (grand or near) and not _counts_something(reading, whole):
        written = bool(whole.size) or whole.words > 1 or whole.half
        return plain if written else None
    return plain if _is_price(reading, whole) else None


def _counts_something(reading: Script, amount: Amount) -> bool:
    """A unit or a counting word follows."""
    if amount.after >= len(reading.tokens):
        return False
    word = reading.tokens[amount.after].text
    return (
        word in lexicon(reading.language).units
        or reading.phrases("counts").at(reading.tokens, amount.after) is not None
    )


def _is_price(reading: Script, amount: Amount) -> bool:
    """fiyatı 1200 mü, 1200e bırakın fiyatı."""
    tokens = reading.tokens
    if amount.size < 3 or amount.size > 7 or _counts_something(reading, amount):
        return False
    fixed = reading.phrases("fixed_price")
    if fixed.anywhere(tokens, amount.first - 1, amount.first):
        return True
    return amount.case == "d" and fixed.anywhere(tokens, amount.after, amount.after + 2)


def _ended(reading: Script, found: _Found) -> _Found:
    """What follows: arası, civarı, altı, fazla, kadar, başlayan."""
    tokens = reading.tokens
    if found.low != found.high:
        for section in ("between", "at_most_after"):
            hit = reading.phrases(section).at(tokens, found.after)
            if hit is not None and (section == "between" or reading.is_word(found.after, "kadar")):
                return replace(found, after=hit.after)
    if found.side is not None or found.low != found.high:
        return found
    for section, side in (("at_most_after", "max"), ("at_least_after", "min"), ("about", None)):
        hit = reading.phrases(section).at(tokens, found.after)
        if hit is None or not (found.named or side is None):
            continue
        if side is None:
            return replace(found, after=hit.after, approx=True)
        return replace(found, after=hit.after, side=side)
    return found

"""Availability: which variant of a thing the facts have, and which the reply says there is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from invekto.guardrails.ground import Ground
from invekto.guardrails.wording import Clause, terms

COLOURS = frozenset(
    f"@{name}"
    for name in (
        "black", "white", "red", "blue", "beige", "tan", "green", "brown", "grey", "pink",
        "yellow", "purple", "orange", "burgundy",
    )
)  # fmt: skip
_GONE = re.compile(
    r"\b(?:stok\w{0,6}|stock|adet)\s?[=:]?\s?0\b|\b0 (?:adet|left|pieces|in stock)|tuken\w{0,6}|"
    r"\bkalmad\w{0,4}|\b(?:stokta )?yok\b|sold out|out of stock|\bno longer available|not available|"
    r"\bunavailable|\bnone left|نفد|نفذت|غير متوفر|غير متاح|خلص"
)
_THERE = re.compile(
    r"(?<![\d.,])[1-9]\d{0,4} (?:adet|tane|cift|left|pieces?|pairs?)\b|\b(?:stok\w{0,6}|stock|adet)\s?[=:]?\s?[1-9]\d{0,5}\b|\bvar\b|\bmevcut\b|\bkald[i]\b|\bbulunuyor|"
    r"\bin stock\b|\bavailable\b|\b(?:left|remaining)\b|\bwe (?:do )?have\b|متوفر|متاح|موجود|يوجد|عندنا|بقي|"
    r"hemen (?:kargo|gonder)\w{0,14}|\bship\w{0,4} (?:right away|today)"
)
_COUNT = re.compile(
    r"\b(?:stok\w{0,6}|stock|adet)\s?[=:]?\s?(\d{1,5})\b|\b(\d{1,5}) (?:adet|left|pieces?|in stock)"
)


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant in the facts; `keys` are its colour, size and model."""

    keys: frozenset[str]
    there: bool
    count: str | None


def contradicted(piece: Clause, ground: Ground) -> bool:
    """The reply says a variant is there, or gone, or how many are left, and the facts that name
    this variant all say otherwise."""
    said = availability(piece.text)
    keys = _keys(piece.text)
    if said is None or not keys:
        return False
    same = _matching(keys, ground)
    if same and all(variant.there != said for variant in same):
        return True
    counts = {c.value[0] for c in piece.claims if c.kind in {"number", "amount"}}
    counts -= {key.lstrip("abcdefghijklmnopqrstuvwxyz:") for key in keys}
    told = {variant.count for variant in same}
    return bool(said and counts and told) and None not in told and not told & counts


def confirmed(piece: Clause, ground: Ground) -> bool:
    """The facts name just this variant and say the same of it."""
    said = availability(piece.text)
    keys = _keys(piece.text)
    if said is None or not keys:
        return False
    same = _matching(keys, ground)
    return bool(same) and all(variant.there == said for variant in same)


def absent(piece: Clause, ground: Ground) -> bool:
    """The reply says there is a combination of colour and size that the facts do not list,
    though they list both."""
    keys = _keys(piece.text)
    colours, sizes = keys & COLOURS, keys - COLOURS
    if availability(piece.text) is not True or len(colours) != 1 or len(sizes) != 1:
        return False
    paired = [v for v in _variants(ground) if v.keys & COLOURS and v.keys - COLOURS]
    named = any(v.keys & colours for v in paired) and any(v.keys & sizes for v in paired)
    return len(paired) > 1 and named and not any(keys <= v.keys for v in paired)


@lru_cache(maxsize=8_192)
def availability(folded: str) -> bool | None:
    """Whether a clause says that something is there (True) or gone (False); None where neither."""
    if _GONE.search(folded):
        return False
    return True if _THERE.search(folded) else None


def _matching(keys: frozenset[str], ground: Ground) -> list[Variant]:
    return [v for v in _variants(ground) if keys <= v.keys]


def _variants(ground: Ground) -> list[Variant]:
    """From every statement; a record such as `size=38; stock=0` is one statement."""
    records = [fact for fact in ground.folded if fact.count("=") > 1]
    found = []
    for text in [*(clause.text for clause in ground.statements), *records]:
        keys = _keys(text)
        there = availability(text)
        if keys and there is not None:
            count = _COUNT.search(text)
            told = next((n for n in count.groups() if n), None) if count else None
            found.append(Variant(keys, there, told))
    return found


_SIZE = re.compile(
    r"(?<![\d.,:])(3[4-9]|4[0-9]|5[0-4])(?!\d|[.,:]\d|\s?(?:tl|lira|%|adet|gun|cm|pieces|left))"
)
_LONG = re.compile(r"(?<![\d.,])(\d{1,3}) ?cm\b")


@lru_cache(maxsize=8_192)
def _keys(folded: str) -> frozenset[str]:
    found = terms(folded)
    models = {term for term in found if term.startswith("m:")}
    sizes = {f"n{m.group(1)}" for m in _SIZE.finditer(folded)}
    lengths = {f"l{m.group(1)}" for m in _LONG.finditer(folded)}
    return frozenset((found & COLOURS) | sizes | models | lengths)

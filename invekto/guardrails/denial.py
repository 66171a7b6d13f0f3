"""What the facts only deny: a thing that they speak of to say that it is not there, not included or
not accepted, and that a reply says is."""

from __future__ import annotations

import re
from functools import lru_cache

from invekto.guardrails.claims import find_claims
from invekto.guardrails.parts import Part, parts
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.sides import asserts, denied, without
from invekto.guardrails.signs import (
    availability,
    costs,
    negative,
    not_yet,
    states_nothing,
    supposed,
)
from invekto.guardrails.subject import PROCESSES, about, named, union, within
from invekto.guardrails.table import rows_in

_GENERAL = PROCESSES | {
    f"@{name}"
    for name in (
        "ship", "deliver", "pay", "card", "instal", "agreement", "warranty", "included", "price", "exam",
        "insurance", "hot", "cancel", "hotel", "store", "clinic", "stock", "language", "room", "session", "expected", "month",
    )
}  # fmt: skip
"""What is said of many things: that one of them is without it denies it of no other."""
BARE = 3
"""Words of a part that states something without a verb that says so."""
_ABLE = re.compile(r"\w[ae]b[iu]l[iu]r\w")
_NONE_LEFT = re.compile(r"(?<![\d.,:])0(?![\d.,:])")
"""A count of a stock: of a thing that is gone, not of one that there never is."""
_CONSOLES = re.compile(r"\b(?:sorry|apolog|uzgun|ozur|gecmis olsun)|نعتذر|عذرا|اسف|مبارك")
_WHILE = re.compile(r"\bwhile\s?$")
_NOTED = re.compile(r"\b(?:not(?:u|ed)|said|reported|belirt|bildir)\w*")


def denied_only(
    sentence: Sentence, facts: list[str], language: str, agreed: frozenset[int] = frozenset()
) -> str | None:
    """The part of a sentence that says of something what the facts only deny of it; those that
    begin at a place `agreed` are borne out by them."""
    only = union(_denied(fact, language)[0] for fact in facts) if facts else frozenset[str]()
    if not only or _CONSOLES.search(sentence.flat) or _NOTED.search(sentence.flat):
        return None
    granted = union(_denied(fact, language)[1] for fact in facts)
    only = frozenset(t for t in only if not within(t, granted))
    claims = find_claims(sentence.text, sentence.flat, language)
    split = parts(sentence.flat, 0, len(sentence.flat), claims)
    for number, part in enumerate(split):
        following = " ".join(p.text for p in split[number : number + 2])
        if part.start in agreed or _governed(split, number, sentence.flat):
            continue
        if _speaks_otherwise(part.text, following) or _sums(part):
            continue
        said = named(about(part.text)) - _GENERAL
        found = next((t for t in said if within(t, only)), None)
        if found and not without(part.text, said):
            return f"“{part.text.strip()[:80]}”: the facts only deny it"
    return None


def _governed(split: list[Part], number: int, folded: str) -> bool:
    """Whether a part hangs on another: "while ...", or an Arabic "and ..." of what is denied."""
    part = split[number]
    joined = number > 0 and part.text.lstrip().startswith("و")
    if joined and negative(split[number - 1].text):
        return True
    return bool(_WHILE.search(folded, 0, part.start))


def _sums(part: Part) -> bool:
    """A price with what is not included in it, added up and not stated to be so."""
    return any(c.kind == "money" for c in part.claims) and not asserts(part.text)


def _speaks_otherwise(text: str, following: str) -> bool:
    return bool(
        (len(text.split()) < BARE and not (asserts(text) or _ABLE.search(text)))
        or availability(text) is False
        or negative(text)
        or (not asserts(text) and negative(following))
        or states_nothing(text)
        or not_yet(text)
        or costs(text) == "paid"
        or supposed(text)
        or marks("denial.apart").search(text)
    )


@lru_cache(maxsize=4_096)
def _denied(fact: str, language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words that one fact denies, and those that it says something else of."""
    no, yes = frozenset[str](), frozenset[str]()
    for split, _, _ in rows_in(fact, language):
        for part in (p for p in split if not p.heading):
            words = named(about(part.text))
            gone = marks("denial.not_there").search(part.text) and not _NONE_LEFT.search(part.text)
            less = denied(part.text) if gone and negative(part.text) else frozenset[str]()
            no |= less
            yes |= words - less
    return no - _GENERAL, yes

"""Yes and no: what a reply says is so, and the facts of the very same thing say is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from invekto.guardrails.claims import find_claims
from invekto.guardrails.ground import Ground
from invekto.guardrails.parts import Part, parts
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import (
    costs,
    negations,
    negative,
    not_yet,
    states_nothing,
    supposed,
    to_come,
)
from invekto.guardrails.subject import about, is_key, named, union, within
from invekto.guardrails.table import Point
from invekto.guardrails.uttered import words_meant
from invekto.guardrails.wording import qualifiers

_LACKING = re.compile(r"(?<!\w)(\w{3,14}?)s[iu]z\w{0,4}(?!\w)")
_EXCEPTED = re.compile(
    r"\bistisna|\bexception|\bexcept\b|\baksi\b|\byerine\b|\binstead\b|\bsonra\w{0,2}\b|\bafter\b|الا |بعد "
)
_AFTER = re.compile(
    r"^(?:no|not|cannot|never|without|n't|[وف]?(?:لا|ليس|ليست|غير|لن|لم|بدون|بلا|دون|عدم)|مش|مو|خال|يمنع|ممنوع)$"
)
_NOT_SO = re.compile(
    r"(?<!\w)(?!uygun|gerek)(\w{4,14}) degil|\bnot (?:\w{2,12}ly )?(?!suita|avail|inclu)(\w{4,14})|(\w{4,14})[=:] ?\"?false"
)
_THERE = re.compile(r"غير (?:متوفر|متاح|موجود)")
"""Is not there: what is denied stands before it."""
_OF_WHAT = re.compile(r"\bfor\b")
"""Where what is denied ends: no appointment needed | for cleaning."""
_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_STOCKED = re.compile(
    r"\bbit(?:ti|mis)\b|\btuken|\bkalma(?:di|mis)|\bstok|\bstock\b|\badet\b|\bsold out\b|\bavailable\b|نفد|نفذت|متوفر"
)
"""Told of stock, which is followed as a value."""
_TAXED = re.compile(r"\b(?:dahil|haric|includ|exclud)")
"""With a price it says which of two prices is told."""
_ONLY_NOT = re.compile(r"\s*not \w+[ .!]*$")
"""What is denied of something named before."""
LISTED = 4
"""Words of a part of the facts that names a thing, without a verb, as being there."""
_EMPTY_VERB = re.compile(
    r"(?:al|ver|yap|sun|ol|et|ed|kullan)\w{0,2}m[aeiu]\w{0,3}|yapil|sunul|veril|edilm|icerm|bulun|servi"
)
"""A denied verb that says nothing without its object."""
_OF_TIME = frozenset({"acik", "kapal", "gunu", "gunle", "gunde", "saatl", "arasi", "aralar"})
_LISTED_TO = re.compile(r"\w(?:l[ae]r[ae]|[dt][ae])\b")
"""A word for whom something is, before what is excepted."""
EXCEPTED = 2
"""Words before "hariç" that it excepts."""
SCOPE = 4
"""Words before a Turkish "no", or after an English or Arabic one, that it denies."""
MOST = 0.66
"""Share of the reply's words that the fact must have."""


@lru_cache(maxsize=8_192)
def denied(folded: str) -> frozenset[str]:
    """The words that a text denies; all of its words where none stands beside its "no"."""
    found = frozenset[str]()
    for start, end in negations(folded):
        mark = folded[start:end]
        if mark == "haric":
            beside = _LISTED_TO.split(folded[:start])[-1]
            beside = " ".join([*_WORDS.findall(beside)[-EXCEPTED:], mark])
        elif (_AFTER.match(mark) or mark.endswith("n't")) and not _THERE.match(folded, start):
            beside = " ".join(_WORDS.findall(_OF_WHAT.split(folded[end:], 1)[0])[:SCOPE])
        else:
            beside = " ".join([*_WORDS.findall(folded[:start])[-SCOPE:], mark])
        found |= named(about(beside))
    return found or named(about(folded))


def opposed(
    sentence: Sentence,
    before: Sequence[frozenset[str]],
    ground: Ground,
    agreed: frozenset[int] = frozenset(),
) -> str | None:
    """A part of a sentence that denies what the facts say of the same thing, or says what they
    deny; those that begin at a place `agreed` are borne out by them."""
    claims = find_claims(sentence.text, sentence.flat, ground.language)
    split = parts(sentence.flat, 0, len(sentence.flat), claims)
    far = union(before[:1])
    predicates = union(_predicates(p.text) for p in ground.sides if p.claim.value[0] == "True")
    for part in split:
        words = words_meant(part, ground)
        says = bool(predicates) and any(within(w, predicates) for w in named(words))
        if part.start not in agreed and not _says_nothing(part, predicate=says):
            other = _other_side(part, words, far, ground)
            if other is not None:
                return f"“{part.text.strip()[:80]}”: the facts say the opposite ({other.text.strip()[:60]})"
        far |= words
    return None


@lru_cache(maxsize=4_096)
def _predicates(folded: str) -> frozenset[str]:
    """What is said not to be so: of "havuz ısıtmalı değildir" the heating."""
    return union(named(about(next(filter(None, m.groups())))) for m in _NOT_SO.finditer(folded))


def _says_nothing(part: Part, *, predicate: bool) -> bool:
    text = part.text
    return bool(
        len(text.split()) < 2
        or _ONLY_NOT.match(text)
        or not (predicate or negative(text) or asserts(text))
        or states_nothing(text)
        or not_yet(text)
        or to_come(text)
        or costs(text)
        or _STOCKED.search(text)
        or (_TAXED.search(text) and any(c.kind == "money" for c in part.claims))
        or supposed(text)
        or _EXCEPTED.search(text)
    )


def _other_side(
    part: Part, words: frozenset[str], far: frozenset[str], ground: Ground
) -> Point | None:
    """The fact that says the other of most of what the part speaks of, where none says the same
    of as much."""
    side = str(negative(part.text))
    days = _days(words)
    if side == "True" and "@open" in words and days and _open_on(days, ground):
        return next(p for p in ground.points if days & p.own)
    if side == "False" and days and ("@open" in words or _timed(part)):
        return _closed_on(days, ground)
    meant = (named(words) | days) - _OF_TIME
    best, other, same = 0, None, 0
    for point in ground.sides:
        shared = sum(within(w, point.own | point.head | point.name) for w in meant)
        if point.claim.value[0] == side:
            same = max(same, sum(within(w, point.own) for w in meant))
        elif shared > best and shared >= MOST * len(meant) and _refutes(point, part, words, far):
            best, other = shared, point
    return other if best > same else None


def asserts(folded: str) -> bool:
    """Whether a text has a word that says that something is so."""
    return bool(marks("sides.asserts").search(folded))


def without(folded: str, topics: frozenset[str]) -> bool:
    """Whether a text denies one of the topics by its ending: "kokusuz", "makyajsız"."""
    return any(
        within(t, topics) for m in _LACKING.finditer(folded) for t in named(about(m.group(1)))
    )


def _open_on(days: frozenset[str], ground: Ground) -> bool:
    """The facts give hours on one of the days, and say of none that it is closed."""
    return _hours(days, ground) and not any(
        p.claim.value[0] == "True" and days & p.own for p in ground.sides
    )


def _closed_on(days: frozenset[str], ground: Ground) -> Point | None:
    """The part of the facts that says it is closed on the days, where none gives hours on them."""
    closed = (p for p in ground.sides if p.claim.value[0] == "True" and "@open" in p.own)
    return None if _hours(days, ground) else next((p for p in closed if days <= p.own), None)


def _hours(days: frozenset[str], ground: Ground) -> bool:
    return any(p.claim.kind == "time" and days & p.own for p in ground.points)


def _timed(part: Part) -> bool:
    return any(c.kind in {"time", "dotted"} for c in part.claims)


def _refutes(point: Point, part: Part, words: frozenset[str], far: frozenset[str]) -> bool:
    """Whether a part of the facts denies all that the reply's part says, or says all it denies, on
    the same days and of the same numbers."""
    text = point.text
    if supposed(text) or _EXCEPTED.search(text) or "@only" in qualifiers(text):
        return False
    if point.claim.value[0] == "True":
        topics, told, text = denied(point.text) & point.own, words, part.text
    else:
        topics, told, text = denied(part.text), point.own | point.head, point.text
        if not asserts(text) and len(text.split()) > LISTED:
            return False
    if without(text, topics) or without(part.text, topics):
        return False
    topics = frozenset(t for t in topics - _OF_TIME if not _EMPTY_VERB.fullmatch(t))
    if not topics or not all(within(t, told) for t in topics):
        return False
    return _same_keys(point, words, far)


def _same_keys(point: Point, words: frozenset[str], far: frozenset[str]) -> bool:
    """Whether both speak of the same days, numbers and sizes."""
    own = point.own | point.head
    if _days(own) and not _days(own) & _days(words):
        return False
    if _days(words) and not _days(own):
        return False
    theirs, ours = _numbers(point.own), _numbers(words)
    return theirs <= ours | _numbers(far) and not (ours and _numbers(own) and ours.isdisjoint(own))


def _days(words: frozenset[str]) -> frozenset[str]:
    return frozenset(w for w in words if w.startswith(("wd", "dm")))


def _numbers(words: frozenset[str]) -> frozenset[str]:
    return frozenset(w for w in words if w[:1] in "nmc" and is_key(w))

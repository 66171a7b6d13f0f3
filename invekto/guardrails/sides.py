"""Yes and no: what a reply says is so, and the facts of the same thing say is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from invekto.guardrails.bound import words_meant
from invekto.guardrails.claims import find_claims
from invekto.guardrails.ground import Ground
from invekto.guardrails.narrowing import elsewhere
from invekto.guardrails.parts import Part, parts
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import costs, negations, negative, not_yet, states_nothing, to_come
from invekto.guardrails.subject import about, named, within
from invekto.guardrails.table import Point
from invekto.guardrails.wording import qualifiers

_LACKING = re.compile(r"(?<!\w)(\w{3,14}?)s[iu]z\w{0,4}(?!\w)")
_CONDITION = re.compile(
    r"\bkala\b|\bhalinde|\bdurumunda|\btakdirde|\w(?:irsa|irse|arsa|erse|ursa|urse|mazsa|mezse|ysa|yse)\w{0,4}\b|\bise\b|"
    r"\bistisna|\bexception|\bif\b|\bunless\b|\botherwise\b|\bexcept\b|\baksi\b|اذا|الا "
)
_AFTER = re.compile(r"^(?:no|not|cannot|never|without|none|n't|لا|ليس|ليست|غير|لن|لم|بدون|مش|مو)$")
_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SUFFIXED = re.compile(r"(\w{2,14}?)(?:[iu]l|[iu]n|[ae]b[iu]l|y?[ae])?m[aeiu]\w{0,14}")
_PLAIN_VERBS = frozenset(
    [
        "ed",
        "et",
        "yap",
        "al",
        "ver",
        "ol",
        "bul",
        "sun",
        "uygul",
        "sagl",
        "gerek",
        "calis",
        "kal",
        "var",
        "bulun",
        "gec",
    ]
)
_ASSERTS = re.compile(
    r"\bvar\b|\bmevcut|\w(?:[iu]l[iu]r|[iu]n[iu]r|[ae]b[iu]l[iu]r|[iu]yor(?:uz)?|[iu]r[iu]z|ar[iu]z|er[iu]z)\b|\bkabul\b|\bdahil|\bmumkun|"
    r"\bucretsiz|\bizin|\banlasma|\bgecerli|\baci[kg]|\bserbest|\bozelligi\b|\buyumlu|\bavailable|\ballowed|\binclud|\baccept|\boffer|\bhave\b|"
    r"\bhas\b|\bcan\b|\bwelcome|\bfree\b|\b(?:is|are)\b|\byes\b|متوفر|متاح|يمكن|مسموح|شامل|مشمول|نقبل|يوجد|متعاقد"
)
"""What makes a part of a fact say that something is so."""
_NOT_DONE = re.compile(r"\w[ae]?m[ae]y[ae]n\b|\bgec(?:mis|ti)\b|\bdol(?:mus|du)\b|\bexpired\b")
"""A participle that denies, and a time that is over."""
_SOLD = re.compile(r"\bbit(?:ti|mis)\b|\btuken|\bkalma(?:di|mis)|sold out|out of stock|نفد|نفذت")
"""Told of stock, which is followed as a value."""
_TAXED = re.compile(r"\b(?:dahil|haric|includ|exclud)")
"""With a price it says which of two prices is told."""
_FIGURE = re.compile(r"\d")
FEW = 4
"""Words of a part that denies a thing as a whole."""
_NUMBERED = re.compile(r"n\d|m:")
"""Numbers and sizes that tell a thing from another."""
_OF_TIME = frozenset({"acik", "kapal", "gunu", "gunle", "gunde", "saatl", "arasi", "aralar"})
SCOPE = 4
"""Words before a Turkish "no", or after an English or Arabic one, that it denies."""


@lru_cache(maxsize=8_192)
def denied(folded: str) -> frozenset[str]:
    """The words that a text denies; all of its words where none stands beside its "no"."""
    found = frozenset[str]()
    for start, end in negations(folded):
        mark = folded[start:end]
        if _AFTER.match(mark) or mark.endswith("n't"):
            beside = " ".join(_WORDS.findall(folded[end:])[:SCOPE])
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
    """A part of a sentence that the facts most about the same thing deny, or assert where the part
    denies; those that begin at a place `agreed` are borne out by them."""
    claims = find_claims(sentence.text, sentence.flat, ground.language)
    split = parts(sentence.flat, 0, len(sentence.flat), claims)
    for number, part in enumerate(split):
        if part.start in agreed or _says_nothing(part):
            continue
        words = [words_meant(p, ground) for p in split[: number + 1]]
        far = [*reversed(words[:number]), *before]
        other = _other_side(part, words[number], far, ground)
        if other is not None:
            return f"“{part.text.strip()[:80]}”: the facts say the opposite ({other.text.strip()[:60]})"
    return None


def _says_nothing(part: Part) -> bool:
    text = part.text
    return bool(
        len(text.split()) < 2
        or states_nothing(text)
        or not_yet(text)
        or to_come(text)
        or costs(text)
        or _SOLD.search(text)
        or (_TAXED.search(text) and any(c.kind == "money" for c in part.claims))
        or _CONDITION.search(text)
    )


def _other_side(
    part: Part, words: frozenset[str], far: Sequence[frozenset[str]], ground: Ground
) -> Point | None:
    side = str(negative(part.text))
    short = len(part.text.split()) < 3
    if side == "False" and short and not _ASSERTS.search(part.text) and "@open" not in words:
        return None
    words = frozenset(w for w in words if w[:2] != "v:") - _OF_TIME
    days = {w for w in words if w.startswith("wd")}
    if side == "True" and "@open" in words and days and _open_on(days, ground):
        return next(p for p in ground.points if days & p.own)
    topics = denied(part.text) if side == "True" else named(words)
    timed = any(c.kind in {"time", "dotted"} for c in part.claims)
    dated = any(w.startswith(("wd", "dm")) for w in words)
    if timed and "@open" in words and side == "False" and not dated:
        return None
    topics -= _OF_TIME | ({"@open"} if timed and not dated else set())
    if not topics:
        return None
    against = [
        p
        for p in ground.sides
        if p.claim.value[0] != side
        and _about_it(p, topics, words, part.text)
        and _near_enough(p, words)
    ]
    if not against:
        return None
    agreeing = [p for p in ground.sides if p.claim.value[0] == side and _shares(p, words)]
    told = [*agreeing, *against]
    return elsewhere(told, (), [words], far, lambda p: p.claim.value[0] == side)


def asserts(folded: str) -> bool:
    """Whether a text has a word that says that something is so."""
    return bool(_ASSERTS.search(folded))


def without(folded: str, topics: frozenset[str]) -> bool:
    """Whether a text denies one of the topics by its ending: "kokusuz", "makyajsız"."""
    return any(
        within(t, topics) for m in _LACKING.finditer(folded) for t in named(about(m.group(1)))
    )


def _open_on(days: set[str], ground: Ground) -> bool:
    """The facts give hours on one of the days, and say of none that it is closed."""
    hours = any(p.claim.kind == "time" and days & p.own for p in ground.points)
    return hours and not any(p.claim.value[0] == "True" and days & p.own for p in ground.sides)


def _about_it(point: Point, topics: frozenset[str], words: frozenset[str], text: str) -> bool:
    """Whether a fact's part says yes or no of one of the topics, on the same days."""
    if without(point.text, topics) or without(text, topics):
        return False
    if point.claim.value[0] == "True":
        said = denied(point.text)
        verb = _denying_verb(point.text)
        if verb and not re.search(rf"(?<!\w){verb}", text):
            return False
    else:
        if costs(point.text) == "free" or _NOT_DONE.search(point.text):
            return False
        said = point.own
        if not _ASSERTS.search(point.text) and (len(text.split()) > FEW or _FIGURE.search(text)):
            return False
    if not any(within(t, said) for t in topics):
        return False
    if "@included" in words and _FIGURE.search(point.text) and "@included" not in point.own:
        return False
    if point.claim.value[0] == "False" and "@only" in qualifiers(point.text):
        return False
    for kind in ("wd", "dm"):
        days = {w for w in words if w.startswith(kind)}
        own = {w for w in point.own | point.head if w.startswith(kind)}
        if own and not days & own and (days or kind == "dm"):
            return False
        if days and not own and point.claim.value[0] == "False":
            return False
    return {w for w in point.own if _NUMBERED.match(w)} <= words


def _shares(point: Point, words: frozenset[str]) -> bool:
    return any(within(t, point.own) for t in named(words))


def _denying_verb(folded: str) -> str:
    """The root of a Turkish verb of substance that denies by itself: "birleşmez"."""
    for start, end in negations(folded):
        match = _SUFFIXED.fullmatch(folded[start:end])
        if match and match.group(1) not in _PLAIN_VERBS:
            return match.group(1)
    return ""


def _topic(words: frozenset[str]) -> frozenset[str]:
    """What words speak of, and the days they speak of."""
    return named(words) | {w for w in words if w.startswith(("wd", "dm"))}


def _near_enough(point: Point, words: frozenset[str]) -> bool:
    """Most of what the reply's part speaks of stands in the fact, and most of the fact's part in
    the reply."""
    said = _topic(words)
    shared = {w for w in said if within(w, point.own | point.head)}
    told = _topic(point.own) - _OF_TIME
    known = {w for w in told if within(w, words)}
    return len(shared) >= max(1.0, 0.5 * len(said)) and len(known) >= 0.5 * len(told)

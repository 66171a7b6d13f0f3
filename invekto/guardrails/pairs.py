"""Pairs of concepts that shut each other out, read of the same thing on both sides: included and
paid for apart, accepted and not, open and closed, needed and not, finished and still going on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.ground import Ground
from invekto.guardrails.groups import siblings_apart
from invekto.guardrails.parts import Part, cut, parts
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import costs, negative, states_nothing, supposed
from invekto.guardrails.subject import PROCESSES, about, is_key, named, union, within
from invekto.guardrails.table import rows_in

RULES = Path(__file__).parent / "rules" / "pairs.yaml"
GIVEN = "given"
BARE = 2
"""Words of a part that only names a thing."""
_OF_ANY = frozenset({"@included", "@open", "@price", "statu", "durum"})
"""Words of a state or a price, which name no thing."""
_AND = re.compile(
    r"\s(?:ve|and|or|veya|nor|with|including)\s|\s[dt][ae]\s(?=.{2,60}\s[dt][ae]\b)|\sو(?=\S)"
)
_BY_DENYING = re.compile(r"para (?:almi|istenmi)")
_ALL = re.compile(
    r"\b(?:(?:ikisi|ucu|her iki\w*) ?(?:\w{2,14} )?|(?:iki|uc) \w{3,14} )d[ae]\b|\bher iki\b|\bboth\b|\bneither\b|"
    r"\ball (?:your|of|three|the)\b|(?<!\w)(?:كلا|كلتا)(?:هما)?(?!\w)"
)
"""Said of each of several things."""
_APART = re.compile(r"ayri|ek|para|extra|on top|بمقابل|منفصل")
"""A word of what is paid on its own, which a text may deny: "no extra charge"."""
_UNSURE = re.compile(
    r"\bonly\b|(?<=\w )yalniz|\byalnizca|\bsadece\b|فقط|\bonce\b|\bwhen\b|\buntil\b|(?<!\w)ان "
)
"""What makes a part an exception or a time."""
_SUM = re.compile(r"[+&=]|\boda-")
"""Several things for one price."""
_OF = re.compile(
    r"^.*\b(?:fiyat|ucret|paket|tutar)\w{0,6}[ae]\s|^.*\b(?:includes?|comes? with)\s|^.*(?:(?:ت|ي)شمل|شاملا?) (?:ذلك )?"
)
"""What stands before what comes with it."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A part of the facts that takes a side of a pair: its own words and those of its heading."""

    pair: str
    side: bool
    own: frozenset[str]
    heading: frozenset[str]
    text: str
    priced: bool
    """Whether it is only a price that says that a thing is paid for."""
    days: frozenset[str]
    each: tuple[frozenset[str], ...]
    """The words of each thing where it tells of several."""

    def shares(self, words: frozenset[str]) -> float:
        """How many of the words it is about, those of its heading counting less."""
        return sum(1.0 if within(w, self.own) else 0.6 * within(w, self.heading) for w in words)

    def is_of(self, words: frozenset[str]) -> bool:
        """Whether it speaks of nothing that the words do not name, or of all that they do."""
        told = self.own | self.heading
        named_here = any(all(within(w, words) for w in thing) for thing in self.each)
        return named_here or (
            all(within(w, told) for w in words) and any(within(w, self.own) for w in words)
        )


@lru_cache(maxsize=1)
def _pairs() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return {name: (_whole(sides["so"]), _whole(sides["not_so"])) for name, sides in data.items()}


def _whole(patterns: Sequence[str]) -> re.Pattern[str]:
    """Any of the patterns, to the end of the word."""
    return re.compile(f"(?:{'|'.join(patterns)})\\w{{0,12}}")


@lru_cache(maxsize=8_192)
def sides_of(folded: str) -> tuple[tuple[str, bool], ...]:
    """The sides that a text takes, by pair."""
    found = []
    for name, (yes, no) in _pairs().items():
        if match := no.search(folded):
            found.append((name, _denies_extra(match, folded)))
        elif match := yes.search(folded):
            found.append((name, not _denied(match, folded)))
        elif name == GIVEN and costs(folded):
            found.append((name, costs(folded) == "free"))
    return tuple(found)


def _denies_extra(match: re.Match[str], folded: str) -> bool:
    """Whether a text says that something is not paid on its own."""
    return bool(_APART.match(match.group())) and (negative(folded) or costs(folded) == "free")


def _denied(match: re.Match[str], folded: str) -> bool:
    """Whether a text denies what is found in it: "para almıyoruz" says yes by denying."""
    return negative(folded) and not _BY_DENYING.match(match.group())


@lru_cache(maxsize=8_192)
def _subject(folded: str, claims: tuple[Claim, ...] = ()) -> frozenset[str]:
    """What a text speaks of, the words of the pairs left out; numbers tell things apart."""
    for patterns in _pairs().values():
        for pattern in patterns:
            folded = pattern.sub(" ", folded)
    found = about(folded, claims)
    return (named(found) | _numbers(found)) - _OF_ANY


def _numbers(found: frozenset[str]) -> frozenset[str]:
    return frozenset(t for t in found if t[:1] in "nmc" and is_key(t))


@lru_cache(maxsize=4_096)
def _stands(fact: str, language: str) -> tuple[Stand, ...]:
    """What one fact says of every pair."""
    return tuple(_read(fact, language))


def _read(fact: str, language: str) -> Iterator[Stand]:
    first = frozenset[str]()
    for split, heading, _ in rows_in(fact, language):
        lead = next((_subject(p.text) for p in split if not p.heading), first)
        first = first or lead
        summed = any(p.heading and _SUM.search(p.text) for p in split)
        for part in split:
            if part.heading:
                continue
            own = _subject(part.text, part.claims)
            head = named(heading) | _numbers(heading)
            if not named(own) - PROCESSES:
                own |= head or (lead if named(lead) - PROCESSES else first)
            told = dict(sides_of(part.text))
            priced = GIVEN not in told and not summed and _priced(part)
            for pair, side in [*told.items(), *([(GIVEN, False)] if priced else [])]:
                each = tuple(words or own for words in _things(part, pair))
                yield Stand(pair, side, own, head, part.text, priced, _days(part), each)


def _priced(part: Part) -> bool:
    """Whether a part tells what one thing costs."""
    return not _SUM.search(part.text) and any(
        c.kind == "money" and float(c.value[0]) > 0 for c in part.claims
    )


def contradicted(
    sentence: Sentence, before: Sequence[frozenset[str]], ground: Ground
) -> tuple[str | None, frozenset[int]]:
    """Why the facts take the other side of a pair than a part of the sentence does, and the places
    of the parts that take the same."""
    claims = find_claims(sentence.text, sentence.flat, ground.language)
    split = parts(sentence.flat, 0, len(sentence.flat), claims)
    agreed: set[int] = set()
    for number, part in enumerate(split):
        taken = _taken(split, number, ground.language)
        if not taken or _says_nothing(part.text):
            continue
        stands = [s for fact in ground.told for s in _stands(fact, ground.language)]
        far = [_subject(p.text) for p in reversed(split[:number])]
        for pair, side in taken:
            told = [s for s in stands if s.pair == pair]
            found = _against(part, pair, side, told, [*far, *before])
            if isinstance(found, Stand):
                text = part.text.strip()[:80]
                return (
                    f"“{text}”: the facts say the opposite ({found.text.strip()[:60]})",
                    frozenset(),
                )
            if found:
                agreed.add(part.start)
    return None, frozenset(agreed)


def _says_nothing(folded: str) -> bool:
    return states_nothing(folded) or supposed(folded) or bool(_UNSURE.search(folded))


def _taken(split: Sequence[Part], number: int, language: str) -> tuple[tuple[str, bool], ...]:
    """The sides that a part takes; one of a list, a thing by itself, takes those of the part with
    the verb: the one before it in Arabic, else the one after it."""
    part = split[number]
    beside = number - 1 if language == "ar" else number + 1
    bare = len(part.text.split()) <= BARE and not part.claims and 0 <= beside < len(split)
    return sides_of(part.text) or (sides_of(split[beside].text) if bare else ())


def _against(
    part: Part, pair: str, side: bool, told: Sequence[Stand], far: Sequence[frozenset[str]]
) -> Stand | bool:
    """The stand that a part goes against; else whether one bears it out."""
    agrees = False
    several = of_each(part.text)
    things = _things(part, pair)
    for words in things:
        nearest = _nearest(words, told)
        nearest = _nearest(union(things), nearest) or nearest
        if several and not nearest:
            nearest = next((n for w in far[:2] if (n := _nearest(w, told))), list(told))
        other = [s for s in nearest if s.side != side]
        if other and (several or len(other) == len(nearest)):
            against = next((s for s in other if _opposes(s, words, part, several)), None)
            if against is not None:
                return against
        agrees = agrees or bool(nearest and not other)
    return agrees


def _days(part: Part) -> frozenset[str]:
    return frozenset(w for w in about(part.text, part.claims) if w[:2] == "wd")


def _opposes(stand: Stand, words: frozenset[str], part: Part, several: bool) -> bool:
    """Whether a stand is of the same thing, number and days; a price beside a price tells
    nothing."""
    if not stand.side and any(w[0] == "n" for w in _numbers(stand.own) - words):
        return False
    if stand.days and stand.days.isdisjoint(_days(part)):
        return False
    if stand.priced and any(c.kind == "money" for c in part.claims):
        return False
    if several and (not stand.priced or any(within(w, stand.own) for w in named(words))):
        return True
    return stand.is_of(words)


def of_each(folded: str) -> bool:
    """Whether a text says something of each of several things."""
    return bool(_ALL.search(folded))


def _things(part: Part, pair: str) -> list[frozenset[str]]:
    """The words of each of several things told together; what is told with a price is not said to
    come with one."""
    priced = [c.start for c in part.claims if c.kind == "money" and pair == GIVEN]
    of = _OF.match(part.text) if pair == GIVEN else None
    if of is not None and not _subject(part.text[of.end() :]):
        of = None
    places = cut(part.text, (of.end() if of else 0, len(part.text)), (), _AND)
    told = [
        _subject(part.text[a:b], tuple(c for c in part.claims if a <= c.start - part.start < b))
        for a, b in places
        if not any(part.start + a <= start < part.start + b for start in priced)
    ]
    return [words for words in told if words] or [frozenset()] * (not priced)


def _nearest(words: frozenset[str], told: Sequence[Stand]) -> list[Stand]:
    scores = [0.0 if siblings_apart(words, s.own | s.heading) else s.shares(words) for s in told]
    best = max(scores, default=0.0)
    return [s for s, score in zip(told, scores, strict=True) if best and score == best]

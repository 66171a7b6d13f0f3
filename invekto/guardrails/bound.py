"""Binding: what a reply says of a thing, the facts say of the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from invekto.guardrails.both import OF_EACH, lacking
from invekto.guardrails.claims import Claim
from invekto.guardrails.gazetteer.regions import regions
from invekto.guardrails.ground import Ground, is_asked, relative_days
from invekto.guardrails.groups import groups
from invekto.guardrails.matching import equal
from invekto.guardrails.meant import claims_of
from invekto.guardrails.narrowing import by_role, elsewhere, same
from invekto.guardrails.parts import STATES, Part, end_of, is_limit, parts, pieces_of, roles
from invekto.guardrails.periods import within_periods
from invekto.guardrails.reply import Sentence
from invekto.guardrails.several import OF_ONE, counts_nothing, for_several
from invekto.guardrails.signs import costs, negative, not_yet, states_nothing
from invekto.guardrails.subject import DAYS, about, alike, keys, named, union
from invekto.guardrails.table import Point
from invekto.guardrails.wording import SIZED, qualifiers

COMPARES = re.compile(
    r"karsi(?!l)|\bvs\b|\bthan\b|\byerine\b|compared|مقارنه|\bmoved?\b|ertelen|\binstead of\b|نقل|"
    r"tasi(?:n|d)|\bdaha (?:ucuz|pahali|hafif|agir|uzun|kisa|buyuk|kucuk|guclu|hesapli|az|fazla)|من اصل|بدلا|"
    r"\bthe (?:other|bigger|larger|smaller|cheaper) (?:one|size)|\b(?:diger|obur)(?:i|u|inin|unun)? |"
    r"\b(?:buyuk|kucuk)(?:u|unun|lugu| olan\w{0,2}) |sirasiyla|respectively|علي التوالي|\bertesi \w+ \w|\bbir gun (?:one|once|sonra)|\b(?:next|following) (?:day|morning)|\bthe day (?:after|before)\b|\d \+ \d"
)
"""Two things held against each other: whose each value is, word order does not tell."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value of the reply and the words around it, nearest first."""

    claim: Claim
    naming: tuple[frozenset[str], ...]
    near: tuple[frozenset[str], ...]
    far: tuple[frozenset[str], ...]
    roles: frozenset[str]
    text: str
    part: str
    sentence: str
    limit: bool


def misbound(
    said: Said, ground: Ground, counts: frozenset[float], spoken: frozenset[float]
) -> str | None:
    """A value that the facts have of something else than the reply speaks of, or that is worked
    out from something else. `counts` may multiply it by what the facts count too, `spoken` by what
    the sentence counts."""
    claim = said.claim
    told = _comparable(claim, ground.points)
    if not any(_fits(claim, p) for p in told):
        return _multiplied(said, told, counts)
    if claim.value == ("True",) and claim.kind == "stock" and _no_such(said, told):
        return f"“{said.text.strip()[:60]}”: no fact has this one"
    fitting = [p for p in told if _fits(claim, p)]
    if claim.kind == "state" and not all(_numbered(p) for p in fitting):
        return None
    if all("@was" in p.head for p in fitting) and not _FORMERLY.search(said.part):
        return f"“{said.text.strip()[:60]}” is what was before"
    contrary = _other_role(said, fitting, told)
    if contrary:
        return f"“{said.text.strip()[:60]}”: {contrary}"
    near = [_telling(claim, words) for words in said.near]
    if claim.kind in _ON_DAYS and not any(map(named, near)):
        return None
    if _sized(claim):
        near = [named(words) - {"@stock"} for words in near]
    far = [] if _sized(claim) else [_telling(claim, words) for words in said.far]
    if claim.kind == "weekday" and fitting[0].claim.kind == "date":
        if negative(said.part):
            return None
        far = []
    other = elsewhere(
        by_role(told, said.roles),
        [_telling(claim, words) for words in said.naming],
        near,
        far,
        lambda p: _fits(claim, p),
    )
    if other is None and claim.kind in OF_EACH:
        other = lacking(said.text, union(said.naming), told, lambda p: _fits(claim, p))
    if other is None or (claim.kind == "money" and _times(claim, other.claim, spoken)):
        return None
    return f"“{said.text.strip()[:60]}” belongs to something else ({other.text.strip()[:60]})"


def _sized(claim: Claim) -> bool:
    """A size, which rather names a thing than is told of it."""
    return claim.kind == "measure" or (claim.kind == "amount" and claim.value[1] in SIZED)


def _numbered(point: Point) -> bool:
    return any(_NUMBERED.match(t) for t in point.own | point.head)


def _no_such(said: Said, told: Sequence[Point]) -> bool:
    """A colour and a size that the facts list, and never together."""
    words = union(said.near)
    colours, sizes = words & _colours(), {w for w in words if w[:1] == "n" or w[:2] == "m:"}
    if len(colours) != 1 or len(sizes) != 1:
        return False
    listed = [p.own | p.head | p.name for p in told]
    each = all(any(some & found for found in listed) for some in (colours, sizes))
    return each and not any(colours <= found and sizes <= found for found in listed)


def _colours() -> frozenset[str]:
    return next(group for group in groups() if "@black" in group)


_FORMERLY = re.compile(
    r"\b(?:onceki|eski|previous|former|old|earlier|from|instead|yerine|normal\w{0,3})\b|(?:deki|daki|teki|taki)\b|"
    r"\w[dt][ae]n\b|iptal|cancel|السابق|القديم|بدل|من "
)


def _other_role(said: Said, told: Sequence[Point], all_told: Sequence[Point]) -> str | None:
    """A limit told as a price, a price as what is saved, the end as the beginning."""
    claim = said.claim
    if claim.kind == "money" and all(_turned(said, p) for p in told):
        return "the facts set the limit the other way"
    if claim.kind == "money" and said.limit and not any("@limit" in p.own for p in told):
        if any("@limit" in p.own for p in all_told):
            return "is no limit of the facts"
    if (
        claim.kind == "money"
        and for_several(said.part, said.sentence)
        and all(OF_ONE.search(p.text) for p in told)
    ):
        return "is the price of one"
    if len(said.roles & _PER_UNIT) == 1 and "@limit" not in union(said.near):
        measured = [p.roles & _PER_UNIT for p in told]
        if claim.kind == "money" and all(m and not said.roles & m for m in measured):
            return "is the price of another measure in the facts"
    for group in ("price:", "ends:") if claim.kind != "percent" else ():
        mine = {r for r in said.roles if r.startswith(group)}
        theirs = [{r for r in p.roles if r.startswith(group)} for p in told]
        if len(mine) == 1 and all(t and not mine & t for t in theirs):
            return "is something else in the facts"
    return None


def _turned(said: Said, point: Point) -> bool:
    """Free below where the fact says free above, or the other way round."""
    limits = {"@over", "@under"}
    mine, theirs = qualifiers(said.part) & limits, qualifiers(point.text) & limits
    cost = costs(said.part)
    same = cost == "free" if "@free" in point.own | point.head else cost == ""
    return len(mine) == len(theirs) == 1 and mine != theirs and same and not negative(said.part)


_PER_UNIT = frozenset(
    f"sum:{r}"
    for r in ("total", "each", "night", "session", "person", "month", "week", "day", "hour")
)
"""What a price may be for, one shutting out the others."""
_NUMBERED = re.compile(r"n(?!20[2-4]\d$)\d{3}|c:")
"""The number of an order, by which one is told from another."""


def _comparable(claim: Claim, told: Sequence[Point]) -> list[Point]:
    """The points that could have been meant instead."""
    found = [p for p in told if alike(claim, p.claim) and not counts_nothing(p, claim)]
    if claim.kind == "weekday":
        return [
            p for p in found if not any(t == "@open" or _CLOCK.match(t) for t in p.own | p.head)
        ] or _dated(told)
    return found


STEPS = frozenset(
    f"@{step}"
    for step in ("ship", "deliver", "order", "cancel", "return_", "approve", "expected", "track")
)
"""Words of a state, which do not tell whose state it is."""
_CLOCK = re.compile(r"v:\d{1,2}:\d\d$")
SAID_OF_ALL = frozenset({"@expected", "@open", "acik", "kapal", "gunu", "gunun", "gunle"})
"""What is said of a delivery, a refund and a visit alike, and tells no dates apart."""


def _dated(told: Sequence[Point]) -> list[Point]:
    """The days of the facts that have their year, by which a day of the week may be meant."""
    return [p for p in told if p.claim.kind == "date" and p.claim.year]


def _fits(claim: Claim, point: Point) -> bool:
    if claim.kind == "weekday" and point.claim.kind == "date":
        return equal(claim, point.claim)
    return alike(claim, point.claim) and same(claim, point.claim)


def _telling(claim: Claim, words: frozenset[str]) -> frozenset[str]:
    """The words that tell what a value is said of: of a date no weekday."""
    if claim.kind == "money":
        return words - {"@limit"}
    if claim.kind == "state":
        return words - STEPS
    if claim.kind in _ON_DAYS:
        return frozenset(t for t in words if t[:2] != "wd") - SAID_OF_ALL
    return words


def _multiplied(said: Said, told: list[Point], counts: frozenset[float]) -> str | None:
    """So many times the price of another thing."""
    if said.claim.kind != "money" or not any(
        _times(said.claim, p.claim, counts) for p in told if p.claim.kind == "money"
    ):
        return None
    near, far = (
        [frozenset(t for t in words if t[:2] != "v:") for words in levels]
        for levels in (said.near, said.far)
    )
    told = [p for p in told if p.claim.kind == "money"]
    other = elsewhere(told, said.naming, near, far, lambda p: _times(said.claim, p.claim, counts))
    return f"“{said.text.strip()[:60]}” is worked out from something else" if other else None


def words_meant(part: Part, ground: Ground) -> frozenset[str]:
    """What a part speaks of, with the days and regions that it means."""
    return about(part.text, part.claims) | _meant(part.text, ground) | _in_periods(part, ground)


def _in_periods(part: Part, ground: Ground) -> frozenset[str]:
    return within_periods(part.claims, part.text, ground.told, ground.language)


def words_of(sentence: Sentence, ground: Ground) -> frozenset[str]:
    """What a whole sentence speaks of."""
    return about(sentence.flat, claims_of(sentence, ground))


def _times(claim: Claim, other: Claim, counts: frozenset[float]) -> bool:
    """As often the value of another as is counted."""
    value, base = float(claim.value[0]), float(other.value[0])
    return any(abs(value - n * base) < 0.01 for n in counts)


def read(sentence: Sentence, before: Sequence[frozenset[str]], ground: Ground) -> Iterator[Said]:
    """The values and states of a sentence, each with what it is said of; `before` are the words of
    the sentences before it, the nearest first."""
    claims = claims_of(sentence, ground)
    timed = any(c.kind == "time" for c in claims)
    split = parts(sentence.flat, 0, len(sentence.flat), claims)
    words = [words_meant(p, ground) for p in split]
    kinds = [[claim for claim, _ in pieces_of(p)] for p in split]
    for number, part in enumerate(split):
        for claim, spans in pieces_of(part):
            if _no_value(claim, part, words[number], timed):
                continue
            text = " ".join(part.text[a - part.start : b - part.start] for a, b in spans)
            own = part.words(spans, claim) | (_meant(text, ground) - keys([claim]))
            own |= _in_periods(part, ground) if claim.kind not in _ON_DAYS else frozenset()
            several = any(c is not claim and alike(c, claim) for c in part.claims)
            untold = several and not own and bool(named(words[number]))
            if number and _THAT_IS.match(part.text):
                own |= words[number - 1] - keys([claim])
            near = [own]
            if not named(own) and not several:
                near.append(words[number] - keys([claim]))
            bare = not named(words[number]) and not any(
                t[:2] in DAYS or t == "@limit" for t in words[number]
            )
            if number and bare and any(alike(c, claim) for c in kinds[number - 1]):
                near.append(words[number - 1])
            free = [n for n, told in enumerate(kinds) if not any(_rival(c, claim) for c in told)]
            far = [words[n] for n in reversed(free) if n < number]
            if not named(union([*near, *far])):
                far += [words[n] for n in free if n > number]
            further = [_sizes(w) if _tells_one(claim, w) else w for w in before]
            found = roles(text) | end_of(claim, part)
            if untold or "sum:total" in found:
                far, further = [], []
            naming = (own,) if several else (own, words[number] - keys([claim]))
            yield Said(
                claim,
                naming,
                tuple(near),
                (*far, *further),
                found,
                text,
                part.text,
                sentence.flat,
                is_limit(claim, part),
            )


_THAT_IS = re.compile(r"\s{0,2}(?:yani|that is|i\.e\.)\s")
"""What says the part before in other words."""


def _sizes(words: frozenset[str]) -> frozenset[str]:
    """The measures and sizes among words, which go on being meant."""
    return frozenset(w for w in words if w[:2] in {"c:", "m:"})


def _tells_one(claim: Claim, words: frozenset[str]) -> bool:
    """Whether a sentence has a value of the kind for itself, so that its words go with that."""
    if claim.kind in {"date", "dotted"}:
        return any(t.startswith("dm") for t in words)
    if claim.kind == "time":
        return any(_CLOCK.match(t) for t in words)
    return claim.kind == "money" and any(
        t[:2] == "v:" and t.endswith(claim.value[1]) for t in words
    )


_ON_DAYS = frozenset({"date", "dotted", "weekday"})


def _rival(other: Claim, claim: Claim) -> bool:
    """Whether the words of a part with the one go with that, and not with the other."""
    kinds = {other.kind, claim.kind}
    return alike(other, claim) or kinds <= _ON_DAYS


def _no_value(claim: Claim, part: Part, words: frozenset[str], timed: bool) -> bool:
    """A day that says when something else is, a state that is not told."""
    if claim.kind == "amount" and claim.value[1] in {"size", "room"}:
        return True
    if claim.kind == "weekday":
        dated = any(c.kind in {"date", "dotted"} for c in part.claims)
        return timed or dated or "@open" in words
    if claim.kind == "state" and not any(_NUMBERED.match(t) for t in words):
        return True
    return claim.kind in STATES and (states_nothing(part.text) or not_yet(part.text))


@lru_cache(maxsize=1)
def _province() -> re.Pattern[str]:
    names = "|".join(sorted(regions(), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)")


def _meant(folded: str, ground: Ground) -> frozenset[str]:
    """The day that "tomorrow" means, and the region of a town that no fact names."""
    return _days(folded, ground) | _places(folded, ground)


def _places(folded: str, ground: Ground) -> frozenset[str]:
    told = [fact for fact in ground.folded if not is_asked(fact)]
    towns = [t for t in _province().findall(folded) if not any(t in fact for fact in told)]
    return union(regions()[town] | {"@other_cities"} for town in towns)


def _days(folded: str, ground: Ground) -> frozenset[str]:
    if ground.today is None:
        return frozenset()
    days = relative_days(folded, ground.today)
    return keys(days) | {f"wd{_day(c).isoweekday()}" for c in days}


def _day(claim: Claim) -> date:
    return date(claim.year, int(claim.value[0]), int(claim.value[1]))

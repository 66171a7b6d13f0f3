"""Binding: what a reply says of a thing, the facts say of the same thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from invekto.guardrails.both import OF_EACH, lacking
from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.groups import groups
from invekto.guardrails.limits import bounds
from invekto.guardrails.matching import equal
from invekto.guardrails.narrowing import Around, Words, by_role, elsewhere, is_limit, meant, same
from invekto.guardrails.parts import STATES
from invekto.guardrails.readings import marks
from invekto.guardrails.several import counts_nothing, for_several
from invekto.guardrails.signs import costs, negative
from invekto.guardrails.subject import DAYS, MONTH, PROCESSES, alike, is_key, named, union, within
from invekto.guardrails.table import Point
from invekto.guardrails.uttered import CLOCK, NUMBERED, ON_DAYS, Said
from invekto.guardrails.wording import SIZED, qualifiers

MOST_STRANGE = {"weekday": 1}
"""Words around a value that no fact has; with more of them it is not sure what is meant."""


def misbound(
    said: Said,
    ground: Ground,
    counts: frozenset[float],
    spoken: frozenset[float],
    beside: Sequence[Said] = (),
) -> str | None:
    """A value that the facts have of something else than the reply speaks of, or that is worked
    out from something else. `counts` may multiply it by what the facts count too, `spoken` by what
    the sentence counts; `beside` are all values of the sentence."""
    claim = said.claim
    told = _comparable(said, ground.points)
    if not any(_fits(claim, p) for p in told):
        return _multiplied(said, told, counts, beside)
    if claim.value == ("True",) and claim.kind == "stock" and _no_such(said, told):
        return f"“{said.text.strip()[:60]}”: no fact has this one"
    fitting = [p for p in told if _fits(claim, p)]
    if claim.kind == "money" and _WITHOUT.search(said.part):
        return None
    if claim.kind == "state" and not all(_numbered(p) for p in fitting):
        return None
    formerly = _FORMERLY.search(said.part) or marks("bound.moved").search(said.part)
    if all("@was" in p.head for p in fitting) and not formerly:
        return f"“{said.text.strip()[:60]}” is what was before"
    contrary = _other_role(said, fitting, told)
    if contrary:
        return f"“{said.text.strip()[:60]}”: {contrary}"
    if claim.kind == "money" and _told_free(said, fitting, ground):
        return f"“{said.text.strip()[:60]}” is free in the facts"
    other = _another(said, told, ground)
    if other is None or (claim.kind == "money" and _times(claim, other.claim, spoken)):
        return None
    if any(_own(s, other.claim, ground) for s in beside if s.claim.start != claim.start):
        return None
    return f"“{said.text.strip()[:60]}” belongs to something else ({other.text.strip()[:60]})"


def _told_free(said: Said, fitting: Sequence[Point], ground: Ground) -> bool:
    """A price of what the facts tell to be free, and the price of nothing that is named."""
    said_of = named(union(said.near[:1]))
    words = said_of - PROCESSES
    if not words or any(within(w, p.own) for p in fitting for w in words):
        return False
    free = (s.own - {"@free"} for s in ground.sides if costs(s.text) == "free")
    return any(
        all(within(w, own) for w in words)
        and (len(said_of) > 1 or all(within(w, words) for w in own))
        and not any(map(is_key, own))
        for own in free
    )


def _own(said: Said, claim: Claim, ground: Ground) -> bool:
    """Whether a value is told beside of the very thing that has it: what words that has, it has
    for itself."""
    if claim.kind in STATES or not (alike(said.claim, claim) and same(said.claim, claim)):
        return False
    told = _comparable(said, ground.points)
    _, around, fits = found = _words(said, told, ground)
    heads = union(p.head - p.own - p.name for p in told)
    return all(map(fits, meant(*found))) and not any(within(w, heads) for w in union(around.near))


def _another(said: Said, told: Sequence[Point], ground: Ground) -> Point | None:
    """Which value of the facts the words around one of the reply fit instead."""
    other = elsewhere(*_words(said, told, ground))
    if other is None and said.claim.kind in OF_EACH:
        return lacking(said.text, union(said.naming), told, lambda p: _fits(said.claim, p))
    return other


def _words(
    said: Said, told: Sequence[Point], ground: Ground
) -> tuple[list[Point], Around, Callable[[Point], bool]]:
    """The values of the facts that a value may be, and the words that tell which."""
    claim = said.claim
    months = frozenset(w for p in told for w in p.own if w.startswith(MONTH))
    only = months if len(months) == 1 else frozenset[str]()
    around = Around(
        *(
            [_telling(claim, words) - only for words in some]
            for some in (said.naming, said.near, said.far, said.before, said.rivals)
        )
    )
    fits = partial(_fits, claim)
    on_dates = claim.kind == "weekday" and any(fits(p) and p.claim.kind == "date" for p in told)
    if (
        (claim.kind in ON_DAYS and marks("bound.moved").search(said.part))
        or (claim.kind in ON_DAYS and not any(map(named, around.near)))
        or _strange(claim, around.near, ground)
        or (on_dates and negative(said.part))
    ):
        return [*told], Around(), fits
    if claim.kind == "time" and marks("bound.moved").search(said.part):
        around = Around(near=[frozenset(t for t in union(around.near[:1]) if t[:2] in DAYS)])
    elif _sized(claim):
        near = [named(words) - {"@stock"} for words in around.near]
        around = Around(around.naming, near)
    elif on_dates:
        around = Around(around.naming, around.near)
    return by_role([*told], said.roles), around, fits


def _strange(claim: Claim, near: Words, ground: Ground) -> bool:
    """Whether too much is said around a value that no fact has."""
    unknown = (t for t in named(union(near)) if t[:2] != "wd" and not ground.known(t))
    return claim.kind in MOST_STRANGE and len(list(unknown)) > MOST_STRANGE[claim.kind]


def _sized(claim: Claim) -> bool:
    """A size, which rather names a thing than is told of it."""
    return claim.kind == "measure" or (claim.kind == "amount" and claim.value[1] in SIZED)


def _numbered(point: Point) -> bool:
    return any(NUMBERED.match(t) for t in point.own | point.head)


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


_WITHOUT = re.compile(
    r"\b(?:iste|al|yaptir|kullan)m[ae]z(?:sen|san)|\bkendiniz\b|\bolmadan\b|\bharic\b|\bwithout\b|\bexcluding\b|بدون|"
    r"(?<!\w)(?!ucretsiz|farksiz|faizsiz)\w{4,14}s[iu]z(?!\w)"
)
"""What says that a price is that without a thing, whose own it is not."""
_FORMERLY = re.compile(
    r"\b(?:onceki|eski|previous|former|old|earlier|from|instead|yerine|normal\w{0,3})\b|(?:deki|daki|teki|taki)\b|"
    r"\w[dt][ae]n\b|iptal|cancel|السابق|القديم|بدل|من "
)


def _other_role(said: Said, told: Sequence[Point], all_told: Sequence[Point]) -> str | None:
    """A limit told as a price, a price as what is saved, the end as the beginning."""
    claim = said.claim
    if claim.kind == "money" and all(_turned(said, p) for p in told):
        return "the facts set the limit the other way"
    if claim.kind == "money" and said.limit and not any(map(is_limit, told)):
        if any(map(is_limit, all_told)):
            return "is no limit of the facts"
    if (
        claim.kind == "money"
        and for_several(said.part, said.sentence)
        and all(marks("several.of_one").search(p.text) for p in told)
    ):
        return "is the price of one"
    if len(said.roles & _PER_UNIT) == 1 and "@limit" not in union(said.near):
        measured = [p.roles & _PER_UNIT for p in told]
        if claim.kind == "money" and all(m and not said.roles & m for m in measured):
            return "is the price of another measure in the facts"
    for group in _SHUT_OUT.get(claim.kind, ("ends:",)):
        mine = {r for r in said.roles if r.startswith(group)}
        theirs = [{r for r in p.roles if r.startswith(group)} for p in told]
        if len(mine) == 1 and all(t and not mine & t for t in theirs):
            return "is something else in the facts"
    return None


_SHUT_OUT = {"money": ("price:", "ends:"), "percent": ()}
"""The groups of roles of which a value has one only; of others the end or the beginning."""


def _turned(said: Said, point: Point) -> bool:
    """Free below where the fact says free above, or the other way round."""
    limits = {"@over", "@under"}
    mine, theirs = qualifiers(said.part) & limits, qualifiers(point.text) & limits
    cost = costs(said.part)
    same = cost == "free" if "@free" in point.own | point.head else cost == ""
    return len(mine) == len(theirs) == 1 and mine != theirs and same and not negative(said.part)


_PER_UNIT = frozenset(
    f"sum:{r}"
    for r in (
        "total",
        "each",
        "night",
        "session",
        "person",
        "month",
        "week",
        "day",
        "hour",
        "tooth",
        "jaw",
    )
)
"""What a price may be for, one shutting out the others."""


def _comparable(said: Said, told: Sequence[Point]) -> list[Point]:
    """The points that could have been meant instead; of a limit the limits."""
    claim = said.claim
    found = [p for p in told if alike(claim, p.claim) and not counts_nothing(p, claim)]
    if claim.kind == "money" and bounds(claim, said.sentence):
        return [p for p in found if "@limit" in p.own] or found
    if claim.kind == "weekday":
        return [
            p for p in found if not any(t == "@open" or CLOCK.match(t) for t in p.own | p.head)
        ] or _dated(told)
    return found


STEPS = frozenset(
    f"@{step}"
    for step in ("ship", "deliver", "order", "cancel", "return_", "approve", "expected", "track")
)
"""Words of a state, which do not tell whose state it is."""
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
    if claim.kind in ON_DAYS:
        return frozenset(t for t in words if t[:2] != "wd") - SAID_OF_ALL
    return words


def _multiplied(
    said: Said, told: list[Point], counts: frozenset[float], beside: Sequence[Said]
) -> str | None:
    """So many times the price of another thing, where none is told beside it."""
    prices = (s.claim for s in beside if s.claim.kind == "money" and s.claim != said.claim)
    if said.claim.kind != "money" or any(_times(said.claim, price, counts) for price in prices):
        return None
    if not any(_times(said.claim, p.claim, counts) for p in told if p.claim.kind == "money"):
        return None
    near, far, before = (
        [frozenset(t for t in words if t[:2] != "v:") for words in levels]
        for levels in (said.near, said.far, said.before)
    )
    told = [p for p in told if p.claim.kind == "money"]
    other = elsewhere(
        told,
        Around(said.naming, near, far, before),
        lambda p: _times(said.claim, p.claim, counts),
    )
    return f"“{said.text.strip()[:60]}” is worked out from something else" if other else None


def _times(claim: Claim, other: Claim, counts: frozenset[float]) -> bool:
    """As often the value of another as is counted."""
    value, base = float(claim.value[0]), float(other.value[0])
    return any(abs(value - n * base) < 0.01 for n in counts)

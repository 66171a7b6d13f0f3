"""What a reply says: each value and state of a sentence with the words that go with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from invekto.guardrails.claims import Claim
from invekto.guardrails.gazetteer.regions import regions
from invekto.guardrails.ground import Ground, is_asked, relative_days
from invekto.guardrails.meant import claims_of
from invekto.guardrails.parts import STATES, Part, is_limit, parts, pieces_of, roles_of
from invekto.guardrails.periods import within_periods
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import not_yet, states_nothing
from invekto.guardrails.subject import DAYS, MONTH, NTH, about, alike, keys, named, union

CLOCK = re.compile(r"v:\d{1,2}:\d\d$")
NUMBERED = re.compile(r"n(?!20[2-4]\d$)\d{3}|c:")
"""The number of an order, by which one is told from another."""
ON_DAYS = frozenset({"date", "dotted", "weekday"})


@dataclass(frozen=True, slots=True)
class Said:
    """A value of the reply and the words around it, nearest first."""

    claim: Claim
    naming: tuple[frozenset[str], ...]
    near: tuple[frozenset[str], ...]
    far: tuple[frozenset[str], ...]
    before: tuple[frozenset[str], ...]
    rivals: tuple[frozenset[str], ...]
    roles: frozenset[str]
    text: str
    part: str
    sentence: str
    limit: bool


def words_meant(part: Part, ground: Ground) -> frozenset[str]:
    """What a part speaks of, with the days and regions that it means."""
    return about(part.text, part.claims) | _meant(part.text, ground) | _in_periods(part, ground)


def _in_periods(part: Part, ground: Ground) -> frozenset[str]:
    return within_periods(part.claims, part.text, ground.told, ground.language)


def words_of(sentence: Sentence, ground: Ground) -> frozenset[str]:
    """What a whole sentence speaks of."""
    return about(sentence.flat, claims_of(sentence, ground))


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
            own |= _in_periods(part, ground) if claim.kind not in ON_DAYS else frozenset()
            several = any(c is not claim and alike(c, claim) for c in part.claims)
            untold = several and not own and bool(named(words[number]))
            if number and _THAT_IS.match(part.text):
                own |= words[number - 1] - keys([claim])
            own -= _of_days_before(claim, part)
            near = [own]
            if not named(own) and not several:
                near.append(words[number] - keys([claim]))
            bare = not named(words[number]) and not any(
                t[:2] in DAYS or t == "@limit" for t in words[number]
            )
            if number and bare and any(alike(c, claim) for c in kinds[number - 1]):
                near.append(_unpriced(words[number - 1]))
            free = [n for n, told in enumerate(kinds) if not any(_rival(c, claim) for c in told)]
            far = [words[n] if n in free else _codes(words[n]) for n in reversed(range(number))]
            if not named(union([*near, *far])):
                far += [words[n] for n in free if n > number]
            rivals = [words[n] for n in reversed(range(number)) if n not in free]
            rivals += [w for w in before[:1] if _tells_one(claim, w)]
            further = [_sizes(w) if _tells_one(claim, w) else w for w in before]
            found = roles_of(claim, text, part)
            if untold or "sum:total" in found:
                far, further, rivals = [], [], []
            naming = (own,) if several else (own, words[number] - keys([claim]))
            yield Said(
                claim,
                naming,
                tuple(near),
                tuple(far),
                tuple(further),
                tuple(rivals),
                found,
                text,
                part.text,
                sentence.flat,
                is_limit(claim, part),
            )


def _unpriced(words: frozenset[str]) -> frozenset[str]:
    """The words of the part before without its own values."""
    return frozenset(w for w in words if w[:2] != "v:")


def _of_days_before(claim: Claim, part: Part) -> frozenset[str]:
    """The days before the last one in front of a time, which is of that."""
    days = [c for c in part.claims if c.kind in ON_DAYS and c.end <= claim.start]
    dates = [c for c in days if c.kind != "weekday"]
    if claim.kind != "time" or len(dates) < 2:
        return frozenset()
    return keys(c for c in days if c.start < dates[-1].start) - keys(dates[-1:])


_THAT_IS = re.compile(r"\s{0,2}(?:yani|that is|i\.e\.)\s")
"""What says the part before in other words."""


def _sizes(words: frozenset[str]) -> frozenset[str]:
    """The measures and sizes among words, which go on being meant."""
    passing = (MONTH, NTH)
    return frozenset(w for w in words if w[:2] in {"c:", "m:"} and not w.startswith(passing))


def _codes(words: frozenset[str]) -> frozenset[str]:
    """The codes among words, which are meant even where another value of the kind is told."""
    return frozenset(w for w in words if w[:2] == "c:")


def _tells_one(claim: Claim, words: frozenset[str]) -> bool:
    """Whether a sentence has a value of the kind for itself, so that its words go with that."""
    if claim.kind in {"date", "dotted"}:
        return any(t.startswith("dm") for t in words)
    if claim.kind == "time":
        return any(CLOCK.match(t) for t in words)
    return claim.kind == "money" and any(
        t[:2] == "v:" and t.endswith(claim.value[1]) for t in words
    )


def _rival(other: Claim, claim: Claim) -> bool:
    """Whether the words of a part with the one go with that, and not with the other."""
    kinds = {other.kind, claim.kind}
    return alike(other, claim) or kinds <= ON_DAYS


def _no_value(claim: Claim, part: Part, words: frozenset[str], timed: bool) -> bool:
    """A day that says when something else is, a state that is not told."""
    if claim.kind == "amount" and claim.value[1] in {"size", "room"}:
        return True
    if claim.kind == "weekday":
        dated = any(c.kind in {"date", "dotted"} for c in part.claims)
        return timed or dated or "@open" in words
    if claim.kind == "state" and not any(NUMBERED.match(t) for t in words):
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

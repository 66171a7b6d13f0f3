"""Rows cut into parts, and each value of a part with the words that go with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.claims import Claim
from invekto.guardrails.readings import marks
from invekto.guardrails.signs import availability, states
from invekto.guardrails.subject import PROCESSES, about, alike, named

RULES = Path(__file__).parent / "rules" / "roles.yaml"
VALUES = frozenset(
    {"money", "percent", "amount", "measure", "date", "dotted", "time", "weekday", "code", "number"}
)
STATES = frozenset({"state", "stock"})
_JOIN = re.compile(
    r"\s\+\s|\s(?:ve|ile|veya|ya da|and|or|plus|arti|او)\s(?!uzeri|ustu|alti|above|over|up\b|more)|\sو(?=\S|$)|[,،/]"
)
_FROM = re.compile(r"'?[dt][ae]n\b(?! once)")
_TILL = re.compile(r"'?[yt]?[ae]? ?kadar\b|'?[dt][ae]n once\b")
_BETWEEN = re.compile(r"'?\w{0,3}\s?(?:ve|veya|ya da|and|or|او|[,،/–-])\s?|\s?و\s?")
_RANGE = re.compile(
    r"'?(?:[dt][ae]n|y?l?[ae])? ?(?:(?:in the |sabah|ogleden |صباح|مساء|ظهر|عصر)\w{0,9})? ?(?:[-–]|to|till?|until|ile|ila|saat|الي|حتي) ?(?:the |saat |الساعه )?"
)
"""What stands between the beginning of a time and its end."""
_LIMIT = re.compile(
    r"(?:'?\w{1,3})?\s{1,2}(?:(?:ve|veya|and|or)\s)?(?:uzeri|ustu|alti(?!n)|altin|above|over|more|up\b|فما فوق|فاكثر|او اكثر)\w*"
)
"""What says that the amount before it is a limit."""
_LISTED = frozenset({"time", "date", "dotted"})
"""Kinds of which `10:00, 14:00 ve 18:00` is one list."""
_HEADING = re.compile(r"\s{0,3}([^:;=\n]{1,60}):\s")


_KEYED = re.compile(r",\s[^,:;=\n]{1,20}: ")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a row between commas: its place, words and claims."""

    start: int
    end: int
    text: str
    claims: tuple[Claim, ...]
    heading: bool

    def words(self, spans: Iterable[tuple[int, int]], without: Claim) -> frozenset[str]:
        """What the spans of the part speak of, values like `without` left out."""
        found = frozenset[str]()
        for start, end in spans:
            inside = (c for c in self.claims if start <= c.start < end and not alike(c, without))
            found |= about(self.cut(start, end), inside)
        return found

    def cut(self, start: int, end: int) -> str:
        """The text between two places of the row."""
        return self.text[start - self.start : max(start, end) - self.start]


@lru_cache(maxsize=1)
def _roles() -> tuple[tuple[str, re.Pattern[str]], ...]:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return tuple(
        (f"{group}:{name}", re.compile("|".join(patterns)))
        for group, names in data.items()
        for name, patterns in names.items()
    )


@lru_cache(maxsize=1)
def _any_role() -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for _, pattern in _roles()))


@lru_cache(maxsize=8_192)
def roles(folded: str) -> frozenset[str]:
    """Roles that a text gives to its figure, as `group:role`."""
    if not _any_role().search(folded):
        return frozenset()
    return frozenset(name for name, pattern in _roles() if pattern.search(folded))


def cut(
    folded: str,
    place: tuple[int, int],
    claims: Sequence[Claim],
    pattern: re.Pattern[str],
    where: Callable[[re.Match[str]], bool] = bool,
) -> list[tuple[int, int]]:
    """The places between what the pattern finds, claims kept whole."""
    places: list[tuple[int, int]] = []
    at, end = place
    for match in pattern.finditer(folded, at, end):
        if any(c.start < match.end() and match.start() < c.end for c in claims) or not where(match):
            continue
        places.append((at, match.start()))
        at = match.end()
    places.append((at, end))
    return [(a, b) for a, b in places if folded[a:b].strip()]


def parts(
    folded: str, start: int, end: int, claims: Sequence[Claim], *, record: bool = False
) -> list[Part]:
    """A row's parts; the first may be the heading of the others."""
    at = start if record else _after_heading(folded, start, end)
    timed = [c for c in claims if c.kind in _LISTED]

    def apart(match: re.Match[str]) -> bool:
        first = next((c for c in timed if c.end == match.start()), None)
        return first is None or not any(
            c.start == match.end() + 1 and alike(c, first) for c in timed
        )

    places = cut(
        folded, (at, end), claims, re.compile(r";") if record else marks("parts.part"), apart
    )
    if at > start:
        places.insert(0, (start, at))
    found = []
    for a, b in places:
        inside = tuple(c for c in claims if a <= c.start < b)
        found.append(Part(a, b, folded[a:b], inside, b <= at))
    return found


def _after_heading(folded: str, start: int, end: int) -> int:
    """Where a row's heading ends; of `Gömlek, S: 2, M: 0` the heading is the shirt."""
    head = _HEADING.match(folded, start, end)
    if head is None:
        return start
    comma = head.group(1).rfind(",")
    if comma > 0 and _KEYED.search(folded, head.end(), end):
        return head.start(1) + comma + 1
    return head.end()


def roles_of(claim: Claim, text: str, part: Part) -> frozenset[str]:
    """The roles that its words give to a value; at which end it is tells its place."""
    ends = end_of(claim, part)
    return frozenset(r for r in roles(text) if not ends or not r.startswith("ends:")) | ends


def end_of(claim: Claim, part: Part) -> frozenset[str]:
    """Of `09.00-18.30` the first is where it begins, the second where it ends."""
    if claim.kind not in {"time", "date"}:
        return frozenset()
    following = part.text[claim.end - part.start :]
    if _FROM.match(following) or _TILL.match(following):
        return frozenset({"ends:from" if _FROM.match(following) else "ends:until"})
    if _opening(claim, [c for c in part.claims if alike(c, claim)], part):
        return frozenset({"ends:until"})
    both = [c for c in part.claims if (c.start, c.end) == (claim.start, claim.end)]
    if len(both) != 2 or both[0].kind != both[1].kind:
        return frozenset()
    return frozenset({"ends:from" if claim is both[0] else "ends:until"})


def pieces_of(part: Part) -> list[tuple[Claim, list[tuple[int, int]]]]:
    """Each value of a part with the spans of words that go with it; states of the whole part
    last."""
    found = []
    for claim in part.claims:
        if claim.kind in VALUES:
            same = [c for c in part.claims if alike(c, claim) and c.start != claim.start]
            found.append((claim, _spans(claim, same, part)))
    found += [(claim, [(part.start, part.end)]) for claim in states_of(part)]
    return found


def states_of(part: Part) -> list[Claim]:
    """What a part says of a thing's state, and its being there."""
    place = (part.start, part.end)
    found = [Claim("state", (s,), *place) for s in sorted(states(part.text)) if s != "planned"]
    there = availability(part.text)
    if there is not None:
        found.append(Claim("stock", (str(there),), *place))
    return found


def _spans(claim: Claim, same: Sequence[Claim], part: Part) -> list[tuple[int, int]]:
    """The words before a value since the last one of its kind, and those after it up to a
    conjunction; a percentage's words come after it."""
    first = _opening(claim, same, part)
    if first is not None:
        others = [c for c in same if c is not first]
        return [_lead(first, others, part), _tail(claim, others, part)]
    tail = _tail(claim, same, part)
    if claim.kind == "percent" and same and named(about(part.cut(*tail))) - PROCESSES:
        return [tail]
    return [_lead(claim, same, part), (claim.end, max(tail[0], _end(claim, part))), tail]


def _opening(claim: Claim, same: Sequence[Claim], part: Part) -> Claim | None:
    """The time that a time is the end of, in `from 10 until 6`."""
    if claim.kind != "time":
        return None
    before = (c for c in same if c.end <= claim.start)
    return next((c for c in before if _RANGE.fullmatch(part.cut(c.end, claim.start))), None)


def _lead(claim: Claim, same: Sequence[Claim], part: Part) -> tuple[int, int]:
    before = max((_end(c, part) for c in same if c.end <= claim.start), default=part.start)
    joins = list(_JOIN.finditer(part.cut(before, claim.start)))
    first = before == part.start
    begin = before
    if joins:
        counted = any(c.end <= before + joins[-1].start() for c in part.claims)
        begin += joins[-1].end() if counted or not first else 0
    if first:
        return begin, claim.start
    if not joins and claim.kind in {"date", "dotted", "time"}:
        return claim.start, claim.start
    if not part.cut(begin, claim.start).strip():
        return part.start, min(c.start for c in same)
    return begin, claim.start


def _tail(claim: Claim, same: Sequence[Claim], part: Part) -> tuple[int, int]:
    """The words of the last of several values between which there is only "and" go with each."""
    start = _end(claim, part)
    after = min((c.start for c in same if c.start >= claim.end), default=part.end)
    if after < part.end and _BETWEEN.fullmatch(part.cut(start, after)):
        start, after = max(_end(c, part) for c in same), part.end
    if claim.kind in {"date", "dotted"}:
        start = _with_hours(claim, part)
    join = _JOIN.search(part.cut(start, after))
    if join:
        return start, start + join.start()
    return start, after if after == part.end or claim.kind == "percent" else start


def _with_hours(claim: Claim, part: Part) -> int:
    """Where a date ends, with the day of the week and the hour that follow it."""
    end = claim.end
    for other in part.claims:
        if other.kind in {"weekday", "time"} and end <= other.start <= end + 2:
            end = other.end
    return end


def is_limit(claim: Claim, part: Part) -> bool:
    """Whether "over" or "under" stands right after an amount of money."""
    return _end(claim, part) > claim.end


def _end(claim: Claim, part: Part) -> int:
    """Where a value ends, with the word that makes it a limit."""
    match = _LIMIT.match(part.text, claim.end - part.start)
    return part.start + match.end() if match and claim.kind == "money" else claim.end

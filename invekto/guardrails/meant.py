"""What the values of a reply mean in the light of the facts: a bare figure as the money or the clock
time that they have, "the 28th" and "tomorrow" as their days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from invekto.guardrails.amounts import as_counted, whole
from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.ground import Ground, day_of, relative_days
from invekto.guardrails.matching import equal, stated, weekdays
from invekto.guardrails.quantities import steps
from invekto.guardrails.reply import Sentence
from invekto.guardrails.spans import hours_between
from invekto.guardrails.wording import terms

_HOURS = frozenset(map(str, range(1, 25)))
_DAYS = frozenset(map(str, range(1, 32)))
_SMALL_HOURS = 6
_LATE = re.compile(r"(?:ogleden sonra|aksam\w{0,6}|gece\w{0,4})[^\d]{0,14}$")
_LATE_AFTER = re.compile(r"\W{0,2}(?:pm\b|p\.m|in the (?:afternoon|evening)|at night)")
_AT = re.compile(
    r"\b(?:at|until|till|from|by|before|after) $|\b(?:saat|sabah|aksam|gece|oglen|sonra) $"
)
"""What stands before an hour."""
_IN = re.compile(r"[dt][ae]$|\d'[dt][ae]$")
_TOWARDS = re.compile(r"(?:y?[ae]|[dt][ae]n)$")
_BOUNDED = re.compile(r"(?:'?(?:y?[ae]|[dt][ae]n))? ?(?:kadar|dek|itibaren|sonra|once)\b")
_SUFFIXED = re.compile(r"'[dt][ae]\b")
_PORTION = re.compile(r" (?:bir|iki|uc|biri?|ikisi|fazla|az\b|cok)|\W?%")
"""`üçte iki`, `ikiden fazla`: no hours."""
_MONTHS_DAY = re.compile(r"\bayin $")
_POSSESSED = re.compile(r"(?<!\bn)(?:[iu]|s[iu])n(?:d[ae]n?|[ae]|[iu]n)$")
_POSSESSED_FIGURE = re.compile(r"'(?:[iu]|s[iu])(?:nd[ae]n?|n[ae]|n[iu]n?)?\b|s?[iu]nd[ae]n?\b")
_A_THING = re.compile(
    r" (?!(?:ol|tut|ed|eder|yap|gel|in|cik|kal(?:an|di|ir|iy|mis)|dah|yer|ver|al)\w{0,6}\b)[^\W\d_]{3,}"
)
_NTH = re.compile(r"(?:st|nd|rd|th)\b")
_OF_THE_MONTH = re.compile(
    r"(?:st|nd|rd|th)? of (?:the|that|this|next) (?:same )?month|(?: من)? (?:هذا |نفس |ذات )?الشهر\b"
)
_SUPPOSED = re.compile(
    r"\w\w(?:[ai]rs[ae]|[eu]rs[ae]|ys[ae]|m[ae]zs[ae]|s[ae]n[iu]z)(?:n[iu]z|k|m|lar|ler)?\b|\bif\b|\bwhether\b|"
    r"اذا|(?<!\w)لو(?!\w)|[?؟]|\biyi (?:gun|aksam|gece|hafta)|\bnice day"
)
"""What makes a sentence suppose a day instead of telling one."""


def claims_of(sentence: Sentence, ground: Ground) -> list[Claim]:
    """The values of a sentence as the facts have them, read once."""
    if sentence not in ground.meant:
        ground.meant[sentence] = _claims_of(sentence, ground)
    return ground.meant[sentence]


def _claims_of(sentence: Sentence, ground: Ground) -> list[Claim]:
    found = whole(find_claims(sentence.text, sentence.flat, ground.language), ground)
    found = hours_between(found, sentence.flat, ground)
    told = frozenset(c.value[1] for c in found if c.kind == "amount")
    read = [_meant(claim, sentence.flat, ground, told) for claim in found]
    return sorted([*read, *_relative(sentence, ground)], key=lambda c: (c.start, c.end))


def _meant(claim: Claim, folded: str, ground: Ground, told: frozenset[str]) -> Claim:
    if claim.kind != "number":
        return claim
    return (
        _as_day(claim, folded, ground)
        or _as_clock(claim, folded, ground)
        or _as_money(claim, folded, ground)
        or as_counted(claim, folded, ground, told)
        or claim
    )


def _as_money(claim: Claim, folded: str, ground: Ground) -> Claim | None:
    """A bare figure that can only be an amount of money."""
    if len(claim.value[0]) < 3 or _wanted(claim, folded, ground):
        return None
    money = [c for c, _ in ground.by_kind.get("money", ())]
    if any(c.value == claim.value for c, _ in ground.by_kind.get("number", ())):
        return None
    currencies = {c.value[1] for c in money}
    if len(currencies) != 1 or (
        stated(claim, ground) and not any(c.value[0] == claim.value[0] for c in money)
    ):
        return None
    return replace(claim, kind="money", value=(claim.value[0], *currencies))


def _wanted(claim: Claim, folded: str, ground: Ground) -> bool:
    """So many of a thing: `300 defter`, as many as are in one of the steps of the facts, or any number
    of what they name."""
    thing = _A_THING.match(folded, claim.end)
    if not claim.value[0].isdecimal() or thing is None:
        return False
    if any(map(ground.known, terms(thing.group()))) and not stated(claim, ground):
        return True
    number = int(claim.value[0])
    return any(step.holds(number) for fact in ground.folded for step in steps(fact))


def _as_clock(claim: Claim, folded: str, ground: Ground) -> Claim | None:
    """`sekizde`, `until four`: a clock time, where the facts have some."""
    number, half, _ = claim.value[0].partition(".5")
    timed = ground.by_kind.get("time") or ground.by_kind.get("dotted")
    if not timed or number not in _HOURS or not _tells_hour(claim, folded):
        return None
    hour = int(number)
    late = _LATE.search(folded[: claim.start]) or _LATE_AFTER.match(folded, claim.end)
    night = late is not None and late.group().startswith("gece")
    late_hour = late and hour < 12 and not (night and hour < _SMALL_HOURS)
    hour += 12 if late_hour or (night and hour == 12) else 0
    return replace(claim, kind="time", value=(f"{hour:02d}:{'30' if half else '00'}",))


def _tells_hour(claim: Claim, folded: str) -> bool:
    if _PORTION.match(folded, claim.end):
        return False
    said = folded[claim.start : claim.end]
    figure = said[-1:].isdecimal()
    if _AT.search(folded[: claim.start]) or (figure and _SUFFIXED.match(folded, claim.end)):
        return True
    towards = figure or _TOWARDS.search(said)
    return bool(towards and _BOUNDED.match(folded, claim.end)) or bool(_IN.search(said))


def _as_day(claim: Claim, folded: str, ground: Ground) -> Claim | None:
    """`ayın 28'i`, `18'inde`, `the 5th`: a day of a month that the facts name."""
    number = claim.value[0]
    if number not in _DAYS or not _tells_day(claim, folded):
        return None
    days = [ground.today] if ground.today else []
    for kind in ("date", "dotted"):
        days += [d for c, _ in ground.by_kind.get(kind, ()) if (d := day_of(c))]
    months = list(dict.fromkeys(d.month for d in days))
    head = _MONTHS_DAY.search(folded[: claim.start])
    start = head.start() if head else claim.start
    meant = [
        replace(claim, kind="date", value=(str(month), number), start=start) for month in months
    ]
    return next((day for day in meant if stated(day, ground)), meant[-1] if meant else None)


def _tells_day(claim: Claim, folded: str) -> bool:
    said = folded[claim.start : claim.end]
    if _MONTHS_DAY.search(folded[: claim.start]):
        return True
    if not said[-1:].isdecimal():
        return bool(_POSSESSED.search(said))
    if folded[: claim.start].endswith("يوم ") or _OF_THE_MONTH.match(folded, claim.end):
        return True
    if _NTH.match(folded, claim.end):
        return folded[: claim.start].endswith("the ")
    return bool(_POSSESSED_FIGURE.match(folded, claim.end))


def _relative(sentence: Sentence, ground: Ground) -> Iterator[Claim]:
    """`yarın` as its day, where the facts tell today and other days."""
    if ground.today is None or _SUPPOSED.search(sentence.flat):
        return
    dates = [c for c, _ in ground.by_kind.get("date", ())]
    named = {c.value[0] for c, _ in ground.by_kind.get("weekday", ())}
    for claim in relative_days(sentence.flat, ground.today) if dates else ():
        if any(equal(claim, date) for date in dates) or not weekdays(claim) & named:
            yield claim

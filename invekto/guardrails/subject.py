"""What a text is about: the words and figures that tell one thing from another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from invekto.guardrails.calendar_words import find_months
from invekto.guardrails.claims import Claim
from invekto.guardrails.courtesy import serves
from invekto.guardrails.packs import packs
from invekto.guardrails.readings import marks
from invekto.guardrails.signs import costs
from invekto.guardrails.wording import SIZED, akin, kin, qualifiers, terms, weekday_of

DAYS = ("wd", "dm")
"""Beginnings of the keys of a day of the week and of a date."""
_KEY = re.compile(r"n[\d.]+|(?:wd|dm)[\d-]+|[mcv]:.*|@(?:limit|free|paid)")
MONTH = "m:month"
"""A month that is named without a day."""
NTH = "m:nth"
"""Which of several visits."""
_CODE = re.compile(
    r"(?<!\w)(?!(?:ocak|mart|mayis|ekim|kasim|june|july|may)-)(?=[a-z-]{0,5}\d)[a-z]{1,4}-?\d{1,6}(?!\w)"
)
_SIZES = re.compile(
    r"(?<!\w)(?:ال)?(?:(?P<s>small|kucu[kg]|صغيره?)|(?P<m>medium|orta(?= bo[yd]| beden|si|nin| olan)|متوسطه?)|"
    r"(?P<l>large|buyu[kg]|كبيره?))(?:u|un|unu|lar|s)?(?!\w)"
)
"""Sizes by their words, as S, M and L."""
_NTHS = {"birinci": 1, "ikinci": 2, "ucuncu": 3, "first": 1, "second": 2, "third": 3}
_NTH = re.compile(rf"(?<!\w)(?:{'|'.join(_NTHS)})(?= )")
"""`birinci koli` beside the "Koli 1" of the facts."""
_LETTERED = re.compile(r"(?<!\w)[a-z]{2,6}-\d{2,8}(?!\w)")
"""A code whose letters are no words."""
_APART = ("acik", "kapal")
"""Open and closed, where they tell one thing from another: the open pool, the covered one."""
_LIMITS = frozenset({"uzeri", "ustu", "ustun", "altin", "alti", "above", "over", "below", "under"})
_PLAIN = frozenset({"@was", "@session", "@package", "@included", "@month", "tek", "tum", "dahil"})
PROCESSES = frozenset(
    f"@{name}"
    for name in (
        "order", "return_", "exchange", "appointment", "approve", "cancel", "open", "record",
        "track", "free_slot", "campaign", "discount", "same_day", "doctor", "decision",
    )
)  # fmt: skip
"""What many facts of a business speak of: it names no row."""


def keys(claims: Iterable[Claim]) -> frozenset[str]:
    """Figures as words that tell things apart."""
    found: set[str] = set()
    for claim in claims:
        value = claim.value
        if claim.kind == "weekday":
            found.add(f"wd{value[0]}")
        elif claim.kind == "date":
            found |= {f"dm{value[0]}-{value[1]}", *(f"wd{day}" for day in weekday_of(claim))}
        elif claim.kind == "dotted":
            found.add(f"dm{value[1]}-{value[0]}")
        elif claim.kind == "measure":
            found.add(f"c:{value[0]}")
        elif claim.kind == "number" or (claim.kind == "amount" and value[1] in SIZED):
            found.add(f"n{value[0]}")
        elif claim.kind == "code":
            found.add(f"c:{value[0]}")
        elif claim.kind == "time":
            hour, minute = value[0].split(":")
            found.add(f"v:{int(hour) % 12}:{minute}")
        elif claim.kind in {"amount", "money", "percent"}:
            found.add("v:" + " ".join(value))
    return frozenset(found)


@lru_cache(maxsize=8_192)
def worded(folded: str) -> frozenset[str]:
    found = set(terms(_LETTERED.sub(" ", folded))) - {"@price"}
    found |= {stem for stem in _APART if stem in folded} if "@open" in found else set()
    found |= {f"c:{m.group().replace('-', '')}" for m in _CODE.finditer(folded)}
    found |= {
        f"m:{letter}"
        for m in marks("subject.lettered").finditer(folded)
        for letter in m.groups()
        if letter
    }
    found |= {f"m:{m.lastgroup}" for m in _SIZES.finditer(folded)}
    found |= {f"c:{m.group(1) or m.group(2)}" for m in marks("subject.coupon").finditer(folded)}
    found |= {
        f"{NTH}{m.lastgroup[1:]}" for m in marks("subject.nth").finditer(folded) if m.lastgroup
    }
    found |= {MONTH + month for month in find_months(folded)}
    found |= packs(folded)
    found |= {f"n{_NTHS[m.group()]}" for m in _NTH.finditer(folded)}
    found -= _LIMITS
    found |= {"@limit"} if qualifiers(folded) & {"@over", "@under"} else set()
    cost = costs(folded)
    return frozenset(found | {f"@{cost}"} if cost else found)


def about(folded: str, claims: Iterable[Claim] = ()) -> frozenset[str]:
    """All words and keys of a text that may tell one thing from another."""
    figures = keys(claims)
    words = worded(folded)
    if any(key.startswith(DAYS[1]) for key in figures):
        words = frozenset(w for w in words if not w.startswith(MONTH))
    return words | figures


def named(found: Iterable[str]) -> frozenset[str]:
    """Words that name a thing: no keys, no qualifiers."""
    return frozenset(
        t for t in found if not _KEY.fullmatch(t) and t not in _PLAIN and not serves(t)
    )


def holds_words(found: Iterable[str]) -> bool:
    """Whether any of the words is more than a key or a word of any price."""
    return any(not _KEY.fullmatch(t) and t not in _PLAIN for t in found)


def is_key(term: str) -> bool:
    """Whether it is a figure, a code, a day or a qualifier."""
    return bool(_KEY.fullmatch(term))


def union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def within(word: str, among: frozenset[str]) -> bool:
    """Whether a word or one akin to it is among others."""
    if word in among:
        return True
    key = kin(word)
    return any(kin(o) == key and akin(word, o) for o in among)


def alike(left: Claim, right: Claim) -> bool:
    """Values of one kind, which could be mistaken for each other."""
    if left.kind in {"date", "dotted"} and right.kind in {"date", "dotted"}:
        return True
    if left.kind != right.kind:
        return False
    if left.kind == "amount":
        return _unit(left) == _unit(right)
    return left.kind != "number"


_LIKE = {"instalment": "month", "work_day": "day", "km": "length", "hour": "minute"}
"""Units that are taken for each other."""


def _unit(claim: Claim) -> str:
    unit = claim.value[1]
    return _LIKE.get(unit, unit)

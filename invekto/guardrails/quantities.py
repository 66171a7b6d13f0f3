"""What prices are for and how many are asked for: so many nights, per person, from ten pieces on."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from invekto.guardrails.claims import Claim
from invekto.guardrails.readings import marks

RULES = Path(__file__).parent / "rules" / "quantities.yaml"
MOST = 10_000
"""The highest count of anything."""
_PER = (
    r"(?<!\w)(?:{n})\w{{0,3}} bas(?:i|ina)(?!\w)",
    r"/ ?(?:{n})(?!\w)",
    r"\bper (?:{n})(?!\w)",
    r"\b(?:an?|each|every|one|her) (?:{n})(?!\w)",
    r"\b(?:tek|bir|1) (?:{n})(?!\w)",
    r"(?<!\w)(?:لل|ل|في ال|بال|كل )(?:{n})(?!\w)",
    r"(?<!\w)ال(?:{n}) الواحده?|سعر ال(?:{n})(?!\w)",
)
_OWN = r"(?<!\w)(?<!\d )(?:{n})(?:l[iu]k|l[iu]g[iu]|si|sin[ei]|i|inde)(?!\w)"
"""`gecelik`, `metresi`, `seansı`."""
_BARE = r"(?<!\w)(?:{n})\W{{0,3}}$"
_NUMBERED = re.compile(
    r"(?:\d|\b(?:iki|uc|dort|bes|alti|yedi|sekiz|dokuz|on|yirmi|otuz|kirk|elli|yuz|bin|two|three|four|five|six|seven|eight|"
    r"nine|ten|twelve|cift))[ '-]{1,2}$"
)
_SMALL = {
    1: "bir|tek|one|an?", 2: "iki|two|both|اثن(?:ان|ين|تان|تين)", 3: "uc|three|ثلاثه?", 4: "dort|four|اربعه?", 5: "bes|five|خمسه?",
    6: "alti|six|سته?", 7: "yedi|seven|سبعه?", 8: "sekiz|eight|ثماني?ه?", 9: "dokuz|nine|تسعه?", 10: "ten|عشره?",
}  # fmt: skip
_WORD = re.compile(
    "|".join(rf"(?<!\w)[وبل]?(?:ال)?(?P<n{n}>{w})(?= [^\W\d_]{{2}})" for n, w in _SMALL.items())
)
_DUAL = re.compile(r"(?<!\w)[^\W\d_a-z]{3,9}ت(?:ين|ان)(?!\w)")
"""The Arabic ending of two things."""
_TEN = re.compile(r"(?<!\w)on(?= [^\W\d_]{2})")
"""Small numbers in words before a noun."""
_ONCE = re.compile(
    r"tek sefer|bir defa|konaklama basi|siparis basi|one[- ]time|once\b|\bper (?:stay|order|booking)|\bone-off|مره واحده|لكل اقامه"
)
_SETS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10,
    "ikili": 2, "uclu": 3, "dortlu": 4, "besli": 5, "altili": 6, "yedili": 7, "sekizli": 8,
    "onlu": 10, "on ikili": 12,
}  # fmt: skip
_SET = re.compile(
    rf"(?<!\w)(?:(?P<word>(?:two|three|four|five|six|ten)(?=[- ]pack)|{'|'.join(w for w in _SETS if w.endswith(('li', 'lu')))})|(?P<n>\d{{1,3}})(?:'?l[iu]\b|[- ]pack\b|x(?= ?$))|pack of (?P<of>\d{{1,3}}))"
)
_OVER = re.compile(r"(?:over|more than|from|اكثر من|فوق) (\d{1,3}(?:[.,]\d{3})?|\d{1,5})(?![\d:])")
_UP_TO = re.compile(
    r"(?:up to|until|حتي) (\d{1,3}(?:[.,]\d{3})?|\d{1,5})(?![\d:])|(?<![\d.,:])(\d{1,3}(?:[.,]\d{3})?|\d{1,5})(?: \w{1,10})?'?[ey]?[ae]? kadar"
)
_BETWEEN = re.compile(r"(?<![\d.,:-])(\d{1,5})(?:-| الي )(\d{1,5})(?![\d:-])")


@dataclass(frozen=True, slots=True)
class Count:
    """So many of a unit, or of what stands after it."""

    number: int
    unit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """From so many to so many."""

    low: int
    high: int

    def holds(self, number: int) -> bool:
        return self.low <= number <= self.high


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=1)
def _nouns() -> dict[str, re.Pattern[str]]:
    return {unit: re.compile("|".join(words)) for unit, words in _data()["nouns"].items()}


@lru_cache(maxsize=1)
def _pers() -> dict[str, re.Pattern[str]]:
    found = {}
    for unit, words in _data()["nouns"].items():
        noun = "|".join(words)
        found[unit] = re.compile("|".join(p.format(n=noun) for p in _PER))
    return found


@lru_cache(maxsize=1)
def _owns() -> dict[str, re.Pattern[str]]:
    return {u: re.compile(_OWN.format(n="|".join(w))) for u, w in _data()["nouns"].items()}


@lru_cache(maxsize=1)
def _bares() -> dict[str, re.Pattern[str]]:
    return {u: re.compile(_BARE.format(n="|".join(w))) for u, w in _data()["nouns"].items()}


@lru_cache(maxsize=4_096)
def per(before: str, after: str) -> frozenset[str]:
    """The units of which a price is for one, by the words before and after it."""
    text = f"{before} # {after}"
    found = {unit for unit, pattern in _pers().items() if pattern.search(text)}
    for unit, pattern in _owns().items():
        if unit in {"person", "room", "child"} or unit in found:
            continue
        if any(not _NUMBERED.search(text[: m.start()]) for m in pattern.finditer(text)):
            found.add(unit)
    for unit, pattern in _bares().items():
        match = pattern.search(before)
        if match and not _NUMBERED.search(before[: match.start()]):
            found.add(unit)
    if re.search(r"\bpp\b", after):
        found.add("person")
    if re.search(r"\beach\b|\btanesi|\bapiece\b|\bbirim\b|\bteki\b|للقطعه", text):
        found.add("piece")
    return frozenset(found)


def once(text: str) -> bool:
    """Whether a price is paid once, however many nights or people there are."""
    return bool(_ONCE.search(text))


def counts(folded: str, claims: Iterable[Claim], language: str = "en") -> list[Count]:
    """What a text counts, with units where they are told; `on` is ten in Turkish only."""
    claims = list(claims)
    found = [
        Count(
            int(c.value[0]),
            _unit(folded, c.end, folded[c.start : c.end]) or _own_unit(c),
            c.start,
            c.end,
        )
        for c in claims
        if c.kind in {"amount", "number"} and c.value[0].isdecimal()
    ]
    tens = _TEN.finditer(folded) if language == "tr" else ()
    for match in itertools.chain(_WORD.finditer(folded), tens):
        if not any(c.start <= match.start() < c.end for c in claims):
            number = int(str(match.lastgroup or "n10")[1:])
            unit = _unit(folded, match.end(), "")
            if unit or number > 1:
                found.append(Count(number, unit, *match.span()))
    for unit, words in _data()["pairs"].items():
        found += [Count(2, unit, *m.span()) for m in re.finditer(words, folded)]
    taken = {c.start for c in found}
    found += [Count(2, "", *m.span()) for m in _DUAL.finditer(folded) if m.start() not in taken]
    told = (c for c in found if 1 <= c.number <= MOST and not _LABEL.search(folded[: c.start]))
    return sorted(
        (c for c in told if not _SET.match(folded, c.start) and not _SIZED.match(folded, c.end)),
        key=lambda c: c.start,
    )


_LABEL = re.compile(r"\d ?[x×+*/.,:-]$|[a-z]-$")
_SIZED = re.compile(r" ?[x×*] ?\d|[+*/:-]\d")
"""A figure of a size or of a name: `70x100`, `2+1`."""


def sets(folded: str) -> frozenset[int]:
    """Sizes of sets that are named: `dörtlü`, `4'lü`, `pack of 6`."""
    found = _SET.finditer(folded)
    return frozenset(
        _SETS[m.group("word")] if m.group("word") else int(m.group("n") or m.group("of"))
        for m in found
    )


def _own_unit(claim: Claim) -> str:
    """The unit of a measure, which counts no things."""
    return claim.value[1] if claim.kind == "amount" and claim.value[1] != "piece" else ""


def _unit(folded: str, end: int, inside: str) -> str:
    """The unit that follows a count, or that it is written with."""
    if _AGED.match(folded, end) or _AGED.search(inside):
        return "age"
    after = _GAP.match(folded, end)
    place = after.end() if after else end
    for unit, noun in _nouns().items():
        if noun.match(folded, place) or _inside()[unit].search(inside):
            return unit
    return ""


_AGED = re.compile(r"[ -]?yas(?:ind|l[iu]|\b)|[ -]year-old| ?years? old|-old\b")
"""What makes a figure an age, which counts nothing."""
_GAP = re.compile(
    r"[ -]{1,2}(?:(?:ek|ilave|extra|more|additional|full|tam|single|separate|adult) )?"
)


@lru_cache(maxsize=1)
def _inside() -> dict[str, re.Pattern[str]]:
    return {u: re.compile(rf"(?<![^\W\d_])(?:{'|'.join(w)})") for u, w in _data()["nouns"].items()}


def step_of(text: str) -> Step | None:
    """From how many to how many something holds."""
    between = _BETWEEN.search(text)
    if between and int(between.group(1)) < int(between.group(2)):
        return Step(int(between.group(1)), int(between.group(2)))
    upwards = marks("quantities.upwards").search(text) or _OVER.search(text)
    if upwards:
        return Step(_figure(upwards.group(1)), MOST * 100)
    up_to = _UP_TO.search(text)
    return Step(1, _figure(up_to.group(1) or up_to.group(2))) if up_to else None


@lru_cache(maxsize=2_048)
def steps(fact: str) -> tuple[Step, ...]:
    """Every step of a fact, but those up to a limit."""
    ranges = ((int(m.group(1)), int(m.group(2))) for m in _BETWEEN.finditer(fact))
    found = [Step(low, high) for low, high in ranges if low < high]
    for pattern in (marks("quantities.upwards"), _OVER):
        found += [Step(_figure(m.group(1)), MOST * 100) for m in pattern.finditer(fact)]
    return tuple(found)


def _figure(text: str) -> int:
    return int(re.sub(r"\D", "", text))

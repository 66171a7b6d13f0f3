"""Clauses and the terms that say what they are about, the same in three languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.claim_words import words
from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.flat import flat
from invekto.guardrails.readings import marks
from invekto.guardrails.records_read import records
from invekto.guardrails.stems import StemIndex

RULES = Path(__file__).parent / "rules"
STEM = 5
_SENTENCE = re.compile(r"[;\n|!?؟]+|\.(?=\s|$)")
_FIELD = re.compile(r"(?:^|;)\s*[\w ]{2,24}[=:]")
"""A record's field, such as `stok=3`: its parts are about one thing."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_MODEL = re.compile(
    r"(?<![\w])[a-z]{1,4}\d{1,4}(?!\w)|(?<![\w'])(?:xs|s|m|l|xl|xxl|xxxl)(?!\w|'(?:s|m|re|ll|ve|d|t)\b)"
)
_QUALIFIED = {
    "@over": r"\b(?:alt limit|uzeri|ustu|ustunde|gec(?:erse|tig|inc|en\\b|iyorsa|ti)|asan|asar|exceed\w{0,3}|above|over|more than)\w{0,6}|فوق|اكثر من|تجاوز|تتجاوز|يتجاوز",
    "@under": r"(?<!goz )\b(?:alti|altinda|under|below|less than)\b|\baltinda\w{0,5}|اقل من|تحت",
    "@only": r"\b(?:yalniz\w{0,2}|sadece|only|just|ilk \d{1,2}|first \d{1,2}|first (?:two|three|four|five|six)|ilk (?:iki|uc|dort|bes|alti)|ilk (?:siparis|islem|alisveris|randevu|uyelik|degisim|kargo|iade)\w{0,3}|first (?:order|visit))\b|فقط|\b(?:ocak|subat|mart|nisan|mayis|haziran|"
    r"temmuz|agustos|eylul|ekim|kasim|aralik|january|february|march|april|may|june|july|august|"
    r"september|october|november|december)\w{0,3}[ ]?[-–][ ]?[a-z]{3,9}",
    "@from": r"\b(?:baslar|baslayan|baslayarak|itibaren|starts?|starting|from)\b|ابتداء|تبدا",
    "@every": r"\b(?:her|tum|butun|tumu\w{0,3}|tamam(?:i|in)\w{0,4}|hepsi|hicbir|all|every|any|yil boyu|year[- ]round|always|her zaman|daima|no minimum)\b|\b(?:alt limit yok|boyunca)\b|كل|جميع|طوال|دائما",
}  # fmt: skip
_QUALIFIERS = {name: re.compile(pattern) for name, pattern in _QUALIFIED.items()}
SIZED = frozenset(
    {"size", "length", "litre", "weight", "heat", "power", "charge", "suction", "room", "part"}
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a sentence: its place, its terms, those of its sentence, and its claims."""

    start: int
    end: int
    text: str
    terms: frozenset[str]
    around: frozenset[str]
    claims: tuple[Claim, ...]
    marks: frozenset[str]
    """Qualifiers: over, under, only, from, every."""


@lru_cache(maxsize=1)
def _glossary() -> StemIndex:
    return StemIndex(yaml.safe_load((RULES / "glossary.yaml").read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _skipped() -> frozenset[str]:
    """Words that say nothing of the subject, cut to stems."""
    table = words()
    skip = {flat(str(w)) for w in table["stop_words"]}
    for group in ("months", "weekdays", "currencies", "units"):
        skip |= {flat(str(w)).lstrip("=") for entries in table[group].values() for w in entries}
    return frozenset(w[:STEM] for w in skip)


@lru_cache(maxsize=1)
def _predicates() -> tuple[str, ...]:
    """Beginnings of words that state rather than name."""
    return tuple(flat(str(w)) for w in words()["predicates"])


@lru_cache(maxsize=4_096)
def terms(folded: str) -> frozenset[str]:
    """Glossary meanings (`@ship`) and the stems of other content words."""
    found: set[str] = set()
    skipped, predicates = _skipped(), _predicates()
    covered = bytearray(len(folded))
    for start, end, meaning in _glossary().find(folded):
        found.add("@" + meaning)
        covered[start:end] = b"\1" * (end - start)
    for match in _WORD.finditer(folded):
        if 1 in covered[match.start() : match.end()]:
            continue
        word = match.group()
        if word.startswith(("ال", "لل")) and len(word) > 4:
            word = word[2:]
        elif word[0] in "وبلف" and len(word) > 5 and word[1:3] == "ال":
            word = word[3:]
        stem = word[:STEM]
        if len(stem) >= 3 and stem not in skipped and not stem.startswith(predicates):
            found.add(stem)
    found.update(f"m:{m.group()}" for m in _MODEL.finditer(folded))
    if "@size" in found and "beden" not in folded and marks("wording.to_you").search(folded):
        found.discard("@size")
    return frozenset(found)


def _keyed(claims: tuple[Claim, ...]) -> set[str]:
    """Days, sizes and small numbers tell things apart as words do."""
    found = set()
    for claim in claims:
        if claim.kind == "weekday":
            found.add(f"wd{claim.value[0]}")
        elif claim.kind == "date":
            found.add(f"dm{claim.value[0]}-{claim.value[1]}")
            found |= {f"wd{day}" for day in weekday_of(claim)}
        elif claim.kind == "dotted":
            found.add(f"dm{claim.value[1]}-{claim.value[0]}")
        elif claim.kind == "number" or (claim.kind == "amount" and claim.value[1] in SIZED):
            found.add(f"n{claim.value[0]}")
    return found


def weekday_of(claim: Claim) -> set[str]:
    """The day of the week of a date with its year."""
    if not claim.year:
        return set()
    try:
        return {str(date(claim.year, int(claim.value[0]), int(claim.value[1])).isoweekday())}
    except ValueError:
        return set()


def clauses(raw: str, folded: str, language: str, *, fine: bool = True) -> list[Clause]:
    """The text cut at punctuation and, where `fine`, at "and" and "or"; claims kept whole."""
    claims = find_claims(raw, folded, language)

    def whole(match: re.Match[str]) -> bool:
        return not any(c.start < match.end() and match.start() < c.end for c in claims)

    cuts = [
        m.span()
        for m in (marks("wording.break") if fine else marks("wording.strong")).finditer(folded)
        if whole(m)
    ]
    record = len(_FIELD.findall(folded)) >= 2
    ends = [
        m.start()
        for m in _SENTENCE.finditer(folded)
        if whole(m) and not (record and m.group() == ";")
    ]
    pieces: list[Clause] = []
    at = 0
    for start, end in [*cuts, (len(folded), len(folded))]:
        if folded[at:start].strip():
            first = max((e for e in ends if e <= at), default=0)
            last = min((e for e in ends if e >= start), default=len(folded))
            inside = tuple(c for c in claims if at <= c.start < max(start, at + 1))
            beside = tuple(c for c in claims if first <= c.start < last)
            pieces.append(_clause(folded, (at, start), (first, last), inside, beside))
        at = end
    return pieces


@lru_cache(maxsize=8_192)
def qualifiers(folded: str) -> frozenset[str]:
    """Qualifiers of a text: over, under, only, from, every."""
    return frozenset(name for name, pattern in _QUALIFIERS.items() if pattern.search(folded))


def _clause(
    folded: str,
    place: tuple[int, int],
    sentence: tuple[int, int],
    inside: tuple[Claim, ...],
    beside: tuple[Claim, ...],
) -> Clause:
    text = folded[slice(*place)]
    around = folded[slice(*sentence)]
    marks = qualifiers(text)
    return Clause(
        *place,
        text,
        frozenset(terms(text) | _keyed(inside) | (marks - {"@every"})),
        frozenset(terms(around) | _keyed(beside)),
        inside,
        marks,
    )


@lru_cache(maxsize=2_048)
def fact_clauses(fact: str, language: str, fine: bool = True) -> tuple[Clause, ...]:
    """The clauses of one fact. Kept: the tenant's own facts come with every reply."""
    fact = spread(fact)
    return tuple(clauses(fact, flat(fact), language, fine=fine))


_LISTED = re.compile(r"([^\W\d]{2,20}(?: [^\W\d]{2,20})?): ([^\n]{5,1000})$")
_PLACED = re.compile(r"\d{1,2}[.:]\d{2}\b")
"""`Boş: 28.11. 11.00; 28.11. 12.30`: the word before the colon goes with every part."""
_HEADED = re.compile(r"([^:;=\n]{2,40}): ([^:;=\n]{5,300})$")
_LABELLED = re.compile(r"[^\W\d_]{2,14}(?: [^\W\d_]{2,14})? \d{1,4}(?: [^\W\d_]{1,8})?\.?")
"""`38 beden: göğüs 92 cm, bel 74 cm`: every part is about what stands before the colon."""
_LIST = re.compile(r"\[([^\[\]]{1,200})\]")


_ASIDE = re.compile(r"\s\(((?!\d)[^\W\d_][^()]{1,60} [^()]{2,60})\)")
"""Words in brackets tell something of their own."""
_NUMBERS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{1,3}){2,20}(?![\d,]|\.\d)")


def _apart(match: re.Match[str]) -> str:
    """`36,37,39` are three numbers, `1,250,000` is one."""
    later = match.group().split(",")[1:]
    whole = all(len(part) == 3 for part in later)
    return match.group() if whole else match.group().replace(",", ", ")


def spread(fact: str) -> str:
    """Lists of a record told one by one: `beden=[S,M]; adet=[0,4]` also as `S stok=0`; a JSON
    record as its fields."""
    if fact.lstrip()[:1] in "{[":
        fact = "\n".join(records(fact))
    fact = _NUMBERS.sub(_apart, _ASIDE.sub(r", \1", fact))
    listed = _LISTED.match(fact)
    if listed:
        parts = [part.strip() for part in listed.group(2).split(";")]
        if len(parts) > 1 and all(_PLACED.search(part) and "=" not in part for part in parts):
            return "; ".join(f"{listed.group(1)}: {part}" for part in parts)
    headed = _HEADED.match(fact)
    if headed and len(_FIELD.findall(flat(fact))) < 2:
        parts = headed.group(2).split(", ")
        if len(parts) > 1 and all(_LABELLED.fullmatch(part) for part in parts):
            return "; ".join(f"{headed.group(1)} {part}" for part in parts)
    lists = [m.group(1).replace('"', "").split(",") for m in _LIST.finditer(fact)]
    apart = _LIST.sub(lambda m: "[" + m.group(1).replace(",", ", ") + "]", fact)
    if len(lists) == 2 and len(lists[0]) == len(lists[1]):
        pairs = [f"{name.strip()} stok={count.strip()}" for name, count in zip(*lists, strict=True)]
        return "; ".join([apart, *pairs])
    return apart


def kin(term: str) -> str:
    """What terms that are akin have in common: their first letters, or the whole of a term that
    must be the same."""
    return term if len(term) < 4 or term[0] in "@m" else term[:4]


@lru_cache(maxsize=32_768)
def kins(terms: frozenset[str]) -> frozenset[str]:
    """Of every term; where these are disjoint no two terms are akin."""
    return frozenset(map(kin, terms))


def overlap(left: frozenset[str], right: frozenset[str]) -> int:
    """Terms in common, one being the beginning of the other counts."""
    return sum(any(akin(a, b) for b in right) for a in left)


def akin(left: str, right: str) -> bool:
    """The same term, or stems of which one begins the other."""
    if left == right:
        return True
    if left[:1] in "@m" or right[:1] in "@m" or min(len(left), len(right)) < 4:
        return False
    return left.startswith(right) or right.startswith(left)

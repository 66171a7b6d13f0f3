"""People other than the customer: their records among the facts, and what a reply tells of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.guardrails.flat import flat
from invekto.guardrails.gazetteer import names

RULES = Path(__file__).parent / "rules" / "others.yaml"
_ROW = re.compile(
    r"[;\n](?=\s)|(?<!\b\w)(?<!\bd[rt])(?<!\bop)(?<!\buzm)(?<!\best)(?<!\bprof)\.(?=\s+[^\W\d_])"
)
_WORD = r"[A-ZÇĞİÖŞÜ][\wçğıöşü’'-]{1,30}"
_NAME = re.compile(
    rf"{_WORD}(?: {_WORD}){{1,2}}|{_WORD} [A-ZÇĞİÖŞÜ]\.|[\u0621-\u064a]{{2,20}}(?: [\u0621-\u064a]{{2,20}})?"
)
_FULL = re.compile(
    r"(?<![\w.])([A-ZÇĞİÖŞÜ][a-zçğıöşüâ]{1,20}|[A-Z]\.) ([A-ZÇĞİÖŞÜ][\wçğıöşü]{1,25}|[A-Z]\.)"
    r"|(?<!\w)([\u0621-\u064a]{2,15}) ([\u0621-\u064a]{2,15})(?=[،,؛;.]|$)"
)
_EXAMPLE = re.compile(r"\bornegin|\bmesela|\bfor (?:example|instance)|\bsuch as|مثلا")
_VALUE = re.compile(r"\+?\d[\d ()-]{6,18}\d|[\w.+-]{1,40}@[\w.-]{1,40}\.\w{1,10}|\b[a-z]\d{7,9}\b")
_STREET = re.compile(r"\b([a-z]{4,20}) (?:mah|cad|sok|bulv|blv|street|avenue)\b")
_FORM = re.compile(r"\W{0,3}([a-z\u0621-\u064a_]{0,12}\W{0,4}[a-z]{0,3}-?)(\d{3,})")
"""What a row begins with and the number after it: rows of one form are of one list."""
_NUMBER = re.compile(r"(?<!\w)[a-z]{0,3}-?\d{2,6}(?!\w)")
AROUND = 24
"""Characters before and after a name in which a word says that it is one of the staff."""
NAMELESS = "?"
"""Stands for the customer whose own record does not tell the name."""
HEAD = 40
"""Characters of a record in which its number stands."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the facts with the person it is about. `own` where it says that this is who
    writes, `apart` where it says that it is not."""

    text: str
    person: str
    own: bool = False
    apart: bool = False


def of_others(reply: str, facts: Sequence[str]) -> str | None:
    """The name or a value of somebody else that the reply tells, by the records of the facts."""
    records = [record for fact in facts for record in _records(fact)]
    if not records:
        return None
    folded = flat(reply)
    mine = _mine(folded, facts, records)
    ownless = not mine and not _EXAMPLE.search(folded)
    own = " ".join(r.text for r in records if r.person in mine)
    for record in records:
        if record.person in mine or (ownless and not record.apart):
            continue
        told = _told(record, folded, own)
        if told:
            return told
    return None


def beside_the_customer(folded: str) -> bool:
    """Whether a sentence speaks of somebody next to the customer: before, after, next door."""
    return bool(_rules()["beside"].search(folded))


def sends_to(folded: str) -> bool:
    """Whether a sentence asks the customer to turn to somebody."""
    return bool(_rules()["reach"].search(folded))


def family(text: str) -> str | None:
    """A family that a sentence names."""
    match = _rules()["family"].search(text)
    return match.group() if match else None


def private_of_staff(folded: str) -> bool:
    """Whether a sentence tells of somebody who works there what is nobody's business."""
    return bool(_rules()["private"].search(folded))


def is_staff(folded: str) -> bool:
    """Whether the words beside a name say that its bearer works there."""
    return bool(_rules()["staff"].search(folded))


def _told(record: Record, folded: str, own: str) -> str | None:
    if _says(folded, record.person) and not _says(own, record.person):
        return record.person
    digits, mine = re.sub(r"\D", "", folded), re.sub(r"\D", "", own)
    for value in _VALUE.findall(record.text):
        bare = re.sub(r"\D", "", value)
        if len(bare) >= 7 and bare in digits and bare not in mine:
            return str(value)
    street = _STREET.search(record.text)
    if street and street.group() in folded and street.group() not in own:
        return street.group()
    return None


def _says(folded: str, person: str) -> bool:
    """Whether a text names a person by the last name, or the first with a title, or whole."""
    return bool(_named_so(person).search(folded))


@lru_cache(maxsize=1_024)
def _named_so(person: str) -> re.Pattern[str]:
    first, last = person.split()[0], person.split()[-1]
    name = re.escape(person if person.endswith(".") else last)
    return re.compile(
        rf"(?<!\w)(?:(?:ال)?{name}|{re.escape(first)} (?:bey|hanim))(?![a-z\u0621-\u064a])"
    )


def _mine(folded: str, facts: Sequence[str], records: Sequence[Record]) -> frozenset[str]:
    """The customer's own names: told by a fact, spoken to, or of the first record that the reply
    names by its number."""
    asks = _rules()["asks"]
    told = {m.group(1).strip(" .") for fact in facts if (m := asks.match(flat(fact)))}
    people = {r.person for r in records}
    known = {p for p in people if any(p in t or t in p for t in told)}
    if told:
        return frozenset(known | told)
    called = {r.person for r in records if not r.apart and _called(r.person).search(folded)}
    if called:
        return frozenset(called)
    if len(people) < 2:
        return _listed(folded, facts, records)
    own = {r.person for r in records if r.own and not r.apart}
    return frozenset(own) or _numbered(folded, records)


def _numbered(folded: str, records: Sequence[Record]) -> frozenset[str]:
    for record in records:
        if not record.apart and any(
            re.search(rf"(?<!\w){re.escape(number)}(?!\w)", folded)
            for number in _NUMBER.findall(record.text[:HEAD])
        ):
            return frozenset({record.person})
    return frozenset()


def _listed(folded: str, facts: Sequence[str], records: Sequence[Record]) -> frozenset[str]:
    """The customer of a row without a name, whose number the reply tells where the same list has
    somebody's row as well."""
    rows = [row for fact in facts if (row := _FORM.match(flat(fact)))]
    people = [row.groups() for record in records if (row := _FORM.match(record.text))]
    named = any(
        form == row.group(1) and number != row.group(2)
        for row in rows
        if re.search(rf"{row.group(2)}(?!\d)", folded)
        for form, number in people
    )
    return frozenset({NAMELESS} if named else ())


@lru_cache(maxsize=1_024)
def _called(person: str) -> re.Pattern[str]:
    """How a reply speaks to somebody of this name."""
    first, last = re.escape(person.split()[0]), re.escape(person.split()[-1])
    return re.compile(
        rf"(?<!\w){first} (?:bey|hanim)(?![\w'])|(?:dear|sayin|hi|hello|mr|mrs|ms)\.? {first}|"
        rf"(?:mr|mrs|ms)\.? {last}|^{first},|, {first}[.!?]"
    )


@lru_cache(maxsize=4_096)
def _records(fact: str) -> tuple[Record, ...]:
    folded = flat(fact)
    if _rules()["asks"].match(folded):
        return ()
    rows = [0, *(m.end() for m in _ROW.finditer(folded)), len(fact)]
    found = []
    for start, end in itertools.pairwise(rows):
        text = folded[start:end]
        own, writes, apart = (bool(_rules()[k].search(text)) for k in ("own", "writes", "apart"))
        people = _named(fact, folded, start, end) or [NAMELESS] * writes
        found += [Record(text, name, own or writes, apart) for name in people]
    return tuple(found)


def _named(fact: str, folded: str, start: int, end: int) -> list[str]:
    """Whom a row names: after a word for a customer, else by a listed first name with another."""
    cue = _rules()["about"].search(folded, start, end)
    name = _NAME.match(fact, cue.end()) if cue else None
    if name and name.end() <= end:
        return [folded[name.start() : name.end()].strip()]
    return [
        folded[m.start() : m.end()]
        for m in _FULL.finditer(fact, start, end)
        if _is_customer(folded, m, start, end)
    ]


def _is_customer(folded: str, name: re.Match[str], start: int, end: int) -> bool:
    """Whether a listed first name and what follows it are somebody's who does not work there."""
    groups = (3, 4) if name.group(3) else (1, 2)
    first, second = (folded[slice(*name.span(group))] for group in groups)
    known = names()
    surname = second in known.surnames | known.given or (
        second.endswith(".") and not first.endswith(".")
    )
    listed = first in known.foreign or first in known.arabic
    listed |= (first.endswith(".") or first in known.given) and surname
    if not listed or _rules()["no_surname"].match(second):
        return False
    before = folded[max(start, name.start() - AROUND) : name.start()]
    after = folded[name.end() : min(end, name.end() + AROUND)]
    return not (is_staff(before) or is_staff(after))


@lru_cache(maxsize=1)
def _rules() -> dict[str, re.Pattern[str]]:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return {name: re.compile("|".join(patterns)) for name, patterns in data.items()}

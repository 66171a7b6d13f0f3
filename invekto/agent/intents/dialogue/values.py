"""Answers to open questions: a number, a date, a size, a reason, a name, a phone number."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import cache

from invekto.agent.intents.dialogue.options import OTHER
from invekto.agent.intents.dialogue.proof import read_proof
from invekto.agent.intents.dialogue.reading import Reading, listed
from invekto.agent.intents.entities import sizes
from invekto.agent.intents.entities.find import find_entities
from invekto.agent.intents.words import TenantWords
from invekto.contracts.understanding import DialogueAnswer
from invekto.text.fold import fold
from invekto.text.normalise import lower
from invekto.text.numbers import find_numbers

_BARE_DAY = re.compile(
    r"\W*(?:ayin )?(\d{1,2})'?(?:i|u|si|su|ine|ina|sine|ini|th|st|nd|rd)?"
    r"(?: olsun| olur| uygun)?\W*"
)
_NAME_LEAD = re.compile(
    r"^(?:.*?[,:]\s*)?(?:benim\s+)?(?:ad[ıi]m|ad[ıi]|ismim|isim|ben|my name is|i am|i'm|name is"
    r"|it's|this is|اسمي|انا|الاسم|أنا)\s*[:,]?\s*",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+){0,3}")
_ENTITY = {"reason": "return_reason"}
"""Entity kinds that are named otherwise than the question."""


def read_value(
    kind: str,
    raw: str,
    reading: Reading,
    language: str,
    now: datetime,
    words: TenantWords | None = None,
) -> DialogueAnswer:
    """The value in an answer to an open question; `other` where there is none."""
    if reading.has("withhold"):
        return DialogueAnswer("no")
    if reading.has("any"):
        return DialogueAnswer("any")
    if kind == "name":
        return _name(raw, reading, language)
    if kind == "text":
        return DialogueAnswer("value", None, raw.strip()) if raw.strip() else OTHER
    if kind == "proof":
        proof = read_proof(raw)
        return OTHER if proof is None else DialogueAnswer("value", None, proof)
    value = _value(kind, raw, reading, language, now, words)
    return OTHER if value is None else DialogueAnswer("value", None, value)


def _value(
    kind: str,
    raw: str,
    reading: Reading,
    language: str,
    now: datetime,
    words: TenantWords | None,
) -> object | None:
    found = find_entities(raw, language, now, words)
    wanted = {"date": ("date", "time"), "time": ("time", "date")}.get(
        kind, (_ENTITY.get(kind, kind),)
    )
    for name in wanted:
        values = [e.value for e in found if e.kind == name]
        if values:
            chosen: object = values[-1] if kind in ("date", "time") else values[0]
            return chosen
    if kind in ("date", "time"):
        return _bare_day(reading.text, now)
    if kind == "size":
        return _bare_size(raw, reading, language)
    if kind == "quantity":
        return next((int(n.value) for n in find_numbers(raw, language)), None)
    if kind == "reason":
        return next((v for cue, v in _words("reason_words").items() if cue in reading.text), None)
    return None


@cache
def _words(name: str) -> dict[str, str]:
    return {fold(str(word)): str(value) for word, value in listed(name).items()}


def _bare_day(text: str, now: datetime) -> str | None:
    match = _BARE_DAY.fullmatch(text)
    if match is None or not 1 <= int(match.group(1)) <= 31:
        return None
    day = int(match.group(1))
    start: date = now.date()
    for offset in range(62):
        one = start + timedelta(days=offset)
        if one.day == day:
            return one.isoformat()
    return None


def _bare_size(raw: str, reading: Reading, language: str) -> str | None:
    for word in reading.words:
        if re.fullmatch(r"[2-6]?x{0,4}[sml]", word):
            return sizes.letter_size(word)
        if word in _words("size_words"):
            return _words("size_words")[word]
    numbers = [int(n.value) for n in find_numbers(raw, language) if n.value == int(n.value)]
    fitting = [n for n in numbers if 16 <= n <= 60]
    return str(fitting[0]) if len(numbers) == 1 and fitting else None


def _name(raw: str, reading: Reading, language: str) -> DialogueAnswer:
    bare = _NAME_LEAD.sub("", raw.strip(), count=1).strip(" .!,")
    said = Reading.of(bare)
    if "?" in reading.text or said.has("question") or said.has("undecided"):
        return OTHER
    if not _NAME.fullmatch(bare):
        return OTHER
    return DialogueAnswer("value", None, title_case(bare, language))


def title_case(name: str, language: str) -> str:
    """A name in capitals and small letters by the rules of the language (ışıl → Işıl)."""
    turkish = "tr" if language == "tr" else None
    parts = [lower(part, turkish) for part in name.split()]
    return " ".join(_capital(part, turkish) + part[1:] for part in parts)


def _capital(part: str, turkish: str | None) -> str:
    return "İ" if turkish and part[0] == "i" else part[0].upper()

"""Order numbers, tracking numbers and phone numbers, on folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from invekto.agent.intents.entities.table import words_of

_DIGITS = re.compile(r"(?<![\w+])\+?\(?\d(?:[\d()/]|[ .-](?=[\d(]))*\d(?!\w)|(?<!\w)\d{6,}")
_PREFIXED = re.compile(r"(?<![\w#])#?\s?([a-z]{2,3})[ -]?(\d{4,7})(?!\w)")
_HASH = re.compile(r"#\s?(\d{4,12})(?!\w)")
_TRACKING = re.compile(r"(?<!\w)(kp\d{9,13}|[a-z]{2}\d{9}tr|1z[a-z0-9]{16})(?!\w)")
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?(?!\w)")
_NOT_PREFIXES = ("tr", "no", "kg", "tl", "cm", "gb", "ml", "ve", "de", "da", "eu", "to", "in", "at")
_NEAR = 28
"""Characters before (and half of it after) a number in which a cue speaks for it."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entity on folded text, before its offsets are brought back to the raw text."""

    kind: str
    begin: int
    finish: int
    value: object
    confidence: float = 1.0


def find_numbers(text: str) -> list[Found]:
    """Order, tracking and phone numbers in folded `text`; identity numbers and IBANs are none."""
    taken = [m.span() for m in _IBAN.finditer(text) if text[m.start() : m.end()].count(" ") < 9]
    taken = [span for span in taken if sum(c.isdigit() for c in text[slice(*span)]) >= 15]
    found = [
        Found("tracking_number", *m.span(), m.group().upper()) for m in _TRACKING.finditer(text)
    ]
    taken += [(f.begin, f.finish) for f in found]
    for hit in (*_prefixed(text), *_digit_runs(text)):
        if not any(hit.begin < end and begin < hit.finish for begin, end in taken):
            found.append(hit)
            taken.append((hit.begin, hit.finish))
    return found


def _prefixed(text: str) -> Iterator[Found]:
    for match in _PREFIXED.finditer(text):
        letters, digits = match.groups()
        if letters not in _NOT_PREFIXES and not _is_word_before_number(letters):
            begin = match.start(1) if text[match.start()] == "#" else match.start()
            yield Found("order_number", begin, match.end(), f"{letters.upper()}-{digits}", 0.95)
    for match in _HASH.finditer(text):
        yield Found("order_number", *match.span(), match.group(1), 0.95)


def _is_word_before_number(letters: str) -> bool:
    return letters in words_of("couriers") or letters in ("sip", "tel", "cep", "gsm", "bu", "su")


def _digit_runs(text: str) -> Iterator[Found]:
    for match in _DIGITS.finditer(text):
        begin, finish = match.span()
        raw = match.group()
        while raw and not (raw[-1].isdigit()):
            raw, finish = raw[:-1], finish - 1
        digits = re.sub(r"\D", "", raw)
        kind = _kind(text, begin, finish, raw, digits)
        if kind == "phone":
            yield Found("phone", begin, finish, phone_value(raw), 0.97)
        elif kind is not None:
            yield Found(kind, begin, finish, digits, 0.9)


def _kind(text: str, begin: int, finish: int, raw: str, digits: str) -> str | None:
    if phone_value(raw) is not None:
        return "phone"
    before, after = text[max(0, begin - _NEAR) : begin], text[finish : finish + _NEAR // 2]
    last = _last_cue(before)
    size = len(digits)
    if last == "not" or not raw[:1].isdigit() or re.search(r"[()/.]", raw):
        return None
    if last == "tracking" and size >= 6:
        return "tracking_number"
    if 12 <= size <= 16 and " " not in raw:
        return "tracking_number"
    if 9 <= size <= 11:
        return "order_number"
    named = last == "order" or any(cue in after for cue in words_of("order_cues"))
    return "order_number" if named and 5 <= size <= 11 and " " not in raw else None


def _last_cue(before: str) -> str | None:
    """Which kind of number the words before it announce; the nearest word decides."""
    places: dict[str, int] = {}
    for name, table in (
        ("order", "order_cues"),
        ("tracking", "tracking_cues"),
        ("not", "not_order_cues"),
    ):
        for cue in words_of(table):
            at = before.rfind(cue)
            if at >= 0 and (at == 0 or not before[at - 1].isalnum()):
                places[name] = max(places.get(name, -1), at + len(cue))
    return max(places, key=lambda name: places[name]) if places else None


def phone_value(raw: str) -> str | None:
    """E.164 of a phone number as typed, or None: Turkish mobile and city numbers with or without
    0 and +90, foreign ones with + or 00."""
    digits = re.sub(r"\D", "", raw)
    if raw.startswith(("+", "(+")) or digits.startswith("00"):
        digits = digits.removeprefix("00")
        if digits.startswith("90"):
            return f"+{digits}" if re.fullmatch(r"90[2-58]\d{9}", digits) else None
        return f"+{digits}" if 8 <= len(digits) <= 15 else None
    if re.fullmatch(r"90[2-58]\d{9}", digits):
        return f"+{digits}"
    if re.fullmatch(r"0[2-58]\d{9}", digits):
        return f"+9{digits}"
    return f"+90{digits}" if re.fullmatch(r"5[0-6]\d{8}", digits) else None

"""What proves whose an order is, in an answer: "soyadım Yılmaz", "son dört hanesi 4567"."""

from __future__ import annotations

import re

from invekto.agent.intents.dialogue.naming import name_in
from invekto.agent.intents.dialogue.reading import Reading

_EMAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}\.[a-z]{2,24}", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w-])\+?\d(?:[ ().-]{0,2}\d){2,14}(?![\w-])")
ENDING, POSTCODE, SHORTEST_PHONE = 4, 5, 10
"""Digits of the end of a phone number, of a postcode, and at least of a whole phone number."""
_NAME = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+){0,3}")


def read_proof(text: str) -> str | None:
    """An e-mail address, the digits of a phone number, its end or a postcode, or a name; None
    where there is none of them (an IBAN proves nothing)."""
    found = _EMAIL.search(text)
    if found:
        return found.group()
    for match in _DIGITS.finditer(text):
        digits = "".join(str(int(char)) for char in match.group() if char.isdecimal())
        if len(digits) in (ENDING, POSTCODE) or len(digits) >= SHORTEST_PHONE:
            return digits
    return _name(text)


def _name(text: str) -> str | None:
    bare = _without_lead(text)
    name = name_in(bare) if bare else None
    return name if name and _NAME.fullmatch(name) else None


def _without_lead(text: str) -> str:
    """Without "soyadım", "my surname is" and the like at its beginning."""
    words = text.replace(":", " ").split()
    for size in range(min(4, len(words)), 0, -1):
        lead = Reading.of(" ".join(words[:size]))
        if lead.where("called") == (0, len(lead.words)):
            return " ".join(words[size:])
    return " ".join(words)

"""Bad input: defined results in bounded time, whatever the pattern."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import time
from dataclasses import fields, is_dataclass
from types import ModuleType

import pytest

from invekto import guardrails
from invekto.guardrails import consent, injection, pii, pseudonyms, rails
from invekto.guardrails.phrases import inflected
from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy

SECONDS = 12.0
"""For 100,000 characters on a busy machine; a runaway pattern takes minutes."""
HOSTILE = {
    "digits": "5" * 100_000,
    "spaced digits": "5 " * 50_000,
    "e-mail": "a@" * 30_000 + "a." * 20_000,
    "dashes": "-" * 50_000,
    "streets": "mah sok no 1 " * 8_000,
    "iban": "tr1 " * 20_000 + "tr" + "0" * 20_000,
    "brackets": "(" * 30_000 + "⟦" * 10_000,
    "names": "Ayşe Yılmaz " * 8_000,
    "base64": "QUJD" * 25_000,
    "hex": "41" * 50_000,
    "percent": "%41" * 30_000,
    "tags": "<a " * 20_000 + "<!--" * 10_000,
    "letters apart": "a b " * 25_000,
    "invisible": "a\u200b" * 30_000 + "\u202e" * 10_000,
    "blank": " " * 50_000 + "\n" * 50_000,
    "arabic": "شارع عبد " * 10_000,
    "number words": "beş yüz otuz " * 8_000,
    "dates": "25 kasım 1.250 TL " * 5_000,
    "placeholders": "⟦PHONE_1⟧" * 8_000,
    "quotes": "a'" * 40_000,
    "no text": "\0" * 10_000 + "\ud800" * 1_000,
}


@pytest.fixture(scope="module")
def guard() -> ReplyGuard:
    """With all that is loaded or trained at first use."""
    made = ReplyGuard(sector_policy("dental"))
    made.check(ReplyUnderCheck("merhaba", "tr", "x", "dental", []))
    pii.find("merhaba")
    injection.screen("merhaba")
    return made


@pytest.mark.parametrize("name", HOSTILE)
def test_bounded_time(guard: ReplyGuard, name: str) -> None:
    text = HOSTILE[name]
    begun = time.process_time()
    pii.find(text)
    injection.screen(text)
    consent.says_emergency(text)
    consent.read_consent_answer(text)
    pseudonyms.Pseudonyms().hide(text)
    guard.check(ReplyUnderCheck(text, "tr", "x", "dental", [text]))
    guard.check(ReplyUnderCheck(text[:5_900], "tr", "x", "dental", [text] * 50))
    assert time.process_time() - begun < SECONDS


PUMPS = (
    *("a", "1", "a ", "1 ", "a.", "-", " ", "0 5", "a@", "x_(", "<a ", "a'", "ال "),
    *("sizin ", "garanti ", "iade ", "asla "),
)
LENGTH = 3_000
SLOW = 1.0
"""Seconds of one pattern for all pumps; they take a thousandth, a runaway one minutes."""
FEWEST = 300
"""The room has more; fewer found means that the walk no longer reaches them."""


def modules() -> list[ModuleType]:
    """Every module of the room."""
    found = pkgutil.walk_packages(guardrails.__path__, f"{guardrails.__name__}.")
    return [importlib.import_module(module.name) for module in found]


def compiled() -> set[re.Pattern[str]]:
    """Every pattern of the room: those of its modules, and those made of data, which stand in
    what a function without arguments keeps."""
    found = {
        inflected(phrase)
        for path in rails.SECTORS.glob("*.yaml")
        for phrase in sector_policy(path.stem).banned
    }
    for module in modules():
        for value in list(vars(module).values()):
            collect(value, found, depth=0)
            if hasattr(value, "cache_info") and not inspect.signature(value).parameters:
                collect(value(), found, depth=0)
    return found


def collect(value: object, found: set[re.Pattern[str]], *, depth: int) -> None:
    """The patterns inside a value."""
    if isinstance(value, re.Pattern):
        found.add(value)
    elif depth > 5 or isinstance(value, str | bytes | type):
        return
    elif isinstance(value, dict):
        collect(list(value.values()), found, depth=depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            collect(item, found, depth=depth + 1)
    elif is_dataclass(value):
        for field in fields(value):
            collect(getattr(value, field.name), found, depth=depth + 1)


def pumps_for(pattern: str) -> list[str]:
    """The pumps of every pattern and the words that this one speaks of."""
    words = sorted(set(re.findall(r"[a-z\u0600-\u06ff]{2,}", pattern)), key=lambda w: (-len(w), w))
    return [*PUMPS, *words[:4], *(f"{word} " for word in words[:4])]


def test_no_pattern_backtracks_catastrophically() -> None:
    patterns = compiled()
    assert len(patterns) >= FEWEST
    slow = {}
    for pattern in patterns:
        begun = time.process_time()
        for pump in pumps_for(pattern.pattern):
            pattern.search((pump * LENGTH)[:LENGTH] + "!")
        spent = time.process_time() - begun
        if spent > SLOW:
            slow[pattern.pattern] = spent
    assert slow == {}


def test_a_runaway_pattern_would_be_seen() -> None:
    """The pumps are made for what they are to find."""
    runaway = re.compile(r"(?:a+ ?)+b")
    begun = time.process_time()
    for pump in pumps_for(runaway.pattern):
        runaway.search((pump * 22)[:22] + "!")
    assert time.process_time() - begun > 0.05

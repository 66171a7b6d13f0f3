"""Bad input: defined results in bounded time, whatever the pattern."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import yaml

from invekto.guardrails import consent, injection, pii, pseudonyms
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
    made = ReplyGuard(sector_policy("dental"))
    made.check(ReplyUnderCheck("merhaba", "tr", "x", "dental", []))
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


LITERAL = {"attack_words.yaml"}
"""Stems that are searched for as they stand."""


def patterns() -> list[str]:
    """Every pattern that is written as data."""
    found: list[str] = []

    def collect(node: object) -> None:
        if isinstance(node, str) and re.search(r"[\\\[(|]", node):
            found.append(node)
        elif isinstance(node, dict):
            for value in node.values():
                collect(value)
        elif isinstance(node, list):
            for value in node:
                collect(value)

    home = Path(pii.__file__).parent
    for path in sorted([*home.glob("rules/*.yaml"), *home.glob("recognisers/*.yaml")]):
        if path.name not in LITERAL:
            collect(yaml.safe_load(path.read_text(encoding="utf-8")))
    return found


PUMPS = (
    "a",
    "1",
    "a ",
    "1 ",
    "a.",
    "sizin ",
    "garanti ",
    "0 5",
    "a@",
    "iade ",
    "ال ",
    "x_(",
    "asla ",
)


def test_no_pattern_backtracks_catastrophically() -> None:
    slow: list[str] = []
    for pattern in patterns():
        compiled = re.compile(pattern)
        begun = time.process_time()
        for pump in PUMPS:
            compiled.search((pump * 1_500)[:3_000] + "!")
        if time.process_time() - begun > 2.0:
            slow.append(pattern)
    assert slow == []

"""The gate of a health tenant: what counts as explicit consent, and the only thing looked for
before it, the fixed emergency phrases."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from invekto.guardrails.flat import plain

RULES = Path(__file__).parent / "rules"
LOOKED_AT = 4_000
"""Characters of a message that are read; consent and emergencies stand at the beginning."""


class ConsentAnswer(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    UNCLEAR = "unclear"


def read_consent_answer(text: str) -> ConsentAnswer:
    """How a contact answered the consent request. Explicit words are needed: a question, a
    condition or an unrelated message is UNCLEAR, and a refusal wins over anything else."""
    words = plain(text[:LOOKED_AT])
    rules = _answers()
    if _asks(words) or rules["doubt"].search(words):
        return ConsentAnswer.UNCLEAR
    rest = rules["harmless"].sub(" ", words)
    if rules["refused"].search(rest):
        return ConsentAnswer.REFUSED
    if rules["strong"].search(rest) and _leads(rest, rules["strong"]):
        return ConsentAnswer.GIVEN
    left = rules["polite"].sub(" ", rules["weak"].sub(" ", rest))
    if rules["weak"].search(words) and not re.search(r"\w", left):
        return ConsentAnswer.GIVEN
    return ConsentAnswer.UNCLEAR


def _asks(words: str) -> bool:
    """A question before any answer; "evet. fiyat ne kadar?" has answered first."""
    first = re.split(r"[.!\n]", words, maxsplit=1)[0]
    return "?" in first and not re.match(r"(?:evet|yes|نعم)\b[ ,]+\w+.*\?", first)


def _leads(words: str, strong: re.Pattern[str]) -> bool:
    """The consent opens the message or closes it; in the middle of a story it is not one."""
    found = strong.search(words)
    assert found is not None
    before = len(re.findall(r"\w+", words[: found.start()]))
    after = len(re.findall(r"\w+", words[found.end() :]))
    return before <= 4 or (before <= 10 and after <= 2)


WITHIN = 5
"""Words between a consent and the verb that takes it back."""


def withdraws_consent(text: str) -> bool:
    """Whether a contact takes their consent back: "rızamı geri çekiyorum", "I withdraw my
    consent". Who asks how, or says that they do not, keeps it."""
    sentences = re.split(r"[.!\n]+|(?<=\?)", plain(text[:LOOKED_AT]))
    return any(_taken_back(sentence, _answers()) for sentence in sentences)


def _taken_back(sentence: str, rules: dict[str, re.Pattern[str]]) -> bool:
    if "?" in sentence or rules["kept"].search(sentence):
        return False
    if rules["withdrawn"].search(sentence):
        return True
    return _near(sentence, rules["given_before"], rules["taken_back"]) or _near(
        sentence, rules["reader"], rules["not_read"]
    )


def _near(sentence: str, what: re.Pattern[str], how: re.Pattern[str]) -> bool:
    """Whether the two stand close together, in either order."""
    for one in what.finditer(sentence):
        for other in how.finditer(sentence):
            first, second = sorted((one.span(), other.span()))
            if len(sentence[first[1] : second[0]].split()) <= WITHIN:
                return True
    return False


def says_emergency(text: str) -> bool:
    """Whether the message contains one of the fixed emergency phrases, in any of the languages.
    Recall comes first: the answer is a fixed safe line and a person."""
    return bool(_emergency().search(plain(text[:LOOKED_AT]).replace("'", "")))


def phrases(entries: list[str], *, open_end: bool = False) -> re.Pattern[str]:
    """One pattern for a list of folded phrases, longest first. A trailing `*`, or `open_end`,
    lets any ending follow."""
    alternatives = []
    for entry in sorted({plain(str(e)) for e in entries}, key=len, reverse=True):
        stem = entry.rstrip("*")
        end = "" if open_end or entry.endswith("*") else r"(?!\w)"
        alternatives.append(re.escape(stem) + end)
    return re.compile(r"(?<!\w)(?:" + "|".join(alternatives) + ")")


@lru_cache(maxsize=1)
def _answers() -> dict[str, re.Pattern[str]]:
    rules = _read("consent.yaml")
    patterns = {name: phrases(entries) for name, entries in rules.items()}
    patterns["harmless"] = phrases(
        ["sorun yok", "sikinti yok", "no problem", "لا مشكله", "لا مانع", "hayirli gunler*"]
    )
    return patterns


@lru_cache(maxsize=1)
def _emergency() -> re.Pattern[str]:
    rules = _read("emergency.yaml")
    entries = [str(e).replace("'", "") for name in rules for e in rules[name]]
    arabic = [e for e in entries if re.search("[\u0600-\u06ff]", e)]
    latin = [e for e in entries if e not in arabic]
    return re.compile(
        phrases(latin, open_end=True).pattern
        + "|"
        + r"(?<!\w)(?:ال|و|ب|وال|بال|ف)?"
        + phrases(arabic, open_end=True).pattern.removeprefix(r"(?<!\w)")
    )


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((RULES / name).read_text(encoding="utf-8"))
    return data

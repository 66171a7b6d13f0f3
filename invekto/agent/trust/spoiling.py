"""Plausible wrong drafts: one fact off, everything else as it was. Pure; nothing is sent.

What reviewers overlook is not nonsense but a wrong hour in a right sentence: so a clock time, an
amount, a day, a count or a yes is turned into its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from invekto.agent.edits import judge_edit

MONTHS = (
    "Ocak|Şubat|Mart|Nisan|Mayıs|Haziran|Temmuz|Ağustos|Eylül|Ekim|Kasım|Aralık"
    "|January|February|March|April|May|June|July|August|September|October|November|December"
    "|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر"
)
MONEY = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[.,]\d{3})*|\d+)([.,]\d{2})?(?=\s?(?:TL|₺|€|\$|EUR|USD|ليرة))"
)
CLOCK = re.compile(r"(?<![\w.,:/-])([01]?\d|2[0-3])([.:])([0-5]\d)(?![\d.,:]|\s?(?:TL|₺|€|\$))")
DATE = re.compile(rf"(?<!\d)(\d{{1,2}})(?= (?:{MONTHS})\b)")
COUNT = re.compile(
    r"(?<![\d.,%-])(\d{1,2})(?= (?:iş )?(?:gün|taksit|ay|yıl|saat|days?|instal|months?|years?"
    r"|hours?|أيام|يوم|أشهر))"
)
AGAINST = (
    ("kapalıyız", "açığız"), ("açığız", "kapalıyız"), ("mevcut değil", "mevcut"),
    ("we are closed", "we are open"), ("we are open", "we are closed"),
    ("ücretsiz", "ücretli"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoilt:
    """`right` and `wrong` are the piece of text as it was and as it is now."""

    text: str
    right: str
    wrong: str


def spoilt(text: str, language: str, dice: Random) -> Spoilt | None:
    """The text with one fact off; None where none can be turned without showing.

    The change is one that `agent/edits.py` would call material, and the wrong piece stands nowhere
    else in the text: whoever sends it has overlooked it.
    """
    found = [one for one in _changes(text, dice) if one.wrong not in text]
    dice.shuffle(found)
    for one in found:
        if judge_edit(one.text, text, language).material:
            return one
    return None


def _changes(text: str, dice: Random) -> Iterator[Spoilt]:
    for pattern, change in (
        (CLOCK, _other_hour), (MONEY, _other_amount), (DATE, _other_day), (COUNT, _other_count),
    ):  # fmt: skip
        yield from _each(text, pattern, change, dice)
    for right, wrong in AGAINST:
        if text.count(right) == 1 and wrong not in right:
            yield Spoilt(text.replace(right, wrong), right, wrong)


def _each(
    text: str,
    pattern: re.Pattern[str],
    change: Callable[[re.Match[str], Random], str],
    dice: Random,
) -> Iterator[Spoilt]:
    for match in pattern.finditer(text):
        right = match.group()
        wrong = change(match, dice)
        if wrong != right and text.count(right) == 1:
            yield Spoilt(text[: match.start()] + wrong + text[match.end() :], right, wrong)


def _other_hour(match: re.Match[str], dice: Random) -> str:
    hour, mark, minutes = int(match[1]), match[2], match[3]
    moved = min(23, max(0, hour + dice.choice((-1, 1))))
    return f"{moved:0{len(match[1])}d}{mark}{minutes}"


def _other_amount(match: re.Match[str], dice: Random) -> str:
    whole, cents = match[1], match[2] or ""
    at = dice.choice([i for i, c in enumerate(whole) if c.isdigit()])
    digit = str((int(whole[at]) + dice.choice((1, 2))) % 10)
    if at == 0 and digit == "0":
        digit = "1"
    return whole[:at] + digit + whole[at + 1 :] + cents


def _other_day(match: re.Match[str], dice: Random) -> str:
    day = int(match[1]) + dice.choice((-1, 1))
    return str(day if 1 <= day <= 28 else 15)


def _other_count(match: re.Match[str], dice: Random) -> str:
    count = int(match[1])
    return str(count + dice.choice((1, 2)) if count < 3 else count + dice.choice((-1, 1)))

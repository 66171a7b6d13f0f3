"""What a wrong reply is wrong in: an exact kind, which a machine can compare, or another claim."""

from __future__ import annotations

from typing import Any

from invekto.guardrails.claims import find_claims
from invekto.guardrails.flat import flat

EXACT_CLAIMS = frozenset({"number", "date", "link"})
EXACT_REASONS = frozenset(
    {"pii_leak", "banned_phrase", "medical_advice", "missing_disclaimer", "wrong_language"}
)
_DAYS = frozenset({"date", "dotted", "weekday"})


def is_exact(row: dict[str, Any]) -> bool:
    """Whether a line to block is of an exact kind: a figure, date or link that is not in the
    facts, a leak, a banned phrase, medical advice, a missing disclaimer, the wrong language.
    Ungrounded statements of another kind, promises and rudeness are the others."""
    if row.get("reason") == "ungrounded":
        return claimed(row) in EXACT_CLAIMS
    return row.get("reason") in EXACT_REASONS


def claimed(row: dict[str, Any]) -> str:
    """What an ungrounded line states wrongly: its label `claim` (number, date, link, other).

    A line without the label is judged by its reply alone, since which of its statements is the
    wrong one only a reader can tell: a link if the reply holds one, else a date if it names a date
    or a day of the week, else a number if it holds any other figure, else other.
    """
    if row.get("claim"):
        return str(row["claim"])
    reply = str(row["reply"])
    kinds = {c.kind for c in find_claims(reply, flat(reply), str(row.get("lang") or "tr"))}
    if "link" in kinds:
        return "link"
    if kinds & _DAYS:
        return "date"
    return "number" if kinds else "other"

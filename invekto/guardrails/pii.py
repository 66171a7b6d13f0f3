"""Personal data in text: found with exact spans, masked for those who need not see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

IDENTIFYING = frozenset(
    {"TR_ID", "IBAN", "PHONE", "EMAIL", "CREDIT_CARD", "ADDRESS", "PERSON", "PASSPORT", "TAX_ID"}
)
"""Kinds that name a person or an account."""
APART = frozenset({"PLATE", "BIRTH_DATE", "HEALTH"})
"""Kinds that are personal as well and are asked for by name."""
HIDDEN = (IDENTIFYING | APART) - {"HEALTH"}
"""What is hidden where text leaves or is read by others. Health statements are what the question is
about; without the person they name nobody."""
LONGEST = 20_000
"""Characters that are searched; longer text is searched piece by piece."""


@dataclass(frozen=True, slots=True)
class PiiSpan:
    """`text[start:end]` is of this type; `score` from 0 to 1."""

    start: int
    end: int
    type: str
    score: float


def find(
    text: str,
    *,
    own: frozenset[str] = frozenset(),
    language: str | None = None,
    kinds: Collection[str] | None = None,
) -> list[PiiSpan]:
    """Personal data in order of place, none overlapping. `own` are the tenant's published
    contacts, which are nobody's secret; `kinds` defaults to `IDENTIFYING`. Never raises."""
    from invekto.guardrails.engine import analyse

    wanted = frozenset(IDENTIFYING if kinds is None else kinds)
    return [
        PiiSpan(start, end, kind, score)
        for start, end, kind, score in analyse(text, own, language)
        if kind in wanted
    ]


def mask(text: str, spans: Iterable[PiiSpan], keep: Collection[str] = ()) -> str:
    """The text with each span replaced by its type in brackets, for instance `[PHONE]`; types in
    `keep` stay."""
    masked = text
    for span in sorted(spans, key=lambda s: s.start, reverse=True):
        if span.type not in keep:
            masked = f"{masked[: span.start]}[{span.type}]{masked[span.end :]}"
    return masked


def nameless(text: str, language: str | None = None) -> str:
    """A question as those may keep it who need not know who asked: no number, no address."""
    return mask(text, find(text, language=language, kinds=HIDDEN), keep={"PERSON"})


def hint(value: str, kind: str) -> str:
    """A value made unreadable but recognisable to who knows it: the last two characters stay."""
    tail = value[-2:] if kind not in {"PERSON", "ADDRESS"} else ""
    return f"[{kind} …{tail}]" if tail else f"[{kind}]"

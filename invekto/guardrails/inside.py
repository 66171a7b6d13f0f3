"""What stands among the facts and stays inside: notes for the staff."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from invekto.guardrails.claims import find_claims
from invekto.guardrails.courtesy import serves
from invekto.guardrails.flat import flat
from invekto.guardrails.readings import marks
from invekto.guardrails.wording import terms

_CUT = re.compile(r"[.;\n](?=\s)|,(?=\s)")
_PHONE = re.compile(r"\d[\d ()-]{6,18}\d")
_ENTRY = re.compile(r',\s?(?=")')
"""What stands between two entries of a record."""
_STOP = re.compile(r"[.;\n](?=\s)")


@lru_cache(maxsize=4_096)
def parted(fact: str) -> tuple[str, str]:
    """A fact as what may be told of it and what stays inside."""
    folded = flat(fact)
    mark = marks("inside.mark").search(folded)
    if mark is None:
        return fact, ""
    start, end = _entry(folded, mark) if folded[:1] == "{" else (_begin(folded, mark), len(fact))
    return fact[:start] + fact[end:], fact[start:end]


def _begin(folded: str, mark: re.Match[str]) -> int:
    """Where the part of a row begins that a note's mark stands in."""
    imperative = mark.group().startswith(
        ("musteri", "hasta", "misafir", "konu", "do not", "not for")
    )
    pattern = _STOP if imperative else _CUT
    return max((m.end() for m in pattern.finditer(folded, 0, mark.start())), default=0)


def _entry(folded: str, mark: re.Match[str]) -> tuple[int, int]:
    """Where the entry of a record begins and ends that a note's mark stands in."""
    before = max((m.end() for m in _ENTRY.finditer(folded, 0, mark.start())), default=1)
    after = _ENTRY.search(folded, mark.end())
    return before, after.end() if after else len(folded.rstrip("} "))


def told_of_notes(reply: Iterable[str], facts: Sequence[str], language: str) -> str | None:
    """The first sentence of a reply that tells what a note for the staff says: a figure of it, or
    two of its words, that nothing else has."""
    notes = [note for fact in facts if (note := parted(fact)[1])]
    if not notes:
        return None
    open_words, open_values = _content(" \n ".join(parted(f)[0] for f in facts), language)
    for note in notes:
        words, values = _content(marks("inside.mark").sub(" ", flat(note)), language)
        phones = {_digits(number) for number in _PHONE.findall(note)}
        for sentence in reply:
            said, figures = _content(sentence, language)
            if (
                any(number in _digits(sentence) for number in phones)
                or figures & (values - open_values)
                or len(said & (words - open_words)) >= 2
            ):
                return sentence
    return None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


@lru_cache(maxsize=4_096)
def _content(text: str, language: str) -> tuple[frozenset[str], frozenset[str]]:
    folded = flat(text)
    claims = find_claims(text, folded, language)
    figures = frozenset(c.value[0] for c in claims if len(c.value[0]) > 1 and c.kind != "weekday")
    return frozenset(t for t in terms(folded) if not serves(t)), figures

"""What is said of both of two things, and is of one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from invekto.guardrails.subject import within
from invekto.guardrails.table import Point

OF_EACH = frozenset({"amount", "percent", "date", "time"})
"""Kinds of which "both" tells the same twice; prices it adds up."""
_BOTH = re.compile(
    r"\bboth\b|\bher iki(?:si|sinin)?\b|\bikisi(?:nin)? de\b|\bhem .{2,40} hem\b|كلاهما|كلا ال|كلتا ال"
)


def lacking(
    text: str, words: frozenset[str], told: Sequence[Point], fits: Callable[[Point], bool]
) -> Point | None:
    """The value of that one of two named things which has another than the text says of both."""
    if not _BOTH.search(text):
        return None
    meant = [p for p in told if any(within(w, p.name) for w in words)]
    having = {p.name for p in meant if fits(p)}
    if len({p.name for p in meant}) != 2:
        return None
    return next((p for p in meant if p.name not in having), None)

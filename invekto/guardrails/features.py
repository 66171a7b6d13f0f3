"""A text as numbered features for the small linear model: concepts and their neighbourhood,
words, letter groups, and how the text was hidden."""

from __future__ import annotations

import itertools
import re
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from invekto.guardrails.concepts import concepts
from invekto.guardrails.views import Views

SIZE = 1 << 15
NEAR = 60
"""Characters within which two concepts belong together."""
_WORD = re.compile(r"\w+|[^\w\s]")
_MAX_WORDS = 400
ATTACKING = frozenset(
    [
        "ignore",
        "rules",
        "prior",
        "prompt",
        "reveal",
        "become",
        "free",
        "claim",
        "header",
        "to_machine",
        "tool",
        "skip",
        "others",
        "grant",
        "secrecy",
        "pressure",
        "dictate",
        "decode",
        "code",
        "doctor_play",
        "verbatim",
    ]
)


_SHAPES = {
    "shape:call": re.compile(r"\b[a-z]{2,20}_[a-z_]{2,30} ?\("),
    "shape:snake": re.compile(r"\b[a-z]{2,20}_[a-z]{2,20}\b"),
    "shape:fence": re.compile(r"(?:[-=#*_]{3,}|<{2,}|>{2,})"),
    "shape:setting": re.compile(
        r"\b\w{2,16} ?[=:] ?(?:off|on|none|kapali|yok|admin|all|true|false|hepsi|\*)"
    ),
    "shape:quote": re.compile(r"[\"'«][^\"'»]{6,200}[\"'»]"),
}


def features(seen: Views, source: str) -> NDArray[np.int64]:
    """Sorted distinct feature numbers below `SIZE`."""
    names: set[str] = set()
    _add_text(seen.surface, names)
    for how, text in seen.hidden:
        found = {c for _, c in concepts(text)} & ATTACKING
        own = {c for _, c in concepts(seen.surface)}
        if how in {"rot13", "reversed", "leet", "spaced"}:
            found -= own
            if len(found) < 2 and not found & {"prompt"}:
                continue
        names.add(f"hidden:{how}:{min(3, len(found))}")
        if found:
            names.add("hidden:attack")
            _add_concepts(text, names)
    names.update(f"mark:{mark}" for mark in seen.marks)
    names.update(name for name, pattern in _SHAPES.items() if pattern.search(seen.surface))
    if source != "message":
        names.add("content")
    return np.unique(
        np.fromiter((crc32(n.encode("utf-8", "replace")) % SIZE for n in names), dtype=np.int64)
    )


def _add_text(surface: str, names: set[str]) -> None:
    _add_concepts(surface, names)
    words = _WORD.findall(surface)[:_MAX_WORDS]
    names.update(f"w:{w[:7]}" for w in words)
    names.update(f"b:{a[:6]} {b[:6]}" for a, b in itertools.pairwise(words))
    for word in words:
        if len(word) > 4:
            padded = f"<{word}>"
            names.update(f"g:{padded[i : i + 5]}" for i in range(len(padded) - 4))


def _add_concepts(surface: str, names: set[str]) -> None:
    found = concepts(surface)
    kinds = {c for _, c in found}
    names.update(f"c:{c}" for c in kinds)
    names.update(f"c{min(6, len(kinds & ATTACKING))}" for _ in (1,))
    for i, (at, first) in enumerate(found):
        for place, second in found[i + 1 : i + 12]:
            if place - at > NEAR:
                break
            if second != first:
                names.add(f"p:{first}+{second}")
                names.add("q:" + "+".join(sorted((first, second))))

"""A text as numbered features for the small linear model: concepts and their neighbourhood,
words, letter groups, and how the text was hidden."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from invekto.guardrails.concepts import all_concepts, concepts
from invekto.guardrails.shapes import shapes
from invekto.guardrails.views import Views

SIZE = 1 << 17
ABOUT = 3.0
"""What a feature of the meaning of a text counts against one of its letters. Chosen, like the
model itself, by leaving out one collection of lines after the other (`python -m
invekto.evals.attack_folds`)."""
LOUD = 3.0
NEAR = 60
"""Characters within which two concepts belong together."""
_WORD = re.compile(r"\w+|[^\w\s]")
_MAX_WORDS = 400
_MAX_LETTERS = 1_500
GUESSED = frozenset(
    {"rot13", "reversed", "leet", "spaced", "shifted", "glued", "initials", "morse"}
)
"""Readings that are tried on any text: most are nonsense."""
ADDRESSED = frozenset({"to_machine", "order_machine"})
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


@dataclass(frozen=True, slots=True)
class Features:
    """Feature numbers below `SIZE`, and the value of each."""

    numbers: NDArray[np.int64]
    values: NDArray[np.float64]


def features(seen: Views, source: str) -> Features:
    """The features of a text that stands in a `message`, or elsewhere. A long text's are worth
    less each, so that it is no surer than a short one."""
    about: set[str] = set()
    _add_concepts(seen.surface, about)
    for how, text in seen.hidden:
        _add_hidden(how, text, seen.surface, about)
    about.update(f"mark:{mark}" for mark in seen.marks)
    _add_shapes(seen.surface, source, about)
    said, written = _numbered(about), _numbered(_letters(seen.surface))
    values = np.concatenate([np.full(len(said), ABOUT), np.ones(len(written))])
    return Features(np.concatenate([said, written]), values * LOUD / math.sqrt(max(1, len(values))))


def _numbered(names: set[str]) -> NDArray[np.int64]:
    hashed = (crc32(name.encode("utf-8", "replace")) % SIZE for name in names)
    return np.unique(np.fromiter(hashed, dtype=np.int64))


def _add_hidden(how: str, text: str, surface: str, said: set[str]) -> None:
    found = {c for _, c in concepts(text)} & ATTACKING
    if how in GUESSED:
        found -= {c for _, c in concepts(surface)}
        if len(found) < 2 and not found & {"prompt"}:
            return
    said.add(f"hidden:{how}:{min(3, len(found))}")
    if found:
        said.add("hidden:attack")
        _add_concepts(text, said)


def _add_shapes(surface: str, source: str, said: set[str]) -> None:
    """How the text is put, beside what it speaks of."""
    found = shapes(surface)
    own = {c for _, c in concepts(surface)}
    kinds = own & ATTACKING
    said |= found
    said |= {f"{shape}&{kind}" for shape in found for kind in kinds or {"none"}}
    if source != "message":
        said.add("content")
        said |= {f"content&{c}" for c in kinds or {"none"}}
        said.add("content&machine" if own & ADDRESSED else "content&people")


def _letters(surface: str) -> set[str]:
    words = _WORD.findall(surface)[:_MAX_WORDS]
    names = {f"w:{word[:7]}" for word in words}
    names.update(f"b:{a[:6]} {b[:6]}" for a, b in itertools.pairwise(words))
    padded = f" {surface[:_MAX_LETTERS]} "
    for size in (3, 4, 5):
        names.update(f"g:{padded[i : i + size]}" for i in range(len(padded) - size + 1))
    return names


def _add_concepts(surface: str, said: set[str]) -> None:
    found = all_concepts(surface)
    kinds = {c for _, c in found}
    said.update(f"c:{c}" for c in kinds)
    said.add(f"c{min(6, len(kinds & ATTACKING))}")
    for i, (at, first) in enumerate(found):
        for place, second in found[i + 1 : i + 12]:
            if place - at > NEAR:
                break
            if second != first:
                said.add(f"p:{first}+{second}")
                said.add("q:" + "+".join(sorted((first, second))))

"""The right value on the wrong thing: of the facts' values of a kind, those that fit what the
reply speaks of, narrowed down from the nearest words to the farthest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from invekto.guardrails.claims import Claim
from invekto.guardrails.groups import groups, siblings_apart
from invekto.guardrails.matching import equal
from invekto.guardrails.parts import STATES
from invekto.guardrails.subject import named, union, within
from invekto.guardrails.table import Point

LESS = 0.55
"""By how much a value of the facts must fit worse than the best to be out."""
BESIDE = 0.8
"""Weight of a word of the row or list against one of the value's own part."""

AROUND = 0.4
"""Weight of a word that another value of the row has for itself."""


Words = Sequence[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Around:
    """The words that tell what a value is said of: those that may name its row, those around it,
    those of other parts of its sentence and of the sentences before it, the nearest first; `rivals`
    have a value of the kind of their own."""

    naming: Words = ()
    near: Words = ()
    far: Words = ()
    before: Words = ()
    rivals: Words = ()


def meant(left: list[Point], around: Around, fits: Callable[[Point], bool]) -> list[Point]:
    """Of points of one kind those that the words around a value mean, read until they tell whether
    these have the value (`fits`)."""
    every = len(left)
    left = next((row for words in around.naming if (row := _by_name(left, words)) != left), left)
    for words in around.near:
        left = _narrowed(left, words)
    told = len(left) < every
    silent = len(left) == every and len(named(union(around.near))) <= 1
    for words in (frozenset[str](), *around.far):
        if len(set(map(fits, left))) == 1:
            return left
        left = _by_name(left, words)
        left = _narrowed(left, words) if silent else left
    for words in around.before:
        if len(set(map(fits, left))) == 1:
            return left
        left = _by_name(left, words)
    for words in around.rivals if told else ():
        if len(set(map(fits, left))) == 1:
            return left
        left = _by_name(left, words)
    return left


def elsewhere(left: list[Point], around: Around, fits: Callable[[Point], bool]) -> Point | None:
    """The point that is meant instead of any that `fits`; None where one of these is left."""
    left = meant(left, around, fits)
    if any(map(fits, left)):
        return None
    return max(left, key=lambda p: sum(_has(p, word) for word in union(around.near)))


def same(claim: Claim, other: Claim) -> bool:
    """Whether two values of one kind are the same value."""
    if claim.kind in STATES:
        return claim.value == other.value
    return equal(claim, other)


def _by_name(left: list[Point], words: frozenset[str]) -> list[Point]:
    """Those whose row is named by the words, where some are and others are not; a word that names
    several rows counts less."""
    names = {p.name for p in left if p.name}
    if len(names) < 2:
        return left
    weight = {w: sum(within(w, name) for name in names) for w in words}
    telling = {w: 1.0 / n for w, n in weight.items() if 0 < n < len(names)}
    if not telling:
        return left
    hits = {
        name: sum(v for w, v in telling.items() if _names(w, name, words))
        - siblings_apart(words, name)
        for name in names
    }
    best = max(hits.values())
    return [p for p in left if not p.name or hits[p.name] >= best - 0.01]


def _names(word: str, name: frozenset[str], words: frozenset[str]) -> bool:
    """Whether a word names a row; "room" alone not that which is called the standard room."""
    if not within(word, name):
        return False
    return word not in _KINDS or all(within(other, words) for other in named(name))


_KINDS = frozenset({"@room", "@set", "@size"})
"""Words of what many rows are, told with the first of them."""


_PRICE = "price:"


def is_limit(point: Point) -> bool:
    """Whether a value of the facts is the least that something holds for."""
    return "@limit" in point.own or "bound:least" in point.roles


def by_role(left: list[Point], said: frozenset[str]) -> list[Point]:
    """Those that have the roles said, where any has; those with another role of a group are out."""
    if len(left) > 1 and any(r.startswith(_PRICE) for r in said):
        left = [p for p in left if not is_limit(p) or said & p.roles] or left
    for role in said:
        group = role.split(":")[0] + ":"
        if sum(r.startswith(group) for r in said) > 1:
            continue
        having = [p for p in left if role in p.roles]
        if having:
            left = [
                p for p in left if role in p.roles or not any(r.startswith(group) for r in p.roles)
            ]
    return left


def _narrowed(left: list[Point], words: frozenset[str]) -> list[Point]:
    """Those that fit the words best."""
    if not words:
        return left
    scores = [0.0] * len(left)
    for word in words - _KINDS:
        fits = [_has(p, word) for p in left]
        if min(fits) != max(fits):
            scores = [s + f for s, f in zip(scores, fits, strict=True)]
    for group in groups():
        said = words & group
        if said:
            scores = [
                s - bool(p.own & group and not p.own & said)
                for p, s in zip(left, scores, strict=True)
            ]
    days = {w for w in words if w.startswith("wd")}
    if days:
        scores = [
            s - any(o.startswith("wd") for o in p.own) * (not days & p.own)
            for p, s in zip(left, scores, strict=True)
        ]
    best = max(scores)
    return [p for p, s in zip(left, scores, strict=True) if s > best - LESS]


def _has(point: Point, word: str) -> float:
    if within(word, point.own):
        return 1.0
    if within(word, point.head):
        return BESIDE
    return AROUND if within(word, point.beside) else 0.0

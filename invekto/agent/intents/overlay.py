"""A tenant's own intents and corrections, learned in milliseconds on top of the shared model.

Each example is a point in the shared features; a message near to some of them (cosine likeness)
is pulled towards their intents. Far from all of them nothing changes, which is what keeps the
overlay from doing harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from invekto.agent.intents.features import Floats, Vocabulary

NEAR = 0.45
"""Cosine likeness from which an example counts."""
SAME = 0.85
"""Likeness at which it decides alone."""
NEAR_OWN, SAME_OWN = 0.32, 0.5
"""The same for an intent the shared model does not know and so cannot speak for."""
NEIGHBOURS = 5
Examples = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Overlay:
    """Examples as unit vectors (`weights`, features x examples, sparse by feature number)."""

    vocabulary: Vocabulary
    intents: tuple[str, ...]
    columns: dict[int, list[tuple[int, float]]]
    version: str

    @classmethod
    def fit(cls, vocabulary: Vocabulary, examples: Examples) -> Overlay:
        """Learns (text, intent) pairs; a later example of the same text replaces an earlier."""
        latest = {" ".join(text.split()): intent for text, intent in examples}
        columns: dict[int, list[tuple[int, float]]] = {}
        for place, text in enumerate(latest):
            indices, values = vocabulary.vector(text)
            norm = float(np.sqrt(values @ values)) or 1.0
            for index, value in zip(indices.tolist(), (values / norm).tolist(), strict=True):
                columns.setdefault(index, []).append((place, value))
        digest = hashlib.sha256(repr(sorted(latest.items())).encode()).hexdigest()[:8]
        return cls(vocabulary, tuple(latest.values()), columns, digest)

    def adjust(
        self, text: str, odds: Floats, labels: tuple[str, ...]
    ) -> tuple[Floats, tuple[str, ...]]:
        """Probabilities with the tenant's examples taken into account; intents of its own are
        added as labels. Sums to one."""
        own = tuple(sorted(set(self.intents) - set(labels)))
        odds = np.concatenate([odds, np.zeros(len(own), np.float32)])
        labels = labels + own
        likeness = self._likeness(text)
        if not len(likeness):
            return odds, labels
        best = int(likeness.argmax())
        near, same = (NEAR_OWN, SAME_OWN) if self.intents[best] in own else (NEAR, SAME)
        if likeness[best] < near:
            return odds, labels
        nearest = np.argsort(-likeness)[:NEIGHBOURS]
        nearest = nearest[likeness[nearest] >= near]
        pull = np.zeros_like(odds)
        for place in nearest:
            pull[labels.index(self.intents[place])] += likeness[place] ** 2
        share = min(1.0, (float(likeness[best]) - near) / (same - near))
        mixed = (1 - share) * odds + share * pull / pull.sum()
        return np.asarray(mixed / mixed.sum(), dtype=np.float32), labels

    def _likeness(self, text: str) -> Floats:
        likeness = np.zeros(len(self.intents), np.float32)
        indices, values = self.vocabulary.vector(text)
        norm = float(np.sqrt(values @ values)) or 1.0
        for index, value in zip(indices.tolist(), values.tolist(), strict=True):
            for place, weight in self.columns.get(index, ()):
                likeness[place] += value / norm * weight
        return likeness


def not_worse(before: Callable[[str], str], after: Callable[[str], str], frozen: Examples) -> bool:
    """Whether the new overlay names at least as many frozen examples rightly as the old."""
    rights = [sum(name(text) == intent for text, intent in frozen) for name in (before, after)]
    return rights[1] >= rights[0]

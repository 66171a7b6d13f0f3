"""What a message says: intents, entities, answer to our question, mood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from invekto.agent.intents.corpus import load_packs, read_examples
from invekto.agent.intents.model import IntentModel
from invekto.agent.intents.store import data_hash, load_or_train
from invekto.agent.intents.words import TenantWords
from invekto.contracts.understanding import Entity, IntentGuess, Understanding
from invekto.settings import Settings
from invekto.text.normalise import clean

ANSWER_FROM = 0.5
"""Calibrated probability from which the system acts on its own reading."""


class Understander:
    """The shared model with its packs; immutable, shared by all turns of a process."""

    def __init__(self, model: IntentModel, packs: dict[str, tuple[str, ...]], version: str) -> None:
        self._model = model
        self._packs = packs
        self.version = version

    @classmethod
    def load(
        cls, settings: Settings, taxonomies: Sequence[Path] = (), training: Sequence[Path] = ()
    ) -> Understander:
        """The kept model, or a new one trained from the examples (under two minutes).

        Args:
            taxonomies: taxonomy files, when a sector extension brings its own.
            training: folders of further examples for them.
        """
        examples = read_examples(extra=tuple(training))
        version = data_hash(examples)
        model = load_or_train(
            settings.data_dir / "models",
            f"intents-{version}",
            IntentModel,
            lambda: IntentModel.train([e.text for e in examples], [e.intent for e in examples]),
        )
        return cls(model, load_packs(*taxonomies), version)

    def understand(
        self,
        text: str,
        *,
        packs: tuple[str, ...],
        now: datetime,  # noqa: ARG002
        default_language: str = "tr",
        language_hint: str | None = None,  # noqa: ARG002
        asked: Any = None,  # noqa: ARG002
        words: TenantWords | None = None,
        overlay: Any = None,  # noqa: ARG002
    ) -> Understanding:
        """Reads one message (or several joined by line ends) of a tenant with `packs`; never
        raises on any text."""
        normal = clean(text)
        names = {name for pack in packs for name in self._packs.get(pack, ())}
        allowed = np.array([label in names for label in self._model.labels])
        odds = self._model.probabilities(normal, allowed)
        best = np.argsort(-odds)[:5]
        alternatives = tuple(IntentGuess(self._model.labels[i], float(odds[i])) for i in best)
        answered = alternatives[0].probability >= ANSWER_FROM
        return Understanding(
            text=text,
            language=default_language,
            normal=normal,
            intents=alternatives[:1],
            alternatives=alternatives,
            answered=answered,
            unsure_between=() if answered else tuple(a.name for a in alternatives[:2]),
            entities=tuple(
                Entity(m.kind, text[m.start : m.end], m.start, m.end, m.id, m.confidence)
                for m in (words.find(text) if words else ())
            ),
            model_version=self.version,
        )

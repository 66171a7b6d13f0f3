"""Crossing of batches: train on all but one, test on that one, each in its turn. What comes out is
the honest estimate for strangers' messages, and what calibration is fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from invekto.agent.intents.concepts import lexicon_text
from invekto.agent.intents.corpus import Example, batches, load_packs, read_batch
from invekto.agent.intents.features import Floats
from invekto.agent.intents.model import IntentModel, Mask
from invekto.agent.intents.store import data_hash, load_or_train

WORLDS = {"ecommerce": ("general", "ecommerce"), "clinic": ("general", "clinic")}
"""The two kinds of tenant; general messages are judged in both."""
TESTED = ("batch_a", "batch_b", "batch_c", "batch_e")
"""The independent batches; any other is only ever trained on."""
REPORTED = ("batch_c", "batch_e")
"""What is reported and calibrated on unless others are asked for: one model to train for each."""


@dataclass(frozen=True)
class Fold:
    """A batch judged by a model that has not seen it. `odds` are averaged, not calibrated."""

    batch: str
    model: IntentModel
    examples: tuple[Example, ...]
    odds: Floats


def folds(
    folder: Path, extra: bool = True, wanted: Sequence[str] = TESTED, every: int = 1
) -> list[Fold]:
    """One fold a batch; the models are kept in `folder` under the hash of their data.

    Args:
        extra: whether batches that are never tested on are trained on too.
        wanted: the batches to be judged, of `TESTED`.
        every: only each so many of their messages are judged.
    """
    data = {path.name: read_batch(path) for path in batches()}
    out = []
    for tested in wanted:
        names = [n for n in data if n != tested and (extra or n in TESTED)]
        training = [e for n in names for e in data[n]]
        name = f"crossing-{tested}-{data_hash(training, lexicon_text())}"
        model = load_or_train(folder, name, IntentModel, _trainer(training))
        rows = tuple(data[tested][::every])
        out.append(Fold(tested, model, rows, np.array([model.odds(e.text) for e in rows])))
    return out


class _trainer:  # noqa: N801 - a closure that mypy and the loop variable agree on
    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = examples

    def __call__(self) -> IntentModel:
        return IntentModel.train([e.text for e in self.examples], [e.intent for e in self.examples])


@dataclass(frozen=True)
class Judged:
    """Rows of one language in one world: probabilities within the packs and the truth."""

    odds: Floats
    truth: npt.NDArray[np.int64]
    mask: Mask
    rows: tuple[Example, ...]

    def accuracy(self) -> float:
        """Share whose likeliest allowed intent is the written one."""
        allowed = np.where(self.mask, self.odds, -1)
        return float((allowed.argmax(1) == self.truth).mean())


def judged(fold: Fold, language: str, world: str) -> Judged:
    """The rows of a fold that a tenant of that world could get in that language."""
    packs = load_packs()
    names = {name for pack in WORLDS[world] for name in packs[pack]}
    labels = fold.model.labels
    kept = [
        at for at, e in enumerate(fold.examples) if e.language == language and e.intent in names
    ]
    mask = np.array([label in names for label in labels])
    return Judged(
        fold.odds[kept],
        np.array([labels.index(fold.examples[at].intent) for at in kept]),
        np.broadcast_to(mask, (len(kept), len(labels))),
        tuple(fold.examples[at] for at in kept),
    )

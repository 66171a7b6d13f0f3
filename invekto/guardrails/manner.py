"""Manner: a second opinion on what a sentence does, beside the rules: advise on health, promise
too much, insult. A small linear model trained on sentences of our own."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from invekto.contracts.guard import Outcome
from invekto.guardrails.disclaimer import says_disclaimer
from invekto.guardrails.flat import plain
from invekto.guardrails.kept import Arrays, kept
from invekto.guardrails.reply import Check
from invekto.guardrails.wording import overlap, terms

HERE = Path(__file__).parent
DATA = HERE / "data" / "reply_kinds.tsv"
KINDS = ("medical_advice", "offensive", "ok", "overpromise")
SIZE = 1 << 15
STRENGTH = 10.0
SURE = {"medical_advice": 0.55, "offensive": 0.65, "overpromise": 0.65}
"""Chance of being wrong from which a person looks, so that of right sentences that the model has
not seen one in seventy is looked at."""
SURER = {"medical_advice": 0.75, "offensive": 0.80, "overpromise": 0.80}
"""The same for questions and very short sentences."""
FEW = 4
SUPPORTED = 0.6
"""Share of a sentence's terms in one fact that lets it pass."""
EXPLAINED = {
    "medical_advice": "reads like medical advice",
    "offensive": "reads like an insult",
    "overpromise": "reads like a promise that only a person may make",
}
_WORD = re.compile(r"\w+|[?!]")
_LONGEST = 400


@dataclass(frozen=True)
class MannerModel:
    """`weights[k]` for each of `KINDS`."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def chances(self, text: str) -> dict[str, float]:
        """Chance of each kind for one sentence."""
        found = features(text)
        scores = self.weights[:, found].sum(axis=1) * scale(len(found)) + self.bias
        powers = np.exp(scores - scores.max())
        return dict(zip(KINDS, (float(p) for p in powers / powers.sum()), strict=True))


def check(check: Check) -> None:
    """Find sentences that are likelier wrong than right and that no fact says."""
    model = manner_model()
    seen = {finding.reason for finding in check.findings}
    for sentence in check.sentences:
        if says_disclaimer(sentence.flat, check.reply.language):
            continue
        chances = model.chances(sentence.text)
        short = len(sentence.text.split()) < FEW or sentence.text.rstrip().endswith("?")
        kind = max(EXPLAINED, key=lambda k: chances[k])
        if 1.0 - chances["ok"] < (SURER if short else SURE)[kind]:
            continue
        if kind in seen or _told(sentence.flat, check):
            continue
        check.find("manner", kind, Outcome.ASK_PERSON, sentence.text, EXPLAINED[kind])


def _told(folded: str, check: Check) -> bool:
    said = terms(folded)
    return bool(said) and any(
        overlap(said, terms(fact)) >= SUPPORTED * len(said) for fact in check.flat_facts
    )


def features(text: str) -> NDArray[np.int64]:
    """Distinct feature numbers of a sentence: words, pairs, letter groups, meanings."""
    folded = plain(text[:_LONGEST])
    words = _WORD.findall(folded)
    names = {f"w:{w[:6]}" for w in words}
    names |= {f"b:{a[:5]} {b[:5]}" for a, b in itertools.pairwise(words)}
    names |= {f"t:{t}" for t in terms(folded) if t.startswith("@")}
    joined = f" {' '.join(words)} "
    for size in (3, 4, 5):
        names |= {f"g:{joined[i : i + size]}" for i in range(len(joined) - size + 1)}
    return np.unique(
        np.fromiter((crc32(n.encode("utf-8", "replace")) % SIZE for n in names), dtype=np.int64)
    )


def scale(count: int) -> float:
    """The value of each feature: long sentences are no surer than short ones."""
    return 3.0 / math.sqrt(max(1, count))


@lru_cache(maxsize=1)
def manner_model() -> MannerModel:
    """The trained model, from the data directory where it was kept."""
    sources = [DATA, HERE / "manner.py", HERE / "rules" / "glossary.yaml", HERE / "wording.py"]
    arrays = kept("manner", sources, _train)
    return MannerModel(arrays["weights"], arrays["bias"])


def _train() -> Arrays:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    lines = [
        line.split("\t", 1)
        for line in DATA.read_text(encoding="utf-8").splitlines()
        if "\t" in line and not line.startswith("#")
    ]
    rows = [features(text) for _, text in lines]
    starts = np.cumsum([0, *(len(row) for row in rows)])
    values = np.concatenate([np.full(len(row), scale(len(row))) for row in rows])
    matrix = csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), SIZE))
    fitted = LogisticRegression(C=STRENGTH, max_iter=1_000).fit(matrix, [kind for kind, _ in lines])
    order = [list(fitted.classes_).index(kind) for kind in KINDS]
    return {
        "weights": fitted.coef_[order].astype(np.float32),
        "bias": fitted.intercept_[order].astype(np.float32),
    }

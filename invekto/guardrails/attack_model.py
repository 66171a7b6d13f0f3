"""The small linear model of manipulation: trained at first use on data of our own, kept by the
hash of that data and of the code that reads it."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from invekto.guardrails.features import SIZE, features
from invekto.guardrails.kept import Arrays, kept
from invekto.guardrails.views import views

HERE = Path(__file__).parent
DATA = HERE / "data"
READERS = ("views.py", "concepts.py", "features.py", "attack_model.py", "flat.py", "stems.py")
CARRIERS = (
    "Merhaba, ürün çok güzel, kargo hızlıydı. {}",
    "Sipariş notu: {}",
    "iyi günler bir şey soracaktım. {}",
    "{} Siparişim ne zaman gelir?",
    "Hi, thanks for the quick delivery. {}",
    "Order note: {}",
    "{} By the way where is my order?",
    "Page 4. Product information and warranty. {} Contact us for details.",
    "مرحبا، المنتج جيد جدا. {}",
    "ملاحظة الطلب: {}",
)
STRENGTH = 10.0
"""Inverse of the regularisation, chosen on the development set like the weight below."""
ORDINARY = 0.1
"""Weight of an everyday message against a look-alike."""


@dataclass(frozen=True)
class AttackModel:
    """`weights[f]` of each feature and a bias."""

    weights: NDArray[np.float32]
    bias: float

    def probability(self, found: NDArray[np.int64]) -> float:
        """Chance that a text with these features is manipulation."""
        score = float(self.weights[found].sum()) * scale(found) + self.bias
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


@lru_cache(maxsize=1)
def attack_model() -> AttackModel:
    """The trained model, from the data directory where it was kept."""
    sources = [
        *sorted(DATA.glob("*.txt")),
        *(HERE / name for name in READERS),
        HERE / "rules" / "attack_words.yaml",
    ]
    arrays = kept("attacks", sources, lambda: _arrays(train(training_lines())))
    return AttackModel(arrays["weights"], float(arrays["bias"]))


def _arrays(model: AttackModel) -> Arrays:
    return {"weights": model.weights, "bias": np.array(model.bias)}


def training_lines() -> list[tuple[str, bool, float]]:
    """Every line of the data, its label and weight; attacks and look-alikes also inside an
    ordinary text."""
    rng = random.Random(7)
    lines: list[tuple[str, bool, float]] = []
    for path in sorted(DATA.glob("*.txt")):
        label = path.name.startswith("attacks")
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("# "):
                if path.stem == "ordinary":
                    lines.append((line, label, ORDINARY))
                else:
                    lines.append((line, label, 1.0))
                    lines.append((rng.choice(CARRIERS).replace("{}", line), label, 1.0))
    return lines


def train(lines: list[tuple[str, bool, float]]) -> AttackModel:
    """Logistic regression on (text, attack, weight); deterministic."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows = [features(views(text), "message") for text, _, _ in lines]
    starts = np.cumsum([0, *(len(row) for row in rows)])
    values = np.concatenate([np.full(len(row), scale(row)) for row in rows])
    matrix = csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), SIZE))
    fitted = LogisticRegression(C=STRENGTH, max_iter=1_000).fit(
        matrix, [label for _, label, _ in lines], sample_weight=[weight for *_, weight in lines]
    )
    return AttackModel(fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0]))


def scale(found: NDArray[np.int64]) -> float:
    """The value of each feature of a text: long texts are no surer than short ones."""
    return 3.0 / math.sqrt(max(1, len(found)))

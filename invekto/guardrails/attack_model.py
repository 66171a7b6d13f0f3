"""The small linear model of manipulation: trained at first use on data of our own, kept by the
hash of that data and of the code that reads it."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from invekto.guardrails.concepts import MANIPULATION, TURNS
from invekto.guardrails.drawn import drawn
from invekto.guardrails.features import SIZE, Features, features
from invekto.guardrails.flat import plain
from invekto.guardrails.kept import Arrays, kept
from invekto.guardrails.readings import marks
from invekto.guardrails.views import views

HERE = Path(__file__).parent
DATA = HERE / "data"
READERS = (
    "views.py",
    "ciphers.py",
    "segments.py",
    "concepts.py",
    "features.py",
    "shapes.py",
    "attack_model.py",
    "drawn.py",
    "flat.py",
    "stems.py",
)
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
    "<!-- {} --> merhaba",
    "<p>{}</p> is what the mail shows",
    "**{}**",
)
_LANGUAGE = re.compile(r"_(?:tr|en|ar)$")
STRENGTH = 10.0
"""Inverse of the regularisation, chosen on the development set like the weight below."""
ORDINARY = 0.3
"""Weight of an everyday message against a look-alike."""
DRAWN, DRAWN_WEIGHT = 16, 0.3
"""Fillings of each pattern, and the weight of each."""


@dataclass(frozen=True)
class AttackModel:
    """`weights[f]` of each feature and a bias."""

    weights: NDArray[np.float32]
    bias: float

    def probability(self, found: Features) -> float:
        """Chance that a text with these features is manipulation."""
        score = float(self.weights[found.numbers] @ found.values) + self.bias
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


@lru_cache(maxsize=1)
def attack_model() -> AttackModel:
    """The trained model, from the data directory where it was kept."""
    sources = [
        *sorted(DATA.glob("*.txt")),
        *(HERE / name for name in READERS),
        MANIPULATION,
        TURNS,
        HERE / "data" / "attack_patterns.yaml",
    ]
    arrays = kept("attacks", sources, lambda: _arrays(train(training_lines())))
    return AttackModel(arrays["weights"], float(arrays["bias"]))


def _arrays(model: AttackModel) -> Arrays:
    return {"weights": model.weights, "bias": np.array(model.bias)}


def source_of(line: str) -> str:
    """Where a training line stands: `content`, or a customer's `message`."""
    return "content" if marks("attack_model.content").match(plain(line)) else "message"


@dataclass(frozen=True, slots=True)
class Line:
    """A line to train on. `collection` is the hand and the occasion it comes from, empty for
    everyday messages and for what was put together from parts."""

    text: str
    attack: bool
    weight: float
    collection: str = ""
    carried: bool = False
    """Whether it stands inside an ordinary text."""


def training_lines() -> list[Line]:
    """Every line of the data; attacks and look-alikes also inside an ordinary text."""
    rng = random.Random(7)
    lines: list[Line] = []
    for path in sorted(DATA.glob("*.txt")):
        attack = path.name.startswith("attacks")
        for text in path.read_text(encoding="utf-8").splitlines():
            if not text.strip() or text.startswith("# "):
                continue
            if path.stem.startswith("ordinary"):
                lines.append(Line(text, attack, ORDINARY))
                continue
            collection = _LANGUAGE.sub("", path.stem).partition("_")[2] or "first"
            carrier = rng.choice(CARRIERS)
            lines.append(Line(text, attack, 1.0, collection))
            lines.append(Line(carrier.replace("{}", text), attack, 1.0, collection, carried=True))
    lines += [Line(text, attack, DRAWN_WEIGHT) for text, attack in drawn(DRAWN)]
    return lines


def train(lines: list[Line]) -> AttackModel:
    """Logistic regression; deterministic."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows = [features(views(line.text.removeprefix("§ ")), source_of(line.text)) for line in lines]
    starts = np.cumsum([0, *(len(row.numbers) for row in rows)])
    values = np.concatenate([row.values for row in rows])
    numbers = np.concatenate([row.numbers for row in rows])
    matrix = csr_matrix((values, numbers, starts), shape=(len(rows), SIZE))
    fitted = LogisticRegression(C=STRENGTH, max_iter=1_000).fit(
        matrix, [line.attack for line in lines], sample_weight=[line.weight for line in lines]
    )
    return AttackModel(fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0]))

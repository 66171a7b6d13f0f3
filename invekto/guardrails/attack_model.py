"""The small linear model of manipulation: trained at first use on data of our own, kept by the
hash of that data and of the code that reads it."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from invekto.guardrails.features import SIZE, features
from invekto.guardrails.views import views
from invekto.settings import settings

HERE = Path(__file__).parent
DATA = HERE / "data"
READERS = ("views.py", "concepts.py", "features.py", "attack_model.py", "flat.py")
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
ROUNDS = 60
RATE = 0.35
DECAY = 2e-5


@dataclass(frozen=True)
class AttackModel:
    """`weights[f]` of each feature and a bias."""

    weights: NDArray[np.float32]
    bias: float

    def probability(self, found: NDArray[np.int64]) -> float:
        """Chance that a text with these features is manipulation."""
        score = float(self.weights[found].sum()) / max(1.0, len(found) ** 0.5) * 3.0 + self.bias
        return float(1.0 / (1.0 + np.exp(-np.clip(score, -30, 30))))


@lru_cache(maxsize=1)
def attack_model() -> AttackModel:
    """The trained model, from the data directory where it was kept."""
    key = _key()
    kept = settings().data_dir / "models" / f"attacks-{key}.npz"
    if kept.is_file():
        try:
            with np.load(kept) as stored:
                return AttackModel(stored["weights"], float(stored["bias"]))
        except (OSError, ValueError, KeyError):
            kept.unlink(missing_ok=True)
    model = train(training_lines())
    _keep(model, kept)
    return model


def training_lines() -> list[tuple[str, bool]]:
    """Every line of the data and its label; each also inside an ordinary text."""
    rng = random.Random(7)
    lines: list[tuple[str, bool]] = []
    for path in sorted(DATA.glob("*.txt")):
        label = path.name.startswith("attacks")
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("# "):
                lines.append((line, label))
                lines.append((rng.choice(CARRIERS).format(line), label))
    return lines


def train(lines: list[tuple[str, bool]]) -> AttackModel:
    """Logistic regression by averaged stochastic steps; deterministic."""
    rows = [(features(views(text), "message"), label) for text, label in lines]
    weights = np.zeros(SIZE, dtype=np.float64)
    total = np.zeros(SIZE, dtype=np.float64)
    bias = bias_total = 0.0
    rng = random.Random(11)
    steps = 0
    for turn in range(ROUNDS):
        rng.shuffle(rows)
        rate = RATE / (1 + turn / 10)
        for found, label in rows:
            scale = 3.0 / max(1.0, len(found) ** 0.5)
            score = weights[found].sum() * scale + bias
            error = float(label) - 1.0 / (1.0 + np.exp(-np.clip(score, -30, 30)))
            weights[found] += rate * error * scale
            bias += rate * error * 0.1
        weights *= 1.0 - DECAY * len(rows)
        total += weights
        bias_total += bias
        steps += 1
    return AttackModel((total / steps).astype(np.float32), bias_total / steps)


def _key() -> str:
    digest = hashlib.sha256()
    for path in [*sorted(DATA.glob("*.txt")), *(HERE / name for name in READERS)]:
        digest.update(path.read_bytes())
    digest.update((HERE / "rules" / "attack_words.yaml").read_bytes())
    return digest.hexdigest()[:16]


def _keep(model: AttackModel, path: Path) -> None:
    """Write beside and move: a half-written model is never read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.stem}-{random.randrange(1 << 30)}.npz")
        np.savez_compressed(temporary, weights=model.weights, bias=np.float64(model.bias))
        temporary.replace(path)
    except OSError:
        return

"""Fits `tuning.yaml` on out-of-batch predictions: python -m invekto.agent.intents.calibrate."""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator

import numpy as np
import yaml
from scipy.optimize import minimize

from invekto.agent.intents import calibration
from invekto.agent.intents.corpus import LANGUAGES, Example, load_packs
from invekto.agent.intents.crossing import REPORTED, WORLDS, Fold, Judged, folds, judged
from invekto.agent.intents.features import Floats
from invekto.agent.intents.model import Mask
from invekto.agent.intents.requests import BACKGROUND, best_cut, ways_to_cut, with_parts
from invekto.agent.intents.tuning import PATH
from invekto.settings import settings

WRONG_AMONG_ANSWERED = {"tr": 0.018, "en": 0.02, "ar": 0.025}
"""Allowed of whole messages when one batch is missing from training. Messages read in parts and
watched intents add up to a percent."""
JOINTS = {
    "tr": (" ", ", ", " ", " ve ", " bir de ", ". ", " bide ", "? ", " ayrıca "),
    "en": (" and ", ", ", ". ", " also ", "? ", " ", " and also "),
    "ar": (" و", "، ", " ", " وكمان ", ". ", "؟ "),
}
LONGEST_HALF = 9
RIDGE = 1.0
NEGATIVE_SHARE = 0.5


def main() -> None:
    """Fits and writes; prints what was chosen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tested", nargs="+", default=REPORTED, metavar="BATCH")
    crossed = folds(settings().data_dir / "models", wanted=parser.parse_args().tested)
    tuned = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    for language in LANGUAGES:
        parts = [judged(fold, language, world) for fold in crossed for world in WORLDS]
        tuned["sharpness"][language] = round(_sharpness(parts), 3)
        tuned["answer_from"][language] = round(
            _answer_from(parts, tuned["sharpness"][language], language), 3
        )
    weights, accuracy = _two_requests(crossed, tuned["sharpness"])
    tuned["two_requests"] = [round(float(w), 3) for w in weights]
    print(f"two requests, synthetic: {accuracy:.3f}")
    PATH.write_text(yaml.safe_dump(tuned, sort_keys=False), encoding="utf-8")
    print(PATH.read_text(encoding="utf-8"))


def _sharpness(parts: list[Judged]) -> float:
    return calibration.fit_sharpness(
        np.concatenate([p.odds for p in parts]),
        np.concatenate([p.truth for p in parts]),
        np.concatenate([p.mask for p in parts]),
    )


def _answer_from(parts: list[Judged], sharpness: float, language: str) -> float:
    """The lowest confidence from which at most the allowed share is wrong."""
    confidence, right = [], []
    for part in parts:
        odds = sharpened(part.odds, part.mask, sharpness)
        confidence.append(odds.max(1))
        right.append(odds.argmax(1) == part.truth)
    sure, good = np.concatenate(confidence), np.concatenate(right)
    order = np.argsort(-sure)
    wrong = np.cumsum(~good[order]) / np.arange(1, len(order) + 1)
    enough = np.nonzero(wrong <= WRONG_AMONG_ANSWERED[language])[0]
    return float(sure[order][enough[-1]]) if len(enough) else 0.99


def sharpened(odds: Floats, mask: Mask, sharpness: float) -> Floats:
    """Rows of probabilities under an exponent, within the mask."""
    scores = np.where(mask, np.log(odds + 1e-6) * sharpness, -np.inf)
    top = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(top / top.sum(1, keepdims=True), dtype=np.float32)


def _two_requests(crossed: list[Fold], sharpness: dict[str, float]) -> tuple[Floats, float]:
    """Logistic weights of a cut's features, learned from unseen messages glued together in pairs
    against unseen messages as they are."""
    rows, truth = [], []
    for fold in crossed:
        for features, two in _cases(fold, sharpness):
            rows.append(features)
            truth.append(two)
    inputs, wanted = np.array(rows), np.array(truth, dtype=float)

    def loss(weights: Floats) -> float:
        scores = inputs @ weights
        fit = np.logaddexp(0, scores) - wanted * scores
        return float(fit.sum() + RIDGE * (weights[1:] ** 2).sum())

    weights = minimize(loss, np.zeros(inputs.shape[1]), method="L-BFGS-B").x
    return weights, float((((inputs @ weights) > 0) == (wanted > 0)).mean())


def _cases(fold: Fold, sharpness: dict[str, float]) -> Iterator[tuple[tuple[float, ...], bool]]:
    chance = random.Random(7)
    packs = load_packs()
    for names in WORLDS.values():
        mask = np.array([any(x in packs[p] for p in names) for x in fold.model.labels])
        labels = tuple(x for x, kept in zip(fold.model.labels, mask, strict=True) if kept)
        rows = [e for e in fold.examples if e.intent in labels]
        for e in rows:
            if chance.random() < NEGATIVE_SHARE and len(e.text.split()) > 4:
                found = _cut(e.text, e.language, fold, mask, labels, sharpness)
                if found:
                    yield found[0], False
        for text, language, wanted in _glued(rows, chance):
            found = _cut(text, language, fold, mask, labels, sharpness)
            if found:
                yield found[0], found[1] == wanted


def _cut(
    text: str,
    language: str,
    fold: Fold,
    mask: Mask,
    labels: tuple[str, ...],
    sharpness: dict[str, float],
) -> tuple[tuple[float, ...], tuple[str, ...]] | None:
    ways = ways_to_cut(text)
    raw = fold.model.odds_of(with_parts(text, ways))
    odds = fold.model.calibrated(raw, mask, sharpness[language])[:, mask]
    cut = best_cut(ways, odds, labels)
    return None if cut is None else (cut.features, tuple(labels[at] for at in cut.labels))


def _glued(
    rows: list[Example], chance: random.Random
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for language in LANGUAGES:
        short = [
            e
            for e in rows
            if e.language == language
            and e.intent not in BACKGROUND
            and 2 <= len(e.text.split()) <= LONGEST_HALF
        ]
        for _ in range(len(short) // 4):
            one, two = chance.sample(short, 2)
            if one.intent != two.intent:
                joint = chance.choice(JOINTS[language])
                left = one.text.rstrip(" .?!") if chance.random() < 0.7 else one.text
                yield f"{left}{joint}{two.text}", language, (one.intent, two.intent)


if __name__ == "__main__":
    main()

"""How screening does on lines of a collection that it was not trained on: every collection of
training lines is left out once. `python -m invekto.evals.attack_folds` (three minutes); the
threshold and the form of the model are chosen here."""

from __future__ import annotations

from collections.abc import Sequence

from invekto.guardrails.attack_model import source_of, train, training_lines
from invekto.guardrails.injection import THRESHOLD, chance
from invekto.guardrails.views import views

LOOKED_AT = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
Rates = tuple[float, float]


def left_out(collection: str) -> list[tuple[float, bool]]:
    """(chance, attack) of the lines of one collection, by a model without it."""
    lines = training_lines()
    model = train([line for line in lines if line.collection != collection])
    return [
        (chance(views(line.text.removeprefix("§ ")), source_of(line.text), model), line.attack)
        for line in lines
        if line.collection == collection and not line.carried
    ]


def rates(judged: Sequence[tuple[float, bool]], threshold: float) -> Rates:
    """Share caught of the attacks, and of the look-alikes."""
    shares = []
    for label in (True, False):
        scores = [score for score, attack in judged if attack is label]
        shares.append(sum(score >= threshold for score in scores) / max(1, len(scores)))
    return shares[0], shares[1]


def main() -> None:
    """Print the rates of every collection left out, for several thresholds."""
    collections = sorted({line.collection for line in training_lines() if line.collection})
    print("collection".ljust(14), *(f"≥ {t}".rjust(13) for t in (THRESHOLD, *LOOKED_AT)))
    for collection in collections:
        judged = left_out(collection)
        cells = (rates(judged, t) for t in (THRESHOLD, *LOOKED_AT))
        print(collection.ljust(14), *(f"{c:6.1%}/{f:5.1%}".rjust(13) for c, f in cells), flush=True)


if __name__ == "__main__":
    main()

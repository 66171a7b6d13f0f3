"""How the model of manner does on sentences of a collection that it was not trained on: every
collection of training lines is left out once. `python -m invekto.evals.manner_folds` (a minute);
the form of the model and its threshold are chosen here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from invekto.guardrails.manner import SURE
from invekto.guardrails.manner_model import KINDS, Line, train, training_lines

LOOKED_AT = (SURE, 0.3, 0.4, 0.6, 0.7, 0.8)


def left_out(lines: Sequence[Line], collection: str) -> dict[str, list[float]]:
    """By kind the chances of being wrong of one collection's lines, by a model without it."""
    model = train([line for line in lines if line.collection != collection])
    found: dict[str, list[float]] = defaultdict(list)
    for line in lines:
        if line.collection == collection:
            found[line.kind].append(1.0 - model.chances(line.text)["ok"])
    return found


def share(chances: Sequence[float], threshold: float) -> float:
    """Share of sentences that would be held."""
    return sum(chance >= threshold for chance in chances) / max(1, len(chances))


def main() -> None:
    """Print the share held of every kind, collection by collection and over all, for several
    thresholds."""
    lines = training_lines()
    together: dict[str, list[float]] = defaultdict(list)
    for collection in sorted({line.collection for line in lines}):
        found = left_out(lines, collection)
        for kind, chances in found.items():
            together[kind] += chances
        cells = (f"{kind} {share(c, SURE):.0%} of {len(c)}" for kind, c in sorted(found.items()))
        print(collection.ljust(12), ", ".join(cells), flush=True)
    print("all".ljust(16), *(f"≥ {t}".rjust(8) for t in LOOKED_AT))
    for kind in KINDS:
        print(kind.ljust(16), *(f"{share(together[kind], t):8.1%}" for t in LOOKED_AT))


if __name__ == "__main__":
    main()

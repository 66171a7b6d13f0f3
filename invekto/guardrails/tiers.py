"""Steps of quantity: which of several prices or rates a count has reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from invekto.guardrails.cells import Cell


def reached(
    value: float, currency: str, counts: Iterable[int], known: Sequence[Cell]
) -> bool | None:
    """Whether a price or a rate is that of the step that a count has reached: 60 pieces are past
    "from 50", and not yet "from 200". None where the facts do not decide."""
    numbers = [n for n in counts if n > 1]
    stepped = [(c.value, c.step) for c in known if c.currency == currency and c.step]
    mine = [step for price, step in stepped if price == value]
    if not numbers or not mine or any(c.value == value and not c.step for c in known):
        return None
    best = [
        [(step.low, price) for price, step in stepped if step.holds(number)] for number in numbers
    ]
    if not any(best):
        return None
    return any(
        value == price for held in best if held for low, price in held if low == max(held)[0]
    )

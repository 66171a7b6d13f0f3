"""What is wanted, without the politeness around it: "selam kolay gelsin siparişim gelmedi hala"."""

from __future__ import annotations

import re

from invekto.agent.intents.dialogue.aside import NO_MATTER
from invekto.agent.intents.dialogue.reading import leading
from invekto.contracts.understanding import IntentGuess
from invekto.text.fold import fold

_WORD = re.compile(r"\S+")
_ENDS = " .,;:!?…،؛؟()\"'😊🙏👍❤️"
SOCIAL = NO_MATTER - {"out_of_scope"}
LIKELY = 0.5
"""Probability from which what is left is a request."""
LEAST_WORDS = 2
"""Words that may be a request; fewer are no more than an echo of the politeness."""


def beside_politeness(text: str) -> str | None:
    """What a message says between polite words at its beginning and end; None where it has none,
    or nothing else."""
    places = [m.span() for m in _WORD.finditer(text)]
    words = [fold(text[start:end]).strip(_ENDS) for start, end in places]
    first = _polite_until(words)
    last = len(words) - _polite_until(words[first:], backwards=True)
    if last - first < LEAST_WORDS or last - first == len(words):
        return None
    return text[places[first][0] : places[last - 1][1]]


def says_more(bare: IntentGuess, whole: IntentGuess) -> bool:
    """Whether a message read without its politeness tells more than with it.

    Args:
        bare: the likeliest intent of what is left.
        whole: of the whole message.
    """
    if bare.name in NO_MATTER:
        return False
    if whole.name in SOCIAL:
        return bare.probability >= LIKELY
    return bare.probability > whole.probability


def _polite_until(words: list[str], *, backwards: bool = False) -> int:
    """How many words at one end are politeness."""
    count = 0
    while count < len(words):
        rest = words[: len(words) - count] if backwards else words[count:]
        step = 1 if not rest[-1 if backwards else 0] else leading("polite", rest, backwards)
        if step == 0:
            break
        count += step
    return count

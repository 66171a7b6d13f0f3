"""Two measures told together: 50x70, 50'ye 70, otuza kırk, 200 by 220."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

Figure = tuple[int, int, str]
"""Start, end and value of a figure."""
_BETWEEN = re.compile(r"\s?[x×*]\s?|'?[ey]?[ea]\s|\sby\s|\sفي\s")
_DATIVE = re.compile(r"[a-z]{3,8}(?<!yl)[ae]$")


def measures(folded: str, figures: Sequence[Figure]) -> Iterator[Figure]:
    """Figures that stand beside each other as two measures, as `50x70`."""
    for (start, end, first), (begin, finish, second) in itertools.pairwise(figures):
        between = folded[end:begin]
        told = _BETWEEN.fullmatch(between) or (
            between == " " and _DATIVE.search(folded[start:end]) is not None
        )
        if told and first.isdecimal() and second.isdecimal():
            low, high = sorted((int(first), int(second)))
            yield start, finish, f"{low}x{high}"

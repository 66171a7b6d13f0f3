"""Values that a reply tells one after another as the facts do, none left out: such a list is told
again and not mixed up, whatever words stand between."""

from __future__ import annotations

from collections.abc import Sequence

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.matching import equal

Kind = tuple[str, str]
FEWEST = {"money": 2}
"""Values that make a list; of two that are no prices the names are as easily mixed up."""


def kind_of(claim: Claim) -> Kind:
    """A claim's kind, with the unit of an amount or the currency of money."""
    return claim.kind, claim.value[1] if claim.kind in {"amount", "money"} else ""


def told_again(said: Sequence[Claim], ground: Ground) -> frozenset[Kind]:
    """Kinds of which the reply tells all the facts' values, in their order."""
    known: dict[Kind, list[Claim]] = {}
    for _, claim in ground.written:
        row = known.setdefault(kind_of(claim), [])
        if not any(equal(claim, other) for other in row):
            row.append(claim)
    return frozenset(
        kind
        for kind, row in known.items()
        if len(row) >= FEWEST.get(kind[0], 3)
        and _follows([c for c in said if kind_of(c) == kind], row)
    )


def _follows(said: Sequence[Claim], row: Sequence[Claim]) -> bool:
    places = [i for claim in said for i, known in enumerate(row) if equal(claim, known)]
    return list(dict.fromkeys(places)) == list(range(len(row)))

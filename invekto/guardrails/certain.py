"""Combinations that hardly any customer writes: certain whatever the model thinks of the rest."""

from __future__ import annotations

from invekto.guardrails.concepts import concepts
from invekto.guardrails.shapes import shapes

NEAR = 45
"""Characters within which "ignore" and "rules" belong together."""
ORDERS = frozenset({"order:one", "order:english", "order:arabic"})


def certain(surface: str) -> bool:
    """Whether a text orders the machine about: its rules, its prompt, its tools, other people."""
    seen = shapes(surface)
    if "my:thing" in seen:
        return False
    found = concepts(surface)
    kinds = {kind for _, kind in found}
    ordered = bool(seen & ORDERS)
    return (
        (_beside(found, "ignore", "rules") and ("prior" in kinds or "your:rules" in seen))
        or ("prompt" in kinds and bool(kinds & {"reveal", "verbatim"}))
        or {"become", "free"} <= kinds
        or (bool(kinds & {"order_machine", "to_machine"}) and (ordered or _asks_much(kinds)))
        or ("others" in kinds and "reveal" in kinds)
        or ("grant" in kinds and ordered and bool(kinds & _PRETEXTS))
        or ("shape:call" in seen and ordered)
        or ("header" in kinds and bool(kinds & _SEIZED))
    )


_PRETEXTS = frozenset({"become", "claim", "skip", "header", "secrecy", "pressure", "boss_said"})
_SEIZED = frozenset({"skip", "grant", "rules", "tool", "others", "free", "claim"})


def _asks_much(kinds: set[str]) -> bool:
    return bool(kinds & {"grant", "tool", "skip", "ignore", "prompt", "others"})


def _beside(found: list[tuple[int, str]], left: str, right: str) -> bool:
    places = {kind: [at for at, k in found if k == kind] for kind in (left, right)}
    return any(abs(a - b) <= NEAR for a in places[left] for b in places[right])

"""A tenant's examples become its overlay; corrections are taken in only while the taxonomy's own
examples are still understood as before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from invekto.agent.intents.overlay import Overlay, not_worse
from invekto.agent.intents.understander import Understander


class Taught(Protocol):
    """An example message with its intent; `source` is own or correction."""

    @property
    def text(self) -> str: ...
    @property
    def intent(self) -> str: ...
    @property
    def source(self) -> str: ...


def teach(
    understander: Understander,
    examples: Sequence[Taught],
    packs: tuple[str, ...],
    taxonomy: Mapping[str, Mapping[str, Any]],
) -> Overlay | None:
    """The overlay of a tenant; None without examples.

    Corrections that would make the frozen examples (the `like` of each intent) worse are left
    out as a whole; they stay stored and are tried again with the next one.
    """
    own = [(e.text, e.intent) for e in examples if e.source == "own"]
    corrections = [(e.text, e.intent) for e in examples if e.source == "correction"]
    if not own and not corrections:
        return None
    vocabulary = understander.model.vocabulary
    before = Overlay.fit(vocabulary, own) if own else None
    if not corrections:
        return before
    after = Overlay.fit(vocabulary, [*own, *corrections])
    frozen = [(str(a["like"]), name) for name, a in taxonomy.items() if "like" in a]

    def named(overlay: Overlay | None) -> Any:
        return lambda text: _best(understander.classify(text, packs, "tr", overlay))

    return after if not_worse(named(before), named(after), frozen) else before


def _best(odds: Mapping[str, float]) -> str:
    return max(odds, key=odds.__getitem__)

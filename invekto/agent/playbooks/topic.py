"""What was spoken of a moment ago: the dress in "peki fiyatı ne", the implant in "tamam randevu
alayım"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from invekto.agent.intents.words import TenantWords
from invekto.text.fold import fold

NAMED = ("product", "treatment")
"""Kinds of things of the tenant's catalogue that a conversation is about."""
TYPED = ("order_number",)
"""Kinds of things that a customer types once."""
SHORT = 8
"""Words; a longer message says what it is about."""
OTHER = (
    "diger", "oteki", "obur", "baska", "farkli", "other", "another", "different",
    "ثاني", "تاني", "غير", "اخر",
)  # fmt: skip
"""Beginnings of words that point away from it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """By kind of thing (product, treatment, order) the ids of those spoken of, and the names of
    all."""

    named: Mapping[str, tuple[str, ...]]
    words: TenantWords

    def meant(self, kind: str, text: str) -> str | None:
        """The one spoken of, where the message is short and hints at no other of its kind."""
        spoken_of = self._hinted_at(kind, text)
        return spoken_of[0] if len(spoken_of) == 1 else None

    def named_in(self, text: str, language: str) -> str | None:
        """The names, in a language, of the products or treatments that a text which names none is
        about."""
        if self.words.find(text):
            return None
        for kind in NAMED:
            names = (self.words.name_of(kind, id_, language) for id_ in self._hinted_at(kind, text))
            known = [name for name in names if name is not None]
            if known:
                return " ".join(known)
        return None

    def is_elsewhere(self, title: str, text: str) -> bool:
        """Whether a passage speaks of other products or treatments: its title hints at one, or
        its text names only such."""
        found = {(m.kind, m.id) for m in self.words.find(text) if m.kind in NAMED}
        if found:
            return found.isdisjoint((kind, id_) for kind, ids in self.named.items() for id_ in ids)
        return any(
            all(self.words.others(title, kind, id_) for id_ in ids)
            for kind, ids in self.named.items()
        )

    def _hinted_at(self, kind: str, text: str) -> tuple[str, ...]:
        """Those spoken of that a short text may be about: it points at no other of their kind."""
        spoken_of = self.named.get(kind, ())
        if len(text.split()) > SHORT:
            return ()
        if any(word.startswith(OTHER) for word in fold(text).split()):
            return ()
        return tuple(id_ for id_ in spoken_of if not self.words.others(text, kind, id_))

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
    """By kind of thing (product, treatment, order) the id of the one spoken of, and the names of
    all."""

    named: Mapping[str, str]
    words: TenantWords

    def meant(self, kind: str, text: str) -> str | None:
        """The one spoken of, where the message is short and hints at no other of its kind."""
        spoken_of = self.named.get(kind)
        if spoken_of is None or len(text.split()) > SHORT:
            return None
        if any(word.startswith(OTHER) for word in fold(text).split()):
            return None
        return None if self.words.others(text, kind, spoken_of) else spoken_of

    def named_in(self, text: str) -> str | None:
        """The name of the product or treatment that a text which names none is about."""
        if self.words.find(text):
            return None
        for kind in NAMED:
            spoken_of = self.meant(kind, text)
            if spoken_of is not None:
                return self.words.name_of(kind, spoken_of)
        return None

    def is_elsewhere(self, title: str, text: str) -> bool:
        """Whether a passage speaks of other products or treatments: its title hints at one, or
        its text names only such."""
        found = {(m.kind, m.id) for m in self.words.find(text) if m.kind in NAMED}
        if found:
            return found.isdisjoint(self.named.items())
        return any(self.words.others(title, kind, id_) for kind, id_ in self.named.items())

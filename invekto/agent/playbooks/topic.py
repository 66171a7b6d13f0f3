"""What was spoken of a moment ago: the dress in "peki fiyatı ne", the implant in "tamam randevu
alayım"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from invekto.agent.intents.words import TenantWords

SHORT = 8
"""Words; a longer message says what it is about."""


@dataclass(frozen=True, slots=True)
class Topic:
    """By kind of thing (product, treatment) the id of the one spoken of, and the names of all."""

    named: Mapping[str, str]
    words: TenantWords

    def meant(self, kind: str, text: str) -> str | None:
        """The one spoken of, where the message is short and hints at no other of its kind."""
        spoken_of = self.named.get(kind)
        if spoken_of is None or len(text.split()) > SHORT:
            return None
        return None if self.words.others(text, kind, spoken_of) else spoken_of

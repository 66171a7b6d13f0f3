"""The wish to wait for a time that is taken: "o gün yer açılırsa haber verin"."""

from __future__ import annotations

from invekto.agent.intents.dialogue.reading import Reading
from invekto.contracts.understanding import Entity

KIND = "wait_wish"


def find_wait_wish(text: str) -> Entity | None:
    """The wish, as an entity over the whole message; None where there is none, or the wish is to
    wait no more."""
    reading = Reading.of(text)
    if reading.has("wait_over"):
        return None
    wished = reading.has("wait_list") or (reading.has("wait_freed") and reading.has("wait_tell"))
    return Entity(KIND, text, 0, len(text), "yes", 0.9) if wished else None

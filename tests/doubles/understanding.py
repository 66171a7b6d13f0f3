"""An understander whose answers are written here, so that no model has to be trained."""

from __future__ import annotations

from typing import Any

from invekto.contracts.understanding import IntentGuess, Understanding

KNOWN = {
    "insan": "human_request",
    "adres": "location",
    "merhaba": "greeting",
    "saat": "working_hours",
}


class ScriptedUnderstander:
    """Finds an intent by a word in the text; anything else is out of scope. The word `patla`
    breaks it, as a bug would."""

    def understand(self, text: str, **_: Any) -> Understanding:
        if "patla" in text:
            raise RuntimeError("the understander broke on purpose")
        found = tuple(
            IntentGuess(name, 0.97) for word, name in KNOWN.items() if word in text.lower()
        )
        return Understanding(
            text=text,
            language="tr",
            normal=text.lower(),
            intents=found,
            alternatives=found or (IntentGuess("out_of_scope", 0.9),),
            answered=bool(found),
        )

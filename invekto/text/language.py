"""Which language a message is in."""

from __future__ import annotations

from dataclasses import dataclass

from invekto.text.fold import fold


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """`language` is tr, en, ar or other; `arabizi` says that Arabic was typed in Latin letters."""

    language: str
    confidence: float
    arabizi: bool = False

    @property
    def reply(self) -> str:
        """The nearest language we answer in: English for all others."""
        return "en" if self.language == "other" else self.language


def detect(text: str, default: str = "tr") -> LanguageGuess:
    """First version: the script, then a few frequent words."""
    if any("\u0600" <= char <= "\u06ff" for char in text):
        return LanguageGuess("ar", 0.9)
    seen = set(fold(text).split())
    if seen & {"the", "is", "my", "please", "you", "what", "and", "can", "do", "hello", "hi"}:
        return LanguageGuess("en", 0.8)
    return LanguageGuess(default, 0.5)

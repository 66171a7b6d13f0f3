"""What of an answer may be the name of a thing: "keten elbise olan lütfen" → "keten elbise"."""

from __future__ import annotations

from invekto.agent.intents.dialogue.options import FILLERS
from invekto.agent.intents.dialogue.reading import Reading, ordinals

LONGEST = 60
"""Characters of an answer that may be a name."""
NO_NAME = ("question", "undecided", "any", "all", "none", "agree", "refuse", "withhold")
"""Lists of phrases that answer a question, or ask one, and name nothing by themselves."""


def name_in(text: str) -> str | None:
    """The words of a short answer without those around a name; None where none are left, where
    it asks something, or where it only points ("ikincisi")."""
    reading = Reading.of(text)
    if len(text) > LONGEST or "?" in text or reading.has("question") or reading.has("undecided"):
        return None
    kept = [raw for raw in text.split() if not _around(raw)]
    rest = Reading.of(" ".join(kept))
    if not any(word.isalpha() for word in rest.words):
        return None
    if rest.words in {phrase for phrase, _ in ordinals()} or _is_one_of(NO_NAME, rest):
        return None
    return " ".join(kept).strip(" .,!")


def only_agrees(text: str) -> bool:
    """Whether a message is a yes or a no and nothing else: "evet alayım", "yes please"."""
    bare = " ".join(raw for raw in text.split() if not _around(raw))
    return any(_is_one_of(("agree", "refuse"), Reading.of(said)) for said in (text, bare))


def _around(raw: str) -> bool:
    words = Reading.of(raw).words
    return bool(words) and all(word in FILLERS for word in words)


def _is_one_of(lists: tuple[str, ...], reading: Reading) -> bool:
    """Whether one phrase of those lists is all there is."""
    return any(reading.where(name) == (0, len(reading.words)) for name in lists)

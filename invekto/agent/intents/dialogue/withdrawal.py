"""Taking a request back: "yok vazgeçtim, iptal etmeyin"."""

from __future__ import annotations

from invekto.agent.intents.dialogue.reading import Reading

LONGEST = 10
"""Words; whoever writes more is telling something else as well."""


def withdraws(text: str) -> bool:
    """Whether the message takes a request back and asks for nothing else: "vazgeçtim, iade etmek
    istiyorum" asks for something."""
    rest = Reading.of(text)
    if len(rest.words) > LONGEST or not rest.has("withdraw"):
        return False
    for name in ("withdraw", "withdraw_around"):
        rest = _without(rest, name)
    return not rest.words


def _without(reading: Reading, name: str) -> Reading:
    while (span := reading.where(name)) is not None:
        begin, end = span
        words = reading.words
        reading = Reading(" ".join((*words[:begin], *words[end:])))
    return reading

"""Not knowing what we asked for: "numarasını bilmiyorum ki", "I don't have it"."""

from __future__ import annotations

from invekto.agent.intents.dialogue.reading import Reading

LONGEST = 8
"""Words; whoever writes more is telling something else as well."""


def lacks_it(text: str) -> bool:
    """Whether a short message says that the customer does not know or have what was asked, and
    gives nothing in its place."""
    reading = Reading.of(text)
    told = any(char.isdigit() for char in text)
    return len(reading.words) <= LONGEST and not told and reading.has("lacks")

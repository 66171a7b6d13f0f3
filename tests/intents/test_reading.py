"""Phrases of the dialogue are found as word by word comparison finds them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from invekto.agent.intents.dialogue.reading import Reading, _phrases

NAMES = ("agree", "refuse", "withdraw")
PHRASES = [" ".join(p).replace("*", "") for name in NAMES for p in _phrases(name)]
texts = st.lists(st.sampled_from([*PHRASES, "kargo", "x", "evetim", "ol"]), max_size=5)


@given(texts.map(" ".join), st.sampled_from(NAMES))
def test_the_first_phrase_is_found(text: str, name: str) -> None:
    words = Reading.of(text).words
    spans = [
        (at, at + len(phrase))
        for phrase in _phrases(name)
        for at in range(len(words) - len(phrase) + 1)
        if all(
            word.startswith(part[:-1]) if part.endswith("*") else word == part
            for word, part in zip(words[at : at + len(phrase)], phrase, strict=True)
        )
    ]
    first = min(spans, key=lambda span: (span[0], -span[1])) if spans else None
    assert Reading.of(text).where(name) == first

"""Paragraphs that stand in one fact word for word: a business's own sentences, quoted whole, are
neither refuted by another text of it nor about something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from invekto.guardrails.flat import flat
from invekto.guardrails.reply import Sentence, split_sentences

SHORTEST = 4
"""Words of a quotation; fewer stand in many facts by chance."""
_GREETS = re.compile(
    r"(?:merhaba|selam|iyi gunler|hi|hello|hey|dear|sayin|مرحبا|اهلا)\b[^,،.!?]{0,60}[,،!] *"
)
_SPACE = re.compile(r"\s+")
_EDGE = re.compile(r"^[\s\W]+|[\s\W]+$")


def quoted(text: str, sentences: Sequence[Sentence], facts: Sequence[str]) -> frozenset[Sentence]:
    """The sentences of those paragraphs of a reply that stand whole in a single fact; a salutation
    before the first of them does not count."""
    sources = [_plain(fact) for fact in facts]
    found: set[Sentence] = set()
    for paragraph in _paragraphs(text, sentences):
        said = [_bare(sentence.flat) for sentence in paragraph]
        said[0] = _bare(_GREETS.sub("", paragraph[0].flat, count=1))
        told = [words for words in said if words]
        if sum(len(words.split()) for words in told) < SHORTEST:
            continue
        if any(all(_stands_in(words, source) for words in told) for source in sources):
            found.update(paragraph)
    return frozenset(found)


def as_worded(sentences: Sequence[Sentence], worded: Sequence[str]) -> frozenset[Sentence]:
    """The sentences of a reply that stand so in a text of the tenant's own wording."""
    known = {sentence.flat for text in worded for sentence in split_sentences(text)}
    return frozenset(sentence for sentence in sentences if sentence.flat in known)


def _paragraphs(text: str, sentences: Sequence[Sentence]) -> list[list[Sentence]]:
    parts: list[list[Sentence]] = []
    for sentence in sentences:
        if parts and "\n\n" not in text[parts[-1][-1].end : sentence.start]:
            parts[-1].append(sentence)
        else:
            parts.append([sentence])
    return parts


def _stands_in(words: str, source: str) -> bool:
    """As a whole sentence of the source: "kargom teslim edildi" inside a longer one is none."""
    at = source.find(words)
    while at >= 0:
        before, after = source[:at].rstrip(" \"'“”•-"), source[at + len(words) :].lstrip(" \"'“”")
        if (not before or before[-1] in ".!?؟…:;\n|·") and (not after or after[0] in ".!?؟…;\n|·"):
            return True
        at = source.find(words, at + 1)
    return False


@lru_cache(maxsize=2_048)
def _plain(text: str) -> str:
    return _SPACE.sub(" ", flat(text)).strip()


def _bare(flattened: str) -> str:
    return _EDGE.sub("", _SPACE.sub(" ", flattened))

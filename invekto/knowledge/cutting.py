"""Cutting: a document's blocks become chunks that stand for themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from invekto.knowledge.blocks import Block, Page
from invekto.knowledge.chunks import Chunk
from invekto.knowledge.sentences import sentences
from invekto.text.language import detect

USUAL = 700
"""Characters of a chunk of text; a heading or a table ends it earlier."""
LONGEST = 1_000
FULL_STOPS = (".", "!", "?", ":", ";", "؟", "…")
LEAST_TO_JUDGE = 160
"""Characters below which a chunk takes the language of its document, as rows always do."""


@dataclass(slots=True)
class Cutter:
    """Goes through the pages of one document in order; its state can be kept between runs."""

    language: str = ""
    heading: list[tuple[int, str]] = field(default_factory=list)
    offset: int = 0

    @classmethod
    def resumed(cls, state: dict[str, Any]) -> Cutter:
        heading = [(int(level), str(text)) for level, text in state.get("heading", [])]
        return cls(str(state.get("language", "")), heading, int(state.get("offset", 0)))

    def state(self) -> dict[str, Any]:
        """What `resumed` needs."""
        return {"language": self.language, "heading": self.heading, "offset": self.offset}

    def cut(self, pages: Sequence[Page]) -> list[Chunk]:
        """The chunks of these pages. A chunk may span two of them, never two calls."""
        blocks = [block for page in pages for block in page.blocks]
        if not self.language and blocks:
            self.language = detect(" ".join(block.text for block in blocks)[:4000]).language
        return list(self._chunks(blocks))

    def _chunks(self, blocks: Sequence[Block]) -> Iterator[Chunk]:
        pending: list[tuple[Block, int]] = []
        for block in blocks:
            start, self.offset = self.offset, self.offset + len(block.text) + 1
            if block.kind == "heading":
                yield from self._text(pending)
                self._enter(block)
            elif block.kind == "row":
                yield from self._text(pending)
                yield self._chunk("row", block.text, [(block, start)])
            elif len(block.text) > LONGEST:
                yield from self._text(pending)
                yield from self._long(block, start)
            else:
                if pending and (_size(pending) + len(block.text) > USUAL or _turns(pending, block)):
                    yield from self._text(pending)
                pending.append((block, start))
        yield from self._text(pending)

    def _enter(self, block: Block) -> None:
        self.heading = [h for h in self.heading if h[0] < block.level]
        self.heading.append((block.level, block.text))

    def _text(self, pending: list[tuple[Block, int]]) -> Iterator[Chunk]:
        if pending:
            yield self._chunk("text", "\n".join(block.text for block, _ in pending), pending)
            pending.clear()

    def _long(self, block: Block, start: int) -> Iterator[Chunk]:
        part = ""
        at = start
        for sentence in _pieces(block.text):
            if part and len(part) + len(sentence) > USUAL:
                yield self._chunk("text", part, [(block, at)])
                at += len(part) + 1
                part = ""
            part = f"{part} {sentence}".strip()
        if part:
            yield self._chunk("text", part, [(block, at)])

    def _chunk(self, kind: str, text: str, parts: Sequence[tuple[Block, int]]) -> Chunk:
        first, start = parts[0]
        return Chunk(
            kind,
            text,
            self._language(kind, text),
            tuple(heading for _, heading in self.heading),
            first.page,
            parts[-1][0].page,
            start,
            start + len(text),
        )

    def _language(self, kind: str, text: str) -> str:
        if kind == "row" or len(text) < LEAST_TO_JUDGE:
            return self.language
        guess = detect(text, default=self.language)
        sure = guess.confidence >= 0.6 and guess.language != "other"
        return guess.language if sure else self.language


def _turns(pending: Sequence[tuple[Block, int]], block: Block) -> bool:
    """A new page begins, and no sentence goes on there: a citation names the page it stands on."""
    before = pending[-1][0]
    return before.page != block.page and before.text.rstrip().endswith(FULL_STOPS)


def _size(pending: Sequence[tuple[Block, int]]) -> int:
    return sum(len(block.text) + 1 for block, _ in pending)


def _pieces(text: str) -> Iterator[str]:
    """Sentences; one longer than a chunk may be is cut between words."""
    for sentence in sentences(text):
        while len(sentence) > LONGEST:
            at = sentence.rfind(" ", 0, USUAL)
            at = at if at > 0 else USUAL
            yield sentence[:at]
            sentence = sentence[at:].strip()
        if sentence:
            yield sentence

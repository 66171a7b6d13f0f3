"""A chunk as lines of stems: what reranking, answering and clustering read instead of the text.

A line that holds a price, a duration, a time, an address or a phone number ends in a marker such
as `#price`, so that a question that wants one finds it without reading the text again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

import yaml

from invekto.knowledge.sentences import sentences
from invekto.llm.terms import terms

_FAST = {ord("İ"): "i", ord("I"): "i", ord("ı"): "i", ord("ş"): "s", ord("ğ"): "g", ord("ü"): "u",
         ord("ö"): "o", ord("ç"): "c", ord("Ş"): "s", ord("Ğ"): "g", ord("Ü"): "u", ord("Ö"): "o",
         ord("Ç"): "c", ord("أ"): "ا", ord("إ"): "ا", ord("آ"): "ا", ord("ة"): "ه", ord("ى"): "ي",
         **{0x660 + n: str(n) for n in range(10)}}  # fmt: skip


@cache
def _kinds() -> dict[str, re.Pattern[str]]:
    raw = (resources.files("invekto.knowledge") / "data/answer_kinds.yaml").read_text("utf-8")
    kinds: dict[str, list[str]] = yaml.safe_load(raw)
    return {kind: re.compile("|".join(options)) for kind, options in kinds.items()}


def markers(text: str) -> list[str]:
    """`#price` and the like for each kind of answer that a text holds."""
    flat = text.translate(_FAST).lower()
    return [f"#{kind}" for kind, pattern in _kinds().items() if pattern.search(flat)]


def stem_line(text: str, language: str) -> str:
    """Stems in order, then markers."""
    return " ".join([*(term.stem for term in terms(text, language)), *markers(text)])


def stem_lines(title: str, heading: Sequence[str], asked: str, content: str, language: str) -> str:
    """Lines: title, headings, question variants, then the content's sentences."""
    parts = [title, " ".join(heading), *filter(None, asked.split("\n")), *sentences(content)]
    return "\n".join(stem_line(part, language) for part in parts)

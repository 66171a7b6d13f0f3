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
from invekto.text.normalise import fold

_RANGE = re.compile(r"(?<![\d.])(\d{1,3})\s?[–-]\s?(\d{1,3})(?![\d.])")
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


def ranges(text: str) -> list[str]:
    """`104~110` for each range of whole numbers in a text, such as 104–110."""
    found = _RANGE.findall(text.replace(",", "."))
    return [f"{low}~{high}" for low, high in found if int(low) < int(high)]


def within(number: str, marks: frozenset[str]) -> bool:
    """Whether a whole number lies in one of the ranges among the stems."""
    bounds = (mark.split("~") for mark in marks if "~" in mark)
    return any(int(low) <= int(number) <= int(high) for low, high in bounds)


def stem_line(text: str, language: str) -> str:
    """Stems in order, then markers."""
    return " ".join([*(term.stem for term in terms(text, language)), *markers(text), *ranges(text)])


def stem_lines(
    title: str, heading: Sequence[str], names: Sequence[str], content: str, language: str
) -> str:
    """Lines: title, headings, then the names it goes by, then the content's sentences.

    Names are an FAQ's question and variants, or the first cell of a table's row; their lines
    begin with `?` and hold content words only."""
    lines = [stem_line(title, language), stem_line(" ".join(heading), language)]
    lines += [f"? {name_line(name, language)}" for name in names]
    lines += [stem_line(part, language) for part in sentences(content)]
    return "\n".join(lines)


def name_line(name: str, language: str) -> str:
    """The stems of a name's content words; of all its words where it has no other."""
    found = terms(name, language)
    content = [term.stem for term in found if term.folded not in stopwords()]
    return " ".join(content or [term.stem for term in found])


@cache
def stopwords() -> frozenset[str]:
    """Folded words without a subject of their own, of all languages."""
    raw = (resources.files("invekto.knowledge") / "data/stopwords.yaml").read_text("utf-8")
    lists: dict[str, str] = yaml.safe_load(raw)
    return frozenset(fold(word) for words in lists.values() for word in words.split())

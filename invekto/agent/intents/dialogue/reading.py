"""A message as the dialogue reads it, and the phrases it knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from invekto.text.fold import fold
from invekto.text.resources import parsed

_PATH = Path(__file__).parent / "phrases.yaml"
_TOKEN = re.compile(
    r"[^\W_]+(?:'[^\W_]+)*|[\U0001F44D\U0001F44E\U0001F44C\U0001F64F\u2705\u274C\U0001F6AB]"
)
_JOINED = re.compile(
    r"(?<![^\W_])([^\W\d_]+(?:yor|[aeiu]r|d[iu]|m[iu]s|c[ae]k|m[ae]z)|var|yok|lazim|mumkun|degil|uygun)"
    r"(m[iu](?:s[iu]n(?:[iu]z)?|y[iu][mz]|yd[iu]|d[iu]r)?)(?![^\W_])"
)
"""A question particle typed together with its verb: "varmı", "yaparmısınız"."""
_SPOKEN = re.compile(r"(?<=[iu])yo(m|z|sun|sunuz|)(?![^\W_])")
"""The present as it is spoken: "bilmiyom", "istiyoz", "ne diyo"."""
_WRITTEN = {"m": "yorum", "z": "yoruz", "sun": "yorsun", "sunuz": "yorsunuz", "": "yor"}
_KEYCAP = re.compile(r"(\d)\ufe0f?\u20e3")


@dataclass(frozen=True)
class Reading:
    """Folded text and its words."""

    text: str

    @classmethod
    def of(cls, raw: str) -> Reading:
        """Folds a message; keycap digits become digits, a question particle stands apart, spoken
        endings are written out."""
        folded = fold(_KEYCAP.sub(r"\1 ", raw))
        written = _SPOKEN.sub(lambda m: _WRITTEN[m.group(1)], folded)
        return cls(_JOINED.sub(r"\1 \2", written))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words, apostrophes inside kept, and the few emoji that are answers."""
        return tuple(_TOKEN.findall(self.text))

    def has(self, name: str) -> bool:
        """Whether a phrase of the list `name` stands in the message."""
        return self.where(name) is not None

    def where(self, name: str) -> tuple[int, int] | None:
        """First phrase of the list `name`, as word positions (begin, end)."""
        possible = filter(self._forms.issuperset, _phrases(name))
        found = [span for phrase in possible if (span := self._span(phrase))]
        return min(found, key=lambda span: (span[0], -span[1])) if found else None

    @cached_property
    def _forms(self) -> frozenset[str]:
        """Everything in a phrase that one of the words meets: itself, its beginnings with a `*`."""
        begun = (f"{word[:size]}*" for word in self.words for size in range(len(word) + 1))
        return frozenset((*self.words, *begun))

    def _span(self, phrase: tuple[str, ...]) -> tuple[int, int] | None:
        size = len(phrase)
        for at in range(len(self.words) - size + 1):
            if all(_is(w, p) for w, p in zip(self.words[at : at + size], phrase, strict=True)):
                return at, at + size
        return None

    def part(self, begin: int, end: int) -> Reading:
        """Some of the words as a message of their own."""
        return Reading(" ".join(self.words[begin:end]))


def _is(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def leading(name: str, words: Sequence[str], backwards: bool = False) -> int:
    """Length in words of the longest phrase of the list `name` that some folded words begin with,
    or end with; 0 where they do with none."""
    sizes = range(min(len(words), _longest(name)), 0, -1)
    ends = ((size, words[-size:] if backwards else words[:size]) for size in sizes)
    return next((size for size, end in ends if tuple(end) in _phrase_set(name)), 0)


def listed(name: str) -> Any:
    """A part of `phrases.yaml`."""
    return _all()[name]


@cache
def _all() -> dict[str, Any]:
    return dict(parsed(_PATH.read_text(encoding="utf-8")))


@cache
def _phrases(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(fold(str(phrase)).split()) for group in listed(name) for phrase in group)


@cache
def _phrase_set(name: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_phrases(name))


@cache
def _longest(name: str) -> int:
    return max(map(len, _phrases(name)))


@cache
def ordinals() -> tuple[tuple[tuple[str, ...], int], ...]:
    """(words, number), longest first; negative numbers count from the end."""
    raw = {
        tuple(fold(str(phrase)).split()): int(number)
        for number, phrases in listed("ordinals").items()
        for phrase in phrases
    }
    return tuple(sorted(raw.items(), key=lambda item: -len(item[0])))

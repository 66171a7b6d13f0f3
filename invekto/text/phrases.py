"""Tables of words and phrases looked up at a token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from invekto.text.cases import PLAIN, case_of
from invekto.text.fold import fold
from invekto.text.tokens import LONGEST_WORD, Token


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase's value, the token after it and the case of its last word."""

    value: Any
    after: int
    case: str = PLAIN


class Phrases:
    """Phrases with values; Turkish suffixes may follow where `suffixed`."""

    def __init__(self, table: Mapping[Any, list[Any]] | list[Any], *, suffixed: bool) -> None:
        rows = table.items() if isinstance(table, Mapping) else [(True, table)]
        self.suffixed = suffixed
        self.rows: dict[str, list[tuple[tuple[str, ...], Any]]] = {}
        for value, phrases in rows:
            for phrase in phrases:
                words = tuple(fold(str(phrase)).split()) or (str(phrase),)
                self.rows.setdefault(words[0], []).append((words, value))
        for found in self.rows.values():
            found.sort(key=lambda row: -len(row[0]))
        self._heads = frozenset(word[:2] for word in self.rows if len(word) > 1)

    def at(self, tokens: list[Token], index: int) -> Hit | None:
        """The longest phrase that begins at a token."""
        if index >= len(tokens) or len(tokens[index].text) > LONGEST_WORD:
            return None
        first = tokens[index].text
        if self.suffixed and first[:2] not in self._heads:
            return self._single(tokens, index)
        best: Hit | None = None
        for cut in range(len(first), 0 if not self.suffixed else 1, -1):
            for words, value in self.rows.get(first[:cut], ()):
                hit = self._hit(words, value, tokens, index)
                if hit is not None and (best is None or hit.after > best.after):
                    best = hit
            if best is not None or not self.suffixed:
                break
        return best or self._single(tokens, index)

    def _single(self, tokens: list[Token], index: int) -> Hit | None:
        """One-letter phrases (k, x, signs)."""
        text = tokens[index].text
        rows = self.rows.get(text)
        if rows is None:
            return None
        return next((Hit(v, index + 1) for w, v in rows if w == (text,)), None)

    def _hit(
        self, words: tuple[str, ...], value: Any, tokens: list[Token], index: int
    ) -> Hit | None:
        end = index + len(words)
        if end > len(tokens):
            return None
        if any(tokens[index + i].text != word for i, word in enumerate(words[:-1])):
            return None
        last = tokens[end - 1].text
        if last == words[-1]:
            return Hit(value, end)
        if not self.suffixed or not last.startswith(words[-1]):
            return None
        case = case_of(last[len(words[-1]) :].lstrip("'"))
        return Hit(value, end, case) if case is not None else None

    def anywhere(self, tokens: list[Token], begin: int, finish: int) -> bool:
        """Whether a phrase begins at one of the tokens `begin` to `finish`."""
        return any(self.at(tokens, i) for i in range(max(begin, 0), min(finish, len(tokens))))

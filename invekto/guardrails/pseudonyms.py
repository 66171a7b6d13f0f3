"""Placeholders for personal data on the way to a model, the real values on the way back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from invekto.errors import ModelUnavailable
from invekto.guardrails.flat import plain
from invekto.guardrails.pii import APART, IDENTIFYING, find

HIDDEN = (IDENTIFYING | APART) - {"HEALTH"}
"""Health statements are what the question is about; without the person they name nobody."""
_PLACEHOLDER = re.compile(r"⟦([A-Z_]{3,12})_(\d{1,4})⟧")
_BROKEN = re.compile(r"[⟦⟧]")


@dataclass
class Pseudonyms:
    """Per conversation: the same value always gets the same placeholder, such as `⟦PHONE_1⟧`.

    Brackets of this kind in a customer's own text are taken out first, so that nobody can write
    a placeholder and have it turned into someone's data.
    """

    own: frozenset[str] = frozenset()
    values: dict[str, str] = field(default_factory=dict)
    """Placeholder → the value as first written."""
    _keys: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    def hide(self, text: str, language: str | None = None) -> str:
        """The text with every personal value replaced, values seen before included."""
        text = _BROKEN.sub("", text)
        pieces: list[str] = []
        at = 0
        for span in find(text, own=self.own, language=language, kinds=HIDDEN):
            pieces += [self._known(text[at : span.start])]
            pieces += [self._placeholder(text[span.start : span.end], span.type)]
            at = span.end
        return "".join([*pieces, self._known(text[at:])])

    def restore(self, text: str) -> str:
        """The text with the real values put back.

        Raises:
            ModelUnavailable: a placeholder that was never given out, or pieces of one.
        """

        def value(match: re.Match[str]) -> str:
            known = self.values.get(match.group())
            if known is None:
                raise ModelUnavailable(
                    f"the model answered with the unknown placeholder {match.group()}:"
                    " its answer is not used"
                )
            return known

        pieces = _PLACEHOLDER.split(text)
        if any(_BROKEN.search(piece) for piece in pieces[::3]):
            raise ModelUnavailable(
                "the model answered with a damaged placeholder: its answer is not used"
            )
        return _PLACEHOLDER.sub(value, text)

    def as_data(self) -> dict[str, str]:
        """For keeping with the conversation; contains the values."""
        return dict(self.values)

    @classmethod
    def from_data(cls, data: dict[str, str], own: frozenset[str] = frozenset()) -> Pseudonyms:
        """What `as_data` gave, alive again."""
        made = cls(own)
        for placeholder, value in data.items():
            match = _PLACEHOLDER.fullmatch(placeholder)
            if match:
                made.values[placeholder] = value
                made._keys[match.group(1), _key(match.group(1), value)] = placeholder
        return made

    def _placeholder(self, value: str, kind: str) -> str:
        key = kind, _key(kind, value)
        if key not in self._keys:
            number = 1 + sum(1 for known, _ in self._keys if known == kind)
            self._keys[key] = f"⟦{kind}_{number}⟧"
            self.values[self._keys[key]] = value
        return self._keys[key]

    def _known(self, text: str) -> str:
        """Values hidden once stay hidden where they are not recognised a second time."""
        for placeholder, value in self.values.items():
            if len(value) >= 4 and value in text:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", placeholder, text)
        return text


def _key(kind: str, value: str) -> str:
    """Two ways of writing one value are one value."""
    folded = plain(value)
    if kind in {"PERSON", "ADDRESS", "EMAIL"}:
        return folded
    return re.sub(r"[^0-9a-z]", "", folded).removeprefix("0090").removeprefix("90").lstrip("0")

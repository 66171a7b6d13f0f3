"""Placeholders for personal data on the way to a model, the real values on the way back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from invekto.errors import ModelUnavailable
from invekto.guardrails.flat import flat, plain
from invekto.guardrails.gazetteer import names
from invekto.guardrails.pii import HIDDEN, find

_PLACEHOLDER = re.compile(r"⟦([A-Z_]{3,12})_(\d{1,4})⟧")
_SHORTEST = 3
_NO_NAMES = frozenset(["bey", "hanim", "mrs", "miss", "the", "von", "van", "bin", "ibn", "abu"])
_ENDING = r"(?:'?[^\W\d_]{1,5})?"
"""What may hang on a Turkish name ("Ayşe'nin", "ayseye")."""
_SUFFIXES = (
    "in",
    "un",
    "nin",
    "nun",
    "a",
    "e",
    "ya",
    "ye",
    "i",
    "u",
    "yi",
    "yu",
    "da",
    "de",
    "dan",
    "den",
)
_NEXT_WORD = re.compile(r" ([^\W\d_]{3,20})(?!\w)")
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
    _parts: dict[str, str] = field(default_factory=dict, repr=False)
    """A known person's single names, folded → the placeholder of the whole."""
    _keys: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    def hide(self, text: str, language: str | None = None) -> str:
        """The text with every personal value replaced, values seen before included."""
        text = _BROKEN.sub("", text)
        pieces: list[str] = []
        at = 0
        for span in find(text, own=self.own, language=language, kinds=HIDDEN):
            end = _with_surname(text, span.end) if span.type == "PERSON" else span.end
            if span.start < at:
                continue
            pieces += [self._known(text[at : span.start])]
            pieces += [self._placeholder(text[span.start : end], span.type)]
            at = end
        return "".join([*pieces, self._known(text[at:])])

    def know(self, value: str, kind: str) -> None:
        """A value that is known to be personal, whether or not a recogniser would see it: hidden
        wherever it stands, a person's single names too, in any case and with any ending."""
        value = _BROKEN.sub("", value).strip()
        if len(value) < _SHORTEST:
            return
        placeholder = self._placeholder(value, kind)
        if kind == "PERSON":
            for part in value.split():
                if len(part) >= _SHORTEST and plain(part) not in _NO_NAMES:
                    self._parts.setdefault(flat(part), placeholder)

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
        """Values hidden once stay hidden where they are not recognised a second time, however
        they are written."""
        if not text.strip():
            return text
        known = {flat(value): held for held, value in self.values.items() if len(value) >= 4}
        for value, held in sorted({**self._parts, **known}.items(), key=lambda kv: -len(kv[0])):
            text = _replaced(text, value, held)
        return text


def _with_surname(text: str, end: int) -> int:
    """Where a person's name ends once a surname that is a word as well ("yılmaz", "demir") and the
    ending of a case are taken with it: better one word too many than one too few."""
    match = _NEXT_WORD.match(flat(text[end : end + 40]))
    if match is None:
        return end
    word, surnames = match.group(1), names().surnames
    stems = [word, *(word[: -len(s)] for s in _SUFFIXES if word.endswith(s) and len(word) > 5)]
    return end + match.end() if any(stem in surnames for stem in stems) else end


def _replaced(text: str, value: str, placeholder: str) -> str:
    """The text with a folded value replaced; an ending after it stays."""
    folded = flat(text)
    if value not in folded:
        return text
    pattern = re.compile(rf"(?<![\w⟦]){re.escape(value)}(?={_ENDING}(?!\w))")
    pieces, at = [], 0
    for match in pattern.finditer(folded):
        if "⟦" in text[at : match.start()].rpartition("⟧")[2]:
            continue  # inside a placeholder
        pieces += [text[at : match.start()], placeholder]
        at = match.end()
    return "".join([*pieces, text[at:]])


def _key(kind: str, value: str) -> str:
    """Two ways of writing one value are one value."""
    folded = plain(value)
    if kind in {"PERSON", "ADDRESS", "EMAIL"}:
        return folded
    return re.sub(r"[^0-9a-z]", "", folded).removeprefix("0090").removeprefix("90").lstrip("0")

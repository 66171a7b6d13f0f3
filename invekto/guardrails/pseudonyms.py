"""Placeholders for personal data on the way to a model, the real values on the way back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from invekto.errors import ModelUnavailable
from invekto.guardrails.flat import flat, plain
from invekto.guardrails.gazetteer import names
from invekto.guardrails.pii import HIDDEN, find

_PLACEHOLDER = re.compile(r"⟦([A-Z_]{3,12})_(\d{1,4})⟧")
_LOWEST, _HIGHEST = 100, 9_000
"""Numbers of values that were found; those that were known before come first."""
_SHORTEST = 3
_MEANT, _TELLING = 8, 7
"""Last digits of a number that tell it whatever stands before them, and the fewest that do."""
_BETWEEN = r"[\s().,/_\u200b-]{0,3}"
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
    """Per conversation: the same value always gets the same placeholder, such as `⟦PHONE_1⟧`. With
    a `seed`, the conversation's id, it gets it in every turn and process, whatever was said before,
    and nothing has to be kept for it.

    Brackets of this kind in a customer's own text are taken out first, so that nobody can write
    a placeholder and have it turned into someone's data.
    """

    own: frozenset[str] = frozenset()
    seed: str = ""
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
        placeholder = self._placeholder(value, kind, told=True)
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

    def _placeholder(self, value: str, kind: str, *, told: bool = False) -> str:
        key = kind, _key(kind, value)
        if key not in self._keys:
            number = self._first(key) if self.seed and not told else 1
            while f"⟦{kind}_{number}⟧" in self.values:
                number += 1
            self._keys[key] = f"⟦{kind}_{number}⟧"
            self.values[self._keys[key]] = value
        return self._keys[key]

    def _first(self, key: tuple[str, str]) -> int:
        """Where a value's number is looked for; who does not know the seed learns nothing of the
        value from it."""
        mark = hashlib.blake2b("|".join((self.seed, *key)).encode(), digest_size=4).digest()
        return _LOWEST + int.from_bytes(mark) % (_HIGHEST - _LOWEST)

    def _known(self, text: str) -> str:
        """Values hidden once stay hidden where they are not recognised a second time, however
        they are written."""
        if not text.strip():
            return text
        for held, value in self.values.items():
            text = _digits_replaced(text, value, held)
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
    return _put(text, pattern.finditer(folded), placeholder)


def _digits_replaced(text: str, value: str, placeholder: str) -> str:
    """The text with a number replaced that stands there with its digits set apart in another way,
    or without the code of its country."""
    digits = re.sub(r"\D", "", flat(value))[-_MEANT:]
    if len(digits) < _TELLING or re.search(r"[^\W\d_]", value):
        return text
    written = flat(text)
    if len(re.sub(r"\D", "", written)) < len(digits):
        return text
    spaced = _BETWEEN.join(digits)
    pattern = re.compile(rf"(?<![\d⟦_])\+?(?:\d{_BETWEEN}){{0,7}}?{spaced}(?!\d)")
    return _put(text, pattern.finditer(written), placeholder)


def _put(text: str, found: Iterable[re.Match[str]], placeholder: str) -> str:
    """The text with these places replaced; what stands inside a placeholder is none of them."""
    pieces, at = [], 0
    for match in found:
        if "⟦" in text[at : match.start()].rpartition("⟧")[2]:
            continue
        pieces += [text[at : match.start()], placeholder]
        at = match.end()
    return "".join([*pieces, text[at:]])


def _key(kind: str, value: str) -> str:
    """Two ways of writing one value are one value."""
    folded = plain(value)
    if kind in {"PERSON", "ADDRESS", "EMAIL"}:
        return folded
    return re.sub(r"[^0-9a-z]", "", folded).removeprefix("0090").removeprefix("90").lstrip("0")

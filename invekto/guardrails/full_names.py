"""What belongs to a name after its first word: further given names, a surname."""

from __future__ import annotations

import re

from invekto.guardrails.gazetteer import Names, names
from invekto.guardrails.naming import Word, adjacent, cues, place_follows

_SON_OF = re.compile(r"(?!(?:amca|dayi|hala|teyze|bey|elin|kayinbirader)oglu)[a-z]{2,14}oglu")


def extend(words: list[Word], at: int, folded: str, end: int, shouting: bool) -> tuple[int, int]:
    """Further given names and a surname after the first name: words taken and the name's end."""
    known, around = names(), cues()
    first = words[at]
    count, last = 1, end
    if end != first.end:
        return count, last
    while at + count < len(words) and count < 4:
        previous, word = words[at + count - 1], words[at + count]
        if previous.stop != previous.end or not adjacent(folded, previous.stop, word.start):
            break
        if word.base in around.not_surname or word.base in around.title_after or word.arabic:
            break
        if place_follows(words, at + count, folded):
            break
        taken = _surname_end(word, first, known, shouting, last=closes(words, at + count, folded))
        if taken is None:
            break
        count, last = count + 1, taken
        if taken != word.end:
            break
    return count, last


def _surname_end(
    word: Word, first: Word, known: Names, shouting: bool, *, last: bool
) -> int | None:
    base = word.base
    listed = is_surname(base, known) or base in known.given
    foreign = base in known.foreign_surnames or base in known.foreign
    if word.capital and first.capital and not shouting:
        return word.end if len(base) > 1 or last else None
    if listed and (base not in known.common or last or word.capital):
        return word.end
    if foreign and (word.capital == first.capital) and base not in known.common:
        return word.end
    if word.whole == base and not word.capital:
        for suffix in cues().endings:
            stem = base[: -len(suffix)]
            if (
                len(stem) >= 4
                and base.endswith(suffix)
                and stem in (known.surnames | known.given) - known.common
            ):
                return word.start + len(stem)
    return None


def closes(words: list[Word], at: int, folded: str) -> bool:
    """Whether nothing of the clause follows the word."""
    word = words[at]
    return word.stop != word.end or not re.match(r"[ ]\w", folded[word.stop : word.stop + 2])


def is_surname(base: str, known: Names) -> bool:
    """Listed, or of the form "Aslanoğlu"."""
    return base in known.surnames or bool(_SON_OF.fullmatch(base))

"""Where a message may fall into two requests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from invekto.text.fold import Folded

MAX_CUTS = 6
"""Places at which a message is tried to be cut."""
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[,.;?!\n]+")
_CONNECTORS = frozenset(
    [
        "ama",
        "fakat",
        "ancak",
        "ve",
        "ayrica",
        "birde",
        "bide",
        "hem",
        "yani",
        "neyse",
        "peki",
        "also",
        "and",
        "plus",
        "btw",
        "but",
        "then",
        "كمان",
        "ايضا",
        "وكمان",
        "وكذلك",
        "بس",
        "وبعدين",
        "wkaman",
        "kaman",
    ]
)
_PAIRS = frozenset(
    tuple(pair.split())
    for pair in (
        "bir de",
        "bi de",
        "bu arada",
        "bi da",
        "onun yerine",
        "by the",
        "as well",
        "وبنفس الوقت",
    )
)
_CLAUSE_END = re.compile(
    r"(?:mi|mu|miyim|muyum|miyiz|muyuz|misin|misiniz|musun|musunuz|midir|mudur|var|yok|varmi|lazim|kadar|kaca|kac"
    r"|nerede|nerde|nerdesiniz|neredesiniz|subedeydi|nedir|gelir|tutar|alinir|yapilir|istiyorum|isterim|istiyoruz|lutfen|oldu|olur|olmadi|pls|please|لو|سمحت)"
    r"|\w{2,}(?:yorum|yoruz|acagim|ecegim|icam|icem|cam|cem|alim|elim|ayim|eyim|iyim|dim|tim|dum|tum|dik|tik"
    r"|siniz|sunuz|sana|sene|arsiniz|yin|edin|atin|verin|alin|gonderin|yollayin|yazin|bakin|olsun|sin)"
)
_QUESTION_START = frozenset(
    [
        "where",
        "when",
        "how",
        "what",
        "can",
        "could",
        "do",
        "does",
        "is",
        "are",
        "i'd",
        "i",
        "متي",
        "وين",
        "كم",
        "كيف",
        "هل",
        "شو",
        "بدي",
        "ابغي",
        "ممكن",
        "وين",
        "قديش",
    ]
)


def cuts(text: str) -> list[tuple[str, str, str]]:
    """Ways to cut a message in two: the parts on the raw text, not empty, and what stands
    between them (connectors, punctuation)."""
    folded = Folded.of(text[:1500])
    tokens = [(m.group(), *m.span()) for m in _TOKEN.finditer(folded.text)]
    places: list[tuple[int, int]] = []
    for left_end, right_begin in _places(tokens):
        if left_end > 0 and right_begin < len(tokens):
            places.append((left_end, right_begin))
    out = []
    for left_end, right_begin in _spread(places):
        _, left = folded.raw_span(tokens[0][1], tokens[left_end - 1][2])
        right, _ = folded.raw_span(tokens[right_begin][1], tokens[-1][2])
        one, two = text[:left].strip(" ,.;!\n"), text[right:].strip(" ,.;\n")
        if one and two:
            out.append((one, two, text[left:right]))
    return out


def _places(tokens: list[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:
    """(end of the left part, beginning of the right part), as token positions."""
    words = [token[0] for token in tokens]
    for at in range(1, len(words)):
        word = words[at]
        if not word[0].isalnum():
            if word[0] in "?,.;\n!":
                yield at + (word[0] == "?"), _behind(words, at + 1)
        elif word in _CONNECTORS:
            yield at, at + 1
        elif (word, words[at + 1] if at + 1 < len(words) else "") in _PAIRS:
            yield at, at + 2
        elif (words[at - 1][0].isalnum() and _CLAUSE_END.fullmatch(words[at - 1]) and at >= 2) or (
            word in _QUESTION_START and at >= 3
        ):
            yield at, _behind(words, at)
        elif word[0] == "و" and len(word) > 2 and at >= 2:
            yield at, at


def _behind(words: list[str], at: int) -> int:
    """Past a connector that follows a comma."""
    if at < len(words) and words[at] in _CONNECTORS:
        return at + 1
    if at + 1 < len(words) and (words[at], words[at + 1]) in _PAIRS:
        return at + 2
    return at


def _spread(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    unique = list(dict.fromkeys(places))
    if len(unique) <= MAX_CUTS:
        return unique
    step = len(unique) / MAX_CUTS
    return [unique[int(i * step)] for i in range(MAX_CUTS)]

"""Turkish noun compounds: "ışık dolgusu" is a kind of filling, and not any."""

from __future__ import annotations

import re

from invekto.text.lemma import lemma

LEAST = 4
"""Letters of a first part: shorter words ("bu", "ne") seldom are one."""
_POSSESSED = re.compile(r"s[iu](?:n(?:[aeiu]|d[ae]n?|[iu]n)|yl[ae])?")
_VOWELS = "aeiou"
_GENITIVE = re.compile(r"[iu]n$")


def is_compound(before: str, word: str, name: str) -> bool:
    """Whether `before word` is a compound whose last part is `name`: "isik dolgusu" of "dolgu".

    Only names that end in a vowel can be told: "implanti" may as well be an object. All three are
    folded; `before` in the genitive ("disimin dolgusu") owns the thing and makes no kind of it.
    """
    if len(before) < LEAST or not before.isalpha() or name[-1:] not in _VOWELS:
        return False
    if not word.startswith(name) or _POSSESSED.fullmatch(word[len(name) :]) is None:
        return False
    return not (_GENITIVE.search(before) and lemma(before, "tr") != before)

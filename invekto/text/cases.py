"""Reading Turkish case suffixes off folded words: the counterpart of `suffix`."""

from __future__ import annotations

import re
from functools import lru_cache

PLAIN = "-"

_CASES = (
    ("-", r"(?:y?[dt][iu]r?|m[iu](?:s[iu]n|y[iu]z|yd[iu])?|y?s[ea])?"),
    ("l", r"n?[dt][ea](?:yim|yiz|yd[iu]|ysa|m[iu])?"),
    ("m", r"n?[dt][ea]ki(?:ler)?"),
    ("q", r"l[iu]k"),
    ("L", r"s?[iu]n[dt][ea](?:ki|yim|yiz)?"),
    ("a", r"n?[dt][ea]n"),
    ("A", r"s?[iu]n[dt][ea]n"),
    ("d", r"[yn]?[ea](?:m[iu])?"),
    ("D", r"s?[iu]n[ea]"),
    ("w", r"y?l[ea]"),
    ("k", r"k[iu](?:ler)?(?:m[iu])?"),
    ("i", r"[yn]?[iu]|s[iu]|s?[iu]n[iu]"),
    ("g", r"n?[iu]n|s?[iu]n[iu]n"),
    ("p", r"l[ea]r(?:[iuea]|[dt][ea]n?)?"),
)
_PATTERNS = tuple((case, re.compile(pattern)) for case, pattern in _CASES)

LONGEST_SUFFIX = 16
SEPARATE = frozenset(("de", "da", "te", "ta", "den", "dan", "ten", "tan", "ye", "ya", "e", "a"))
"""Suffixes that people write apart after a number."""


@lru_cache(maxsize=8192)
def case_of(tail: str) -> str | None:
    """The case letter of a folded suffix, None where it is no suffix.

    `-` none or copula, `d` dative, `l` locative, `m` locative with -ki, `a` ablative, `i`
    accusative or possessive, `g` genitive, `w` instrumental, `k` -ki, `p` plural, `q` so many of
    something (20-lik); capitals are the same cases after a possessive (15-i-n-de)."""
    if len(tail) > LONGEST_SUFFIX:
        return None
    return next((case for case, pattern in _PATTERNS if pattern.fullmatch(tail)), None)

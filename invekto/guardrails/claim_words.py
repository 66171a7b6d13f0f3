"""The words of figures and dates in three languages, as `rules/claims.yaml` lists them."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from invekto.guardrails.flat import flat

RULES = Path(__file__).parent / "rules" / "claims.yaml"


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The word lists, folded."""
    data: dict[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return data


def one_of(table: dict[Any, list[str]]) -> tuple[str, dict[str, str]]:
    """A pattern for the words of a table, the longest first, and the key of each."""
    index = {flat(str(word)): str(key) for key, entries in table.items() for word in entries}
    return "|".join(re.escape(w) for w in sorted(index, key=len, reverse=True)), index


@lru_cache(maxsize=1)
def whole_units() -> frozenset[str]:
    """Units that are no beginning of a longer word: the g of grams."""
    entries = itertools.chain.from_iterable(words()["units"].values())
    return frozenset(str(w)[1:] for w in entries if str(w).startswith("="))

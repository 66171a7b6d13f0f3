"""The provinces of Türkiye by region, as data."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def regions() -> dict[str, frozenset[str]]:
    """The stems of the regions that each province lies in."""
    data = yaml.safe_load((HERE / "regions.yaml").read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for region, provinces in data.items():
        for province in provinces:
            found.setdefault(province, set()).add(region)
    return {province: frozenset(stems) for province, stems in found.items()}

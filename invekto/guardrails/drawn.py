"""Training sentences put together from parts: every pattern of `data/attack_patterns.yaml`,
filled at random but always the same way."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import yaml

PATTERNS = Path(__file__).parent / "data" / "attack_patterns.yaml"
_PART = re.compile(r"\{([a-z_]+)\}")
_DEEPEST = 4


def drawn(count: int, *, seed: int = 11) -> list[tuple[str, bool]]:
    """`count` fillings of every pattern as (text, whether it is an attack), without repeats."""
    rng = random.Random(seed)
    languages: dict[str, dict[str, Any]] = yaml.safe_load(PATTERNS.read_text(encoding="utf-8"))
    seen: dict[str, bool] = {}
    for patterns in languages.values():
        for label in ("attacks", "harmless"):
            for pattern in patterns[label]:
                for _ in range(count):
                    seen.setdefault(_filled(pattern, patterns["parts"], rng), label == "attacks")
    return list(seen.items())


def _filled(pattern: str, parts: dict[str, list[str]], rng: random.Random) -> str:
    text = pattern
    for _ in range(_DEEPEST):
        if not _PART.search(text):
            break
        text = _PART.sub(lambda m: rng.choice(parts[m.group(1)]), text)
    return " ".join(text.split()).strip(" ,")

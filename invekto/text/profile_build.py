"""Rebuilds data/language_profile.tsv from the project's own training messages.

`python -m invekto.text.profile_build invekto/agent/intents/data` reads `*/{tr,en,ar}/*.txt` (one
message a line; Arabic in Latin letters counts as Arabizi) and writes the features that tell the
three Latin-written classes apart best.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from invekto.text.language import CLASSES, PROFILE, features, has_arabic
from invekto.text.resources import resource

FEATURES = 6000
SMOOTHING = 0.5
COMMON = 10
"""How many messages one entry of data/common_words.yaml counts for."""


def messages(folder: Path) -> Iterator[tuple[str, str]]:
    """(class, message) of all Latin-written training messages."""
    for path in sorted(folder.glob("*/*/*.txt")):
        label = {"ar": "arabizi"}.get(path.parent.name, path.parent.name)
        for line in path.read_text("utf-8").splitlines():
            if line.strip() and label in CLASSES and not has_arabic(line):
                yield label, line


def common() -> Iterator[tuple[str, str]]:
    """Very frequent words as messages of their own."""
    table: dict[str, list[str]] = resource("data/common_words.yaml")
    for label, phrases in table.items():
        for phrase in phrases:
            yield from [(label, str(phrase))] * COMMON


def build(lines: Iterable[tuple[str, str]]) -> list[tuple[str, tuple[int, ...]]]:
    """Features with their log-likelihoods by class, in hundredths, relative to the mean class."""
    counts: dict[str, Counter[str]] = {label: Counter() for label in CLASSES}
    for label, line in lines:
        counts[label].update(feature for feature, _ in features(line))
    totals = {label: sum(c.values()) for label, c in counts.items()}
    every = {f for c in counts.values() for f, n in c.items() if n > 1}
    rows = []
    for feature in every:
        seen = [counts[label][feature] for label in CLASSES]
        logs = [
            math.log((n + SMOOTHING) / (totals[label] + SMOOTHING * len(every)))
            for n, label in zip(seen, CLASSES, strict=True)
        ]
        mean = sum(logs) / len(logs)
        weight = sum(seen) * max(abs(log - mean) for log in logs)
        rows.append((weight, feature, tuple(round(100 * (log - mean)) for log in logs)))
    rows.sort(key=lambda row: (-row[0], row[1]))
    return sorted((feature, logs) for _, feature, logs in rows[:FEATURES])


def main(folder: str) -> None:
    """Writes the profile next to this file."""
    target = Path(__file__).parent / PROFILE
    rows = build(chain(messages(Path(folder)), common()))
    text = "".join("\t".join((feature, *map(str, logs))) + "\n" for feature, logs in rows)
    target.write_text(text, "utf-8")
    print(f"{len(rows)} features of {', '.join(CLASSES)} in {target}")


if __name__ == "__main__":
    main(sys.argv[1])

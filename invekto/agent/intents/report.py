"""What the training data holds and what it is worth: python -m invekto.agent.intents.report.

Counts by intent, language and batch; near-duplicates; the crossing of batches by language and
world with calibration, the system's own decision and the most confused pairs.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from invekto.agent.intents.calibrate import sharpened
from invekto.agent.intents.calibration import expected_calibration_error
from invekto.agent.intents.corpus import LANGUAGES, Example, batches, load_packs, read_batch
from invekto.agent.intents.crossing import REPORTED, WORLDS, Fold, folds, judged
from invekto.agent.intents.features import tokens
from invekto.agent.intents.tuning import tuning
from invekto.agent.intents.understander import Understander
from invekto.agent.intents.watch import WATCHED
from invekto.settings import settings

NEAR = 0.8
"""Share of common words from which two messages of one intent are near-duplicates."""
WANTED = {"tr": 120, "en": 50, "ar": 60}
PAIRS = 25
OTHERS = 0.15
"""Share of the other intents' messages on which false alarms are counted."""


def main() -> None:
    """Prints the report; `--json` writes it as well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--without-extra", action="store_true", help="train on tested batches only")
    parser.add_argument("--counts-only", action="store_true")
    parser.add_argument("--near-misses", type=Path, help="one message a line, none an emergency")
    parser.add_argument("--tested", nargs="+", default=REPORTED, metavar="BATCH")
    given = parser.parse_args()
    data = {path.name: read_batch(path) for path in batches()}
    report: dict[str, Any] = {"counts": counts(data), "near_duplicates": near_duplicates(data)}
    _print_counts(report)
    if not given.counts_only:
        kept = settings().data_dir / "models"
        crossed = folds(kept, extra=not given.without_extra, wanted=given.tested)
        report["crossing"] = table(crossed)
        report["confused"] = confused(crossed)
        report["watched"] = watched(crossed, given.near_misses)
        print(f"\ntrained on the other batches, tested on one: {', '.join(given.tested)}")
        _print_crossing(report)
    if given.json:
        given.json.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


def counts(data: dict[str, list[Example]]) -> dict[str, Any]:
    """Lines by batch and language, and the intents that have fewer than wanted."""
    by_intent: Counter[tuple[str, str]] = Counter()
    by_batch: Counter[tuple[str, str]] = Counter()
    for batch, examples in data.items():
        for e in examples:
            by_intent[e.intent, e.language] += 1
            by_batch[batch, e.language] += 1
    short = {
        f"{intent}/{language}": by_intent[intent, language]
        for intent in sorted({i for i, _ in by_intent})
        for language, wanted in WANTED.items()
        if by_intent[intent, language] < wanted
    }
    return {
        "by_batch": {f"{b}/{lang}": n for (b, lang), n in sorted(by_batch.items())},
        "fewest": {
            lang: min((n, i) for (i, x), n in by_intent.items() if x == lang) for lang in LANGUAGES
        },
        "fewer_than_wanted": short,
    }


def near_duplicates(data: dict[str, list[Example]]) -> list[tuple[str, str, str]]:
    """Pairs of one intent and language that share nearly all their words (Jaccard)."""
    groups: dict[tuple[str, str], list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for examples in data.values():
        for e in examples:
            groups[e.intent, e.language].append((e.text, frozenset(tokens(e.text)) - set("?!.,")))
    found = []
    for (intent, _), members in groups.items():
        for at, (text, words) in enumerate(members):
            for other, others in members[at + 1 :]:
                if len(words) >= 3 and len(words & others) >= NEAR * len(words | others):
                    found.append((intent, text, other))
    return found


def table(crossed: list[Fold]) -> list[dict[str, Any]]:
    """Accuracy, calibration error, share answered and wrong among those, by language and world."""
    rows = []
    for language in LANGUAGES:
        for world in WORLDS:
            parts = [judged(fold, language, world) for fold in crossed]
            odds = np.concatenate(
                [sharpened(p.odds, p.mask, tuning().sharpness[language]) for p in parts]
            )
            truth = np.concatenate([p.truth for p in parts])
            right, sure = odds.argmax(1) == truth, odds.max(1)
            answered = sure >= tuning().answer_from[language]
            rows.append(
                {
                    "language": language,
                    "world": world,
                    "n": len(truth),
                    "accuracy": float(right.mean()),
                    "by_batch": [round(p.accuracy(), 4) for p in parts],
                    "ece": expected_calibration_error(sure.astype(float), right),
                    "answered": float(answered.mean()),
                    "wrong_among_answered": float((~right[answered]).mean()),
                }
            )
    return rows


def confused(crossed: list[Fold], language: str | None = None) -> list[dict[str, Any]]:
    """The most confused pairs with examples."""
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fold in crossed:
        for lang in LANGUAGES if language is None else (language,):
            for world in WORLDS:
                part = judged(fold, lang, world)
                allowed = np.where(part.mask, part.odds, -1).argmax(1)
                for row, best, truth in zip(part.rows, allowed, part.truth, strict=True):
                    if best != truth:
                        pairs[row.intent, fold.model.labels[best]].append(row.text)
    ordered = sorted(pairs.items(), key=lambda item: -len(item[1]))[:PAIRS]
    return [
        {"intent": a, "read_as": b, "n": len(texts), "examples": sorted(set(texts))[:5]}
        for (a, b), texts in ordered
    ]


def watched(crossed: list[Fold], near_misses: Path | None = None) -> dict[str, Any]:
    """Recall and false alarms of the intents that win over all others, by the whole decision."""
    table: dict[str, dict[str, float]] = {}
    for name in WATCHED:
        hits: list[bool] = []
        alarms: list[bool] = []
        near: list[bool] = []
        for fold in crossed:
            reader = Understander(fold.model, load_packs(), "crossing")
            packs = WORLDS["clinic"]
            for e in fold.examples:
                mine = e.intent == name
                if not mine and (e.intent not in _CLINIC or hash_share(e.text) > OTHERS):
                    continue
                said = reader.read(e.text, packs=packs, language_hint=e.language)
                (hits if mine else alarms).append(name in [g.name for g in said.intents])
            if near_misses is not None and name == "emergency":
                for line in near_misses.read_text(encoding="utf-8").splitlines():
                    near.append(reader.read(line, packs=packs).main.name == name)
        table[name] = {"recall": float(np.mean(hits)), "false_alarms": float(np.mean(alarms))}
        if near:
            table[name]["near_misses"] = float(np.mean(near))
    return table


def hash_share(text: str) -> float:
    """A number in 0–1 that depends on the text only: a fixed sample without a list."""
    return zlib.crc32(text.encode()) / 2**32


_CLINIC = frozenset(i for pack in WORLDS["clinic"] for i in load_packs()[pack])


def _print_counts(report: dict[str, Any]) -> None:
    print("messages by batch and language:", report["counts"]["by_batch"])
    print("fewest of one intent:", report["counts"]["fewest"])
    print("fewer than wanted:", report["counts"]["fewer_than_wanted"] or "none")
    print("near-duplicates:", len(report["near_duplicates"]))
    for intent, one, other in report["near_duplicates"][:10]:
        print(f"  {intent}: {one!r} ~ {other!r}")


def _print_crossing(report: dict[str, Any]) -> None:
    for row in report["crossing"]:
        print(
            f"  {row['language']} {row['world']:<9} n={row['n']:<5} accuracy {row['accuracy']:.4f}"
            f" {row['by_batch']}  ece {row['ece']:.3f}  answered {row['answered']:.3f}"
            f"  wrong among them {row['wrong_among_answered']:.4f}"
        )
    print("\nwatched intents:")
    for name, row in report["watched"].items():
        print("  " + name, {key: round(value, 4) for key, value in row.items()})
    print("\nmost confused:")
    for pair in report["confused"]:
        print(f"  {pair['intent']} → {pair['read_as']}: {pair['n']}, e.g. {pair['examples'][0]!r}")


if __name__ == "__main__":
    main()

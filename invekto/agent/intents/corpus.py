"""The written examples: `<folder>/<language>/<intent>.txt`, one message a line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.errors import BadData

HERE = Path(__file__).parent
DATA = HERE / "data"
TAXONOMY = HERE / "taxonomy.yaml"
LANGUAGES = ("tr", "en", "ar")


@dataclass(frozen=True, slots=True)
class Example:
    """One message of known intent; `batch` names the hand that wrote it."""

    text: str
    language: str
    intent: str
    batch: str = ""


@lru_cache(maxsize=8)
def load_packs(*taxonomies: Path) -> dict[str, tuple[str, ...]]:
    """Pack → its intents, in the order of the list.

    Raises:
        BadData: a file is not a mapping of packs.
    """
    packs: dict[str, tuple[str, ...]] = {}
    for path in taxonomies or (TAXONOMY,):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(raw, dict):
            raise BadData(f"{path} must map packs to intents", file=str(path))
        for pack, intents in raw.items():
            if pack != "packs":
                packs[pack] = packs.get(pack, ()) + tuple(
                    name for name in intents if name not in packs.get(pack, ())
                )
    return packs


def batches(data: Path = DATA) -> list[Path]:
    """The batch folders, in order of name."""
    return sorted(p for p in data.iterdir() if p.is_dir() and not p.name.startswith("_"))


def read_batch(folder: Path) -> list[Example]:
    """All examples of one folder, duplicates (same language, intent and text) once."""
    found: dict[Example, None] = {}
    for language in LANGUAGES:
        for path in sorted((folder / language).glob("*.txt")):
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.strip():
                    found[Example(line.strip(), language, path.stem, folder.name)] = None
    return list(found)


def read_examples(data: Path = DATA, extra: tuple[Path, ...] = ()) -> list[Example]:
    """Every example of the shared batches and of a sector extension's folders."""
    return [e for folder in (*batches(data), *extra) for e in read_batch(folder)]

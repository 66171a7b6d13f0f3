"""The project's own evaluation sets: where each comes from, and what it was when it was scored.

`python -m invekto.evals.datasets` writes the hashes of the manifest anew after a set has changed; a
report holds the hashes of the files it scored, so that two figures can be told apart from two sets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from invekto.errors import BadData

SETS = Path(__file__).with_name("sets")
MANIFEST = SETS / "manifest.yaml"


class DataSet(BaseModel):
    """One file of evaluation data."""

    model_config = ConfigDict(extra="forbid")

    file: str
    purpose: Literal["dev", "test", "both"]
    """dev: to build with; test: for measuring only; both: its lines say which (`split`)."""
    origin: str
    """Who or what made it, and from what."""
    written: str
    """The day, ISO."""
    sha256: str = ""


def read_manifest(path: Path = MANIFEST) -> list[DataSet]:
    """Raises BadData where it is not what it should be."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [DataSet.model_validate(entry) for entry in raw["sets"]]
    except (OSError, yaml.YAMLError, ValidationError, KeyError, TypeError) as error:
        raise BadData(f"{path} is no manifest of data sets: {error}", file=str(path)) from error


def digests(files: Sequence[Path]) -> dict[str, str]:
    """SHA-256 by file name; what cannot be read is left out."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()
    }


def stale(sets: Sequence[DataSet]) -> list[str]:
    """Files that have changed since the manifest was written."""
    return [one.file for one in sets if _hash(one) != one.sha256]


def _hash(one: DataSet) -> str:
    return hashlib.sha256((SETS / one.file).read_bytes()).hexdigest()


def refresh(path: Path = MANIFEST) -> None:
    """Write the hashes anew; everything else stays as a person wrote it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    hashes = {one.file: _hash(one) for one in read_manifest(path)}
    now = ""
    written: list[str] = []
    for line in lines:
        key, _, value = line.strip().removeprefix("- ").partition(": ")
        now = value if key == "file" else now
        written.append(f"    sha256: {hashes[now]}" if key == "sha256" else line)
    path.write_text("\n".join(written) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refresh()

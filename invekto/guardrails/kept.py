"""Small trained models, kept in the data directory under the hash of what they were made from."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from invekto.settings import settings

Arrays = dict[str, NDArray[Any]]


def kept(name: str, sources: Iterable[Path], build: Callable[[], Arrays]) -> Arrays:
    """The arrays of a model: read where they were kept, else built and kept. A data directory
    that cannot be written to only means building again next time."""
    path = settings().data_dir / "models" / f"{name}-{_key(sources)}.npz"
    if path.is_file():
        try:
            with np.load(path) as stored:
                return {key: stored[key] for key in stored.files}
        except (OSError, ValueError, KeyError):
            path.unlink(missing_ok=True)
    arrays = build()
    _keep(arrays, path)
    return arrays


def _key(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _keep(arrays: Arrays, path: Path) -> None:
    """Write beside and move: a half-written model is never read."""
    temporary = path.with_name(f".{path.stem}-{secrets.token_hex(4)}.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)

"""Trained once per installation, kept under the hash of code version and data."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from invekto.agent.intents.corpus import Example

Model = TypeVar("Model")
FORMAT = 4
"""Raised when the code trains differently from the same data."""


def data_hash(examples: Sequence[Example], *more: str) -> str:
    """Short name of a training set and of the code that reads it."""
    digest = hashlib.sha256(f"format {FORMAT}".encode())
    for part in more:
        digest.update(b"\0" + part.encode())
    for e in examples:
        digest.update(f"\n{e.language}\t{e.intent}\t{e.batch}\t{e.text}".encode())
    return digest.hexdigest()[:16]


def load_or_train(folder: Path, name: str, kind: type[Model], train: Callable[[], Model]) -> Model:
    """The model kept in `folder` as `name`, trained by the first process that needs it; others
    wait for it. A file that cannot be read is trained anew."""
    path = folder / f"{name}.pickle"
    kept = _read(path, kind)
    if kept is None:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / f"{name}.lock"):
            kept = _read(path, kind)
            if kept is None:
                kept = train()
                _write(path, kept)
    return kept


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path, kind: type[Model]) -> Model | None:
    try:
        with path.open("rb") as file:
            kept = pickle.load(file)  # noqa: S301 - written by us into our own data folder
            return kept if isinstance(kept, kind) else None
    except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError):
        return None


def _write(path: Path, model: object) -> None:
    part = path.with_suffix(f".{os.getpid()}")
    with part.open("wb") as file:
        pickle.dump(model, file, protocol=5)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)

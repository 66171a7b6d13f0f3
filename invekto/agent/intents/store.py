"""Trained once per installation, kept under the hash of code version and data.

The file holds the pickled model and, apart from it, the arrays: they are mapped into memory, so
that processes of one machine share them and only what messages touch is ever read.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import pickle
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from invekto.agent.intents.corpus import Example

Model = TypeVar("Model")
FORMAT = 7
"""Raised when the code trains differently from the same data."""
MAGIC = b"invekto1"
ALIGNED = 64  # bytes
KEPT = 2
"""Models of one kind that stay in the folder: a release, and the one before it to go back to."""


def data_hash(examples: Sequence[Example], *more: str) -> str:
    """Short name of a training set and of the code that reads it."""
    digest = hashlib.sha256(f"format {FORMAT}".encode())
    for part in more:
        digest.update(b"\0" + part.encode())
    for e in examples:
        digest.update(f"\n{e.language}\t{e.intent}\t{e.batch}\t{e.text}".encode())
    return digest.hexdigest()[:16]


def load_or_train(folder: Path, name: str, kind: type[Model], train: Callable[[], Model]) -> Model:
    """The model kept in `folder` as `name` (kind, dash, hash), trained by the first process that
    needs it; others wait for it. A file that cannot be read is trained anew. After a training the
    older ones of its kind go, but for the newest and those that a process still has."""
    path = folder / f"{name}.model"
    kept = _read(path, kind)
    if kept is None:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / f"{name}.lock"):
            kept = _read(path, kind)
            if kept is None:
                kept = train()
                _write(path, kept)
                _prune(folder, name.rpartition("-")[0])
    return kept


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path, kind: type[Model]) -> Model | None:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)  # held until the mapping is gone
            whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        body, *arrays = _parts(whole)
        kept = pickle.loads(body, buffers=arrays)  # noqa: S301 - written by us into our own folder
        return kept if isinstance(kept, kind) else None
    except (OSError, EOFError, ValueError, struct.error, pickle.UnpicklingError, AttributeError,
            ImportError):  # fmt: skip
        return None


def _prune(folder: Path, kind: str) -> None:
    found = sorted(folder.glob(f"{kind}-*.model"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in found[KEPT:]:
        if not _in_use(old):
            old.unlink(missing_ok=True)
            old.with_suffix(".lock").unlink(missing_ok=True)


def _in_use(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _write(path: Path, model: object) -> None:
    """`MAGIC, count, sizes` (64-bit), then the parts, each at a multiple of `ALIGNED` bytes."""
    arrays: list[pickle.PickleBuffer] = []
    body = pickle.dumps(model, protocol=5, buffer_callback=arrays.append)
    parts = [memoryview(body), *(array.raw() for array in arrays)]
    part = path.with_suffix(f".{os.getpid()}")
    with part.open("wb") as file:
        sizes = [len(p) for p in parts]
        file.write(MAGIC + struct.pack(f"<{len(sizes) + 1}Q", len(sizes), *sizes))
        for p in parts:
            file.write(bytes(-file.tell() % ALIGNED))
            file.write(p)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _parts(whole: memoryview) -> Iterator[memoryview]:
    """The parts of a file that `_write` wrote.

    Raises:
        ValueError, struct.error: it is no such file, or only a piece of one.
    """
    if whole[: len(MAGIC)] != MAGIC:
        raise ValueError("no kept model")
    (count,) = struct.unpack_from("<Q", whole, len(MAGIC))
    sizes = struct.unpack_from(f"<{count}Q", whole, len(MAGIC) + 8)
    at = len(MAGIC) + 8 * (count + 1)
    for size in sizes:
        at += -at % ALIGNED
        if at + size > len(whole):
            raise ValueError("the kept model is cut short")
        yield whole[at : at + size]
        at += size

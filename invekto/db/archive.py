"""The file of a backup or of one tenant: a zip with one entry a table and a manifest.

An entry holds rows as `COPY` writes them, in the order of the table's key, so that the same rows
always give the same bytes. The manifest says what they are, how many, and their SHA-256. A file
appears under its name only when it is whole, readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal

from invekto.errors import BadData

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20  # bytes

Kind = Literal["backup", "move", "portable"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One table's rows in the archive."""

    columns: list[str]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive is: `key` tells under which secret key its sealed values are."""

    kind: Kind
    made_at: str
    version: str
    key: str
    tenants: list[str]
    migrations: dict[str, str]
    tables: dict[str, Entry] = field(default_factory=dict)
    format: int = FORMAT

    @classmethod
    def read(cls, raw: bytes) -> Manifest:
        """From JSON. Raises BadData where it is none of ours."""
        try:
            told: dict[str, Any] = json.loads(raw)
            if told["format"] != FORMAT:
                raise BadData(f"this archive has format {told['format']}, not {FORMAT}")
            tables = {name: Entry(**entry) for name, entry in told.pop("tables").items()}
            return cls(**told, tables=tables)
        except (ValueError, TypeError, KeyError) as error:
            raise BadData("this is no archive of ours: its manifest cannot be read") from error


class ArchiveWriter:
    """Writes `path` at the end of the block, or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._half = path.with_name(f".{path.name}.{os.getpid()}")

    def __enter__(self) -> ArchiveWriter:
        handle = os.open(self._half, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=4)
        return self

    @contextmanager
    def entry(self, name: str) -> Iterator[IO[bytes]]:
        """Where a table's rows are written to."""
        with self._zip.open(name, "w", force_zip64=True) as into:
            yield into

    def finish(self, manifest: Manifest) -> None:
        """Make the file durable under its name."""
        self._zip.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        os.replace(self._half, self._path)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()
        self._file.close()
        self._half.unlink(missing_ok=True)


class ArchiveReader:
    """An archive whose every byte was checked when it was opened.

    Raises:
        BadData: there is none, it is damaged, or it is something else.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest = Manifest.read(self._zip.read(MANIFEST))
            for name, entry in self.manifest.tables.items():
                if _digest(self.chunks(name)) != entry.sha256:
                    raise BadData(f"{path}: {name} is not what was written: use another copy")
        except (OSError, KeyError, zipfile.BadZipFile, EOFError) as error:
            raise BadData(f"{path} is no whole archive ({error}): use another copy") from error

    def chunks(self, name: str) -> Iterator[bytes]:
        """A table's rows, as `COPY` reads them."""
        with self._zip.open(name) as entry:
            while chunk := entry.read(CHUNK):
                yield chunk

    def __enter__(self) -> ArchiveReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()


def _digest(chunks: Iterator[bytes]) -> str:
    total = hashlib.sha256()
    for chunk in chunks:
        total.update(chunk)
    return total.hexdigest()

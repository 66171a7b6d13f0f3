"""simplemma's dictionaries as files that are mapped into memory.

The Turkish one has over a million word forms: as a Python dictionary it costs every process a
second and 130 MB. Written once into the data folder as a hash table it costs neither, a look-up
takes a microsecond, and the processes of a machine share it.

    header   MAGIC, buckets (64-bit)
    starts   buckets + 1 numbers (32-bit): where each bucket's entries begin and end
    entries  key, value; each a length byte and as many bytes of UTF-8
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from zlib import crc32

from invekto.settings import settings

MAGIC = b"invektod"
LONGEST = 255  # bytes
HEAD = len(MAGIC) + 8


class MappedDictionary(Mapping[str, str]):
    """Word forms and their lemmas, read from a file that `write` wrote."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._whole[: len(MAGIC)] != MAGIC:
            raise ValueError(f"{path} is no kept dictionary")
        (self._buckets,) = struct.unpack_from("<Q", self._whole, len(MAGIC))
        end = HEAD + 4 * (self._buckets + 1)
        self._starts = memoryview(self._whole)[HEAD:end].cast("I")
        self._entries = end
        if self._entries + self._starts[self._buckets] != len(self._whole):
            raise ValueError(f"{path} is cut short")

    def __getitem__(self, word: str) -> str:
        key = word.encode()
        bucket = crc32(key) % self._buckets
        for found, value in self._bucket(bucket):
            if found == key:
                return value.decode()
        raise KeyError(word)

    def __iter__(self) -> Iterator[str]:
        for bucket in range(self._buckets):
            for key, _ in self._bucket(bucket):
                yield key.decode()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _bucket(self, bucket: int) -> Iterator[tuple[bytes, bytes]]:
        at = self._entries + self._starts[bucket]
        end = self._entries + self._starts[bucket + 1]
        whole = self._whole
        while at < end:
            middle = at + 1 + whole[at]
            after = middle + 1 + whole[middle]
            yield whole[at + 1 : middle], whole[middle + 1 : after]
            at = after


def write(words: Mapping[bytes, bytes], path: Path) -> None:
    """Write a dictionary for `MappedDictionary`; whole or not at all. Words longer than 255 bytes
    are left out."""
    buckets = max(1, len(words))
    entries: list[list[bytes]] = [[] for _ in range(buckets)]
    for key, value in words.items():
        if len(key) <= LONGEST and len(value) <= LONGEST:
            entry = bytes((len(key),)) + key + bytes((len(value),)) + value
            entries[crc32(key) % buckets].append(entry)
    joined = [b"".join(bucket) for bucket in entries]
    starts, at = [0], 0
    for bucket in joined:
        at += len(bucket)
        starts.append(at)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    with part.open("wb") as file:
        file.write(MAGIC + struct.pack(f"<Q{buckets + 1}I", buckets, *starts))
        file.writelines(joined)
    part.replace(path)


class KeptDictionaries:
    """simplemma's `DictionaryFactory` over kept files."""

    @cache  # noqa: B019 - there is one of these in a process
    def get_dictionary(self, lang: str) -> Mapping[str, str]:
        """The dictionary of a language; written the first time on this machine. Where nothing can
        be written it is held in memory.

        Raises:
            ValueError: simplemma has none of this language.
        """
        import simplemma

        path = settings().data_dir / "models" / f"lemmas-{lang}-{simplemma.__version__}.dict"
        try:
            return MappedDictionary(path)
        except (OSError, ValueError):
            shipped = _shipped(lang)
        try:
            write(shipped, path)
            return MappedDictionary(path)
        except OSError:
            return {key.decode(): value.decode() for key, value in shipped.items()}


def _shipped(lang: str) -> Mapping[bytes, bytes]:
    from simplemma.strategies.dictionaries import dictionary_factory

    words: Mapping[bytes, bytes] = dictionary_factory._load_dictionary_from_disk(lang)
    return words


@cache
def dictionaries() -> KeptDictionaries:
    """This process's dictionaries."""
    return KeptDictionaries()


def dictionary_lemma(word: str, language: str) -> str:
    """What `simplemma.lemmatize` gives: the lemma, or the word itself where it is not known."""
    return _lemmatise()(word, language)


@cache
def _lemmatise() -> Callable[[str, str], str]:
    from simplemma import Lemmatizer
    from simplemma.strategies import DefaultStrategy

    lemmatiser = Lemmatizer(
        lemmatization_strategy=DefaultStrategy(dictionary_factory=dictionaries())
    )
    return lambda word, language: str(lemmatiser.lemmatize(word, lang=language))

"""Tables written as text: CSV as Turkish Excel and other programs write it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from invekto.errors import BadData
from invekto.text.decoding import decoded

DELIMITERS = ";,\t|"
LOOKED_AT = 30  # lines, to find the delimiter


def delimited(data: bytes, *, name: str) -> Delimited:
    """The table in a file, its encoding and delimiter found out. A first line `sep=;`, which
    Excel understands, says the delimiter.

    Args:
        name: of the file, for what is said of it.

    Raises:
        BadData: it is no text.
    """
    found = decoded(data)
    if "\x00" in found.text:
        raise BadData(f"{name} is no text: save it as CSV", file=name)
    first, _, rest = found.text.partition("\n")
    told = first.rstrip("\r").lower()
    if told.startswith("sep=") and len(told) == len("sep=;"):
        return Delimited(name, rest, found.encoding, told[-1])
    return Delimited(name, found.text, found.encoding, _delimiter(found.text))


class Delimited:
    """A table as text: `encoding` and `delimiter` are what was found out."""

    def __init__(self, name: str, text: str, encoding: str, delimiter: str) -> None:
        self.name, self.text, self.encoding, self.delimiter = name, text, encoding, delimiter

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The line a row ends on, counted from 1, and its cells; line ends of any kind.

        Raises:
            BadData: no table, for instance a quotation mark that is never closed.
        """
        reader = csv.reader(io.StringIO(self.text, newline=None), delimiter=self.delimiter)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as error:
            raise BadData(
                f"{self.name}, line {reader.line_num}: no table: {error}",
                file=self.name, line=reader.line_num,
            ) from error  # fmt: skip


def _delimiter(text: str) -> str:
    """The mark that splits the first lines most, and most evenly."""
    lines = [_unquoted(line) for line in text.splitlines()[:LOOKED_AT] if line.strip()]

    def evenness(mark: str) -> int:
        counts = Counter(line.count(mark) for line in lines if mark in line)
        return max((alike * count for count, alike in counts.items()), default=0)

    return max(DELIMITERS, key=evenness)


def _unquoted(line: str) -> str:
    return "".join(line.split('"')[::2])

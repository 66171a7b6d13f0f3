"""Where the rows of one sheet are read and put away, one after another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from invekto.errors import BadData, Conflict
from invekto.intake import values
from invekto.intake.headings import Layout, data, key
from invekto.intake.report import Problem, SheetReport
from invekto.intake.sheets import Sheet
from invekto.text.normalise import fold

T = TypeVar("T")
Conn = AsyncConnection[Any]
DASHES = ("", "-", "–", "—")
"""What an empty cell looks like."""
TOTALS = ("toplam", "genel toplam", "total", "ara toplam", "sum")


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is not empty: its number as Excel counts, its cells by field."""

    number: int
    cells: dict[str, Any]


@dataclass
class Desk:
    """What a sheet's rows are read with. `created`, `changed`, `unchanged` are counted in
    `report`; a row with an error is noted there and left out."""

    conn: Conn
    zone: ZoneInfo
    currency: str
    language: str
    now: datetime
    report: SheetReport
    known: dict[str, Any] = field(default_factory=dict)

    def guess(self, kind: str) -> Callable[[str], None]:
        """Notes a guess of a kind with its example."""
        return lambda example: self.report.guesses.note(kind, example)

    def read(self, line: Line, name: str, reader: Callable[[Any], T], default: T) -> T:
        """A field of a line, or the default where the cell is empty.

        Raises:
            BadData: the cell cannot be read; `detail["column"]` names it.
        """
        if name not in line.cells:
            return default
        try:
            return reader(line.cells[name])
        except BadData as error:
            raise BadData(error.message, column=name) from error

    def text(self, line: Line, name: str, default: str = "") -> str:
        """A text field."""
        return self.read(line, name, values.text, default)

    def needed(self, line: Line, name: str) -> str:
        """A text field that may not be empty. Raises BadData."""
        if found := self.text(line, name):
            return found
        raise BadData("is empty", column=name)

    def money(self, line: Line, name: str) -> values.Amount | None:
        """An amount or range. Raises BadData."""
        guess = self.guess("a point before three digits separates thousands")
        return self.read(line, name, lambda cell: values.money(cell, guess), None)

    def phone(self, line: Line, name: str = "phone") -> str | None:
        """A phone in E.164. Raises BadData."""
        guess = self.guess("a phone without a country is Turkish")
        return self.read(line, name, lambda cell: values.phone(cell, guess), None)

    def day(self, line: Line, name: str) -> Any:
        """A date. Raises BadData."""
        guess = self.guess("a date was read month first, or from Excel's day number")
        return self.read(line, name, lambda cell: values.day(cell, guess), None)

    def moment(self, line: Line, name: str, clock: str | None = None) -> datetime | None:
        """A date with its time (from the same cell or the column `clock`), else at noon, in the
        business's timezone. Raises BadData."""
        day = self.day(line, name)
        if day is None:
            return None
        at = self.read(line, clock, values.clock, None) if clock else None
        if at is None and values.has_clock(line.cells[name]):
            at = self.read(line, name, values.clock_within, None)
        if at is None:
            self.guess("a date without a time is at noon")(f"{day:%d.%m.%Y}")
            at = values.clock("12:00")
        return datetime.combine(day, at, tzinfo=self.zone)

    def word(self, line: Line, name: str, table: str, default: str) -> str:
        """A state by the words people use for it. Raises BadData for one that is not known."""
        if name not in line.cells:
            return default
        raw = key(values.text(line.cells[name]))
        for state, words in data("words.yaml")[table].items():
            if raw == state or raw in words:
                return str(state)
        known = ", ".join(str(words[0]) for words in data("words.yaml")[table].values())
        raise BadData(
            f"{values.text(line.cells[name])!r} is not known: write one of {known}", column=name
        )

    def problem(self, line: Line, error: BadData | Conflict) -> None:
        """Note that a line was left out."""
        column = str(error.detail.get("column", ""))
        self.report.problems.append(
            Problem(line.number, self.report.heading(column), error.message)
        )

    async def each(
        self, groups: Iterable[list[Line]], put: Callable[[list[Line]], Awaitable[str]]
    ) -> None:
        """Put groups of lines away, counting outcomes; a group with an error is left out."""
        for group in groups:
            try:
                self.report.count(await put(group))
            except (BadData, Conflict) as error:
                self.problem(group[0], error)


def lines_of(sheet: Sheet, made: Layout, report: SheetReport) -> list[Line]:
    """The sheet's rows below the headings; empty ones, totals and repeated headings left out."""
    found, totals = [], 0
    columns = made.fields
    for number, row in enumerate(sheet.rows[made.first :], made.first + 1):
        cells = {
            name: row[at]
            for name, at in columns.items()
            if at < len(row) and values.text(row[at]) not in DASHES
        }
        shown = [values.text(cell) for cell in row if values.text(cell)]
        repeated = all(
            key(values.text(row[c.index])) == key(c.heading)
            for c in made.columns
            if c.field and c.index < len(row)
        )
        if shown and (_is_total(shown) or repeated):
            totals += 1
        elif cells:
            found.append(Line(number, cells))
    unknown = [c.heading for c in made.columns if c.field is None]
    if unknown:
        report.left_out.append(f"columns {', '.join(unknown)}")
    if totals:
        report.left_out.append(f"{totals} rows of totals or repeated headings")
    return found


def _is_total(shown: list[str]) -> bool:
    """`Toplam`, `Genel Toplam: 36`, or a lone cell such as `Toplam 5 işlem`."""
    first = key(shown[0])
    return first in TOTALS or (len(shown) == 1 and first.split(" ")[0] in TOTALS)


def grouped(lines: Iterable[Line], by: Callable[[Line], str]) -> list[list[Line]]:
    """Lines by a key, in the order in which keys first come; an empty key stands alone."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(by(line) or f"\0{line.number}", []).append(line)
    return list(groups.values())


def outcome(before: Any, after: Any) -> str:
    """created, changed or unchanged."""
    if before is None:
        return "created"
    return "unchanged" if before == after else "changed"


def by_name(entries: Iterable[Any], *names: Callable[[Any], Iterable[str]]) -> dict[str, Any]:
    """Entries by every folded name."""
    return {fold(n): e for e in entries for of in names for n in of(e) if n}

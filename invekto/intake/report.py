"""What came of an import: for a person to confirm, and for a page to show."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from invekto.intake.headings import Column
from invekto.intake.values import Guesses

SHOWN = 20
"""Problems printed of one sheet; the report holds all."""
NAMES = {
    "products": "ürün", "services": "hizmet", "packages": "paket", "practitioners": "hekim",
    "slots": "çalışma saati", "time_off": "izin", "appointments": "randevu", "orders": "sipariş",
    "customers": "müşteri", "faqs": "SSS", "documents": "belge", "folder": "klasör",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` as Excel counts it, `column` as it is headed; the row was not taken in."""

    row: int
    column: str
    said: str


@dataclass
class SheetReport:
    """One sheet or file. `kind` None: not recognised, left out as a whole."""

    label: str
    kind: str | None
    columns: list[Column] = field(default_factory=list)
    guesses: Guesses = field(default_factory=Guesses)
    left_out: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, outcome: str) -> None:
        """Count an entry as created, changed or unchanged."""
        self.counts[outcome] = self.counts.get(outcome, 0) + 1

    def heading(self, name: str) -> str:
        """A field as the sheet heads it."""
        return next((c.heading for c in self.columns if c.field == name), name)

    def lines(self) -> list[str]:
        """For a terminal."""
        if self.kind is None:
            return [f"{self.label}: not recognised, left out", *self.left_out]
        counts = ", ".join(f"{n} {what}" for what, n in self.counts.items()) or "nothing"
        said = [f"{self.label}: {NAMES[self.kind]} – {counts}"]
        known = [
            f"{c.heading} = {c.field}{' (?)' if c.guessed else ''}"
            for c in self.columns
            if c.field is not None
        ]
        said += [f"  columns: {', '.join(known)}"] if known else []
        for kind, (example, count) in self.guesses.found.items():
            said.append(f"  guessed: {kind} ({example}{f', {count} times' if count > 1 else ''})")
        said += [f"  left out: {what}" for what in self.left_out]
        said += [f"  row {p.row}, {p.column}: {p.said}" for p in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            said.append(f"  … and {len(self.problems) - SHOWN} more rows with errors")
        return said


@dataclass
class ImportReport:
    """A whole import; `dry_run`: nothing was changed."""

    dry_run: bool
    sheets: list[SheetReport] = field(default_factory=list)

    @property
    def problems(self) -> int:
        """Rows with errors, over all sheets."""
        return sum(len(sheet.problems) for sheet in self.sheets)

    @property
    def changes(self) -> int:
        """Entries created or changed (or that would be)."""
        return sum(n for s in self.sheets for what, n in s.counts.items() if what != "unchanged")

    def lines(self) -> list[str]:
        """For a terminal."""
        if [sheet.kind for sheet in self.sheets] == ["folder"]:
            said = "only counted" if self.dry_run else "everything is as the folder says"
            return [*self.sheets[0].lines(), said]
        end = (
            f"{self.changes} changes, {self.problems} rows with errors"
            + (" – dry run, nothing was changed" if self.dry_run else "")
        )  # fmt: skip
        return [line for sheet in self.sheets for line in sheet.lines()] + [end]

    def document(self) -> dict[str, Any]:
        """As JSON, for the API."""
        return {"dry_run": self.dry_run, "changes": self.changes, "problems": self.problems,
                "sheets": [asdict(sheet) for sheet in self.sheets]}  # fmt: skip

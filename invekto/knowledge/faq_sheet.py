"""FAQs as CSV: out, and in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from psycopg import AsyncConnection

from invekto.errors import BadData
from invekto.knowledge import faqs
from invekto.knowledge.faqs import Faq, FaqText
from invekto.text.delimited import delimited

Conn = AsyncConnection[Any]

COLUMNS = (
    "faq_id", "language", "question", "variants", "answer", "category", "tags", "status",
    "valid_from", "valid_until",
)  # fmt: skip
"""Variants are separated by | and tags by commas; one line an FAQ and language."""
NAMES = {
    "soru": "question", "cevap": "answer", "yanit": "answer", "yanıt": "answer", "dil": "language",
    "kategori": "category", "etiketler": "tags", "etiket": "tags", "varyantlar": "variants",
    "diger sorular": "variants", "durum": "status", "q": "question", "a": "answer",
    "lang": "language",
}  # fmt: skip
"""Other headings that are understood."""


SHEET = "FAQ.csv"
"""What messages call the sheet: its bytes come without a name."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; `problems` say what was wrong with which line."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Entry:
    """The lines of one FAQ."""

    line: int
    row: dict[str, str]
    texts: dict[str, FaqText] = field(default_factory=dict)


async def export_csv(conn: Conn) -> str:
    """All FAQs, the oldest first."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for faq in reversed(await faqs.list_faqs(conn)):
        for language, text in faq.texts.items():
            row = {
                "faq_id": faq.faq_id, "language": language, "question": text.question,
                "variants": "|".join(text.variants), "answer": text.answer,
                "category": faq.category, "tags": ",".join(faq.tags), "status": faq.status,
                "valid_from": faq.valid_from or "", "valid_until": faq.valid_until or "",
            }  # fmt: skip
            writer.writerow(row)
    return out.getvalue()


async def import_csv(
    conn: Conn, data: bytes, *, default_language: str = "tr", by: str | None = None
) -> ImportReport:
    """Create and change FAQs from a CSV in UTF-8, UTF-16 or Windows-1254, with any of the usual
    separators. A known `faq_id` is changed; new ones stay drafts unless `status` says approved.
    A bad line is reported and left out. Raises BadData where no column holds questions."""
    entries, problems = _entries(data, default_language)
    known = {faq.faq_id: faq for faq in await faqs.list_faqs(conn)}
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    for entry in entries:
        try:
            async with conn.transaction():
                counts[await _taken_in(conn, entry, known, by)] += 1
        except (BadData, ValueError) as error:
            problems.append(f"line {entry.line}: {error}")
    return ImportReport(**counts, problems=tuple(problems))


def _entries(data: bytes, default_language: str) -> tuple[list[_Entry], list[str]]:
    entries: dict[str, _Entry] = {}
    problems: list[str] = []
    for line, row in _rows(data):
        question = row.get("question", "").strip()
        if not question:
            problems.append(f"line {line}: the question is empty")
            continue
        key = row.get("faq_id") or f"line {line}"
        entry = entries.setdefault(key, _Entry(line, row))
        variants = tuple(v.strip() for v in row.get("variants", "").split("|") if v.strip())
        language = row.get("language") or default_language
        entry.texts[language] = FaqText(question, row.get("answer", "").strip(), variants)
    return list(entries.values()), problems


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    rows = delimited(data, name=SHEET).rows()
    _, headings = next(rows, (1, []))
    head = [NAMES.get(h.strip().lower(), h.strip().lower()) for h in headings]
    if "question" not in head:
        raise BadData(
            "the first line must name the columns, among them `question` (or `soru`)", line=1
        )
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            yield line, dict(zip(head, (c.strip() for c in cells), strict=False))


async def _taken_in(conn: Conn, entry: _Entry, known: dict[str, Faq], by: str | None) -> str:
    row = entry.row
    ident = row.get("faq_id") or None
    tags = [tag.strip() for tag in row.get("tags", "").split(",") if tag.strip()]
    begins, ends = (_day(row.get(name, "")) for name in ("valid_from", "valid_until"))
    before = known.get(ident) if ident else None
    if before is None:
        await faqs.create(
            conn, entry.texts, faq_id=ident, category=row.get("category", ""), tags=tags,
            valid_from=begins, valid_until=ends, origin="import", by=by,
            approve=row.get("status") == "approved",
        )  # fmt: skip
        return "created"
    texts = {**before.texts, **entry.texts}
    if (texts, tuple(tags), row.get("category", ""), begins, ends) == (
        before.texts,
        before.tags,
        before.category,
        before.valid_from,
        before.valid_until,
    ):
        return "unchanged"
    await faqs.edit(
        conn, before.faq_id, texts=texts, category=row.get("category"), tags=tags,
        valid_from=begins, valid_until=ends,
    )  # fmt: skip
    return "changed"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None

"""FAQs as CSV: out, and in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from psycopg import AsyncConnection

from invekto.errors import BadData
from invekto.knowledge import faqs
from invekto.knowledge.faqs import Faq, FaqText
from invekto.knowledge.problems import explained
from invekto.text.delimited import delimited
from invekto.text.normalise import fold

Conn = AsyncConnection[Any]

COLUMNS = (
    "faq_id", "language", "question", "variants", "answer", "category", "tags", "status",
    "valid_from", "valid_until",
)  # fmt: skip
"""Variants are separated by | and tags by commas; one line an FAQ and language."""
STATUSES = {
    "onayli": "approved", "onaylandi": "approved", "yayinda": "approved", "taslak": "draft",
    "yayindan kaldirildi": "retired", "arsiv": "retired",
}  # fmt: skip
LANGUAGES = {
    "turkce": "tr", "turkish": "tr", "ingilizce": "en", "english": "en", "arapca": "ar",
    "arabic": "ar",
}  # fmt: skip
"""How people write them, folded; the words that the export writes are understood too."""
NAMES = {
    "soru": "question", "cevap": "answer", "yanit": "answer", "dil": "language",
    "kategori": "category", "etiketler": "tags", "etiket": "tags", "varyantlar": "variants",
    "diger sorular": "variants", "durum": "status", "q": "question", "a": "answer",
    "lang": "language", "baslangic": "valid_from", "bitis": "valid_until",
}  # fmt: skip
"""Other headings that are understood, folded."""


SHEET = "FAQ.csv"
"""What messages call the sheet: its bytes come without a name."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with a line, and what to do, in both languages."""

    line: int
    tr: str
    en: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; lines with `problems` were left out."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()


class _Wrong(Exception):  # noqa: N818 - a state of a line
    """A line that cannot be taken in; `word` is one of `data/problems.yaml`."""

    def __init__(self, word: str, **detail: object) -> None:
        super().__init__(word)
        self.word, self.detail = word, detail


@dataclass(slots=True)
class _Entry:
    """The lines of one FAQ: the first one's cells, and the texts of all."""

    line: int
    row: dict[str, str]
    texts: dict[str, FaqText] = field(default_factory=dict)


async def export_csv(conn: Conn) -> str:
    """All FAQs, the oldest first, with semicolons, as a Turkish Excel opens it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=";")
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
    separators. An FAQ is known by its `faq_id`, or by its question; new ones stay drafts unless
    `status` says approved. A bad line is told and left out. Raises BadData where no column holds
    questions."""
    problems: list[Problem] = []
    entries = _entries(data, default_language, problems)
    known = await faqs.list_faqs(conn)
    by_id = {faq.faq_id: faq for faq in known}
    by_question = {(lang, t.question): faq for faq in known for lang, t in faq.texts.items()}
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    for entry in entries:
        asked = (by_question.get((lang, t.question)) for lang, t in entry.texts.items())
        before = by_id.get(entry.row.get("faq_id", "")) or next(filter(None, asked), None)
        try:
            async with conn.transaction():
                counts[await _taken_in(conn, entry, before, by)] += 1
        except _Wrong as wrong:
            problems.append(_problem(entry.line, wrong))
    return ImportReport(**counts, problems=tuple(sorted(problems, key=lambda one: one.line)))


def _problem(line: int, wrong: _Wrong) -> Problem:
    return Problem(line, **explained(wrong.word, wrong.detail))


def _entries(data: bytes, default_language: str, problems: list[Problem]) -> list[_Entry]:
    entries: dict[str, _Entry] = {}
    for line, row in _rows(data):
        try:
            language, text = _text(row, default_language)
        except _Wrong as wrong:
            problems.append(_problem(line, wrong))
            continue
        key = row.get("faq_id") or f"line {line}"
        entries.setdefault(key, _Entry(line, row)).texts[language] = text
    return list(entries.values())


def _text(row: dict[str, str], default_language: str) -> tuple[str, FaqText]:
    if not row.get("question"):
        raise _Wrong("faq_no_question")
    said = fold(row.get("language") or default_language)
    language = LANGUAGES.get(said, said)
    if language not in LANGUAGES.values():
        raise _Wrong("faq_language", said=row["language"])
    variants = tuple(v.strip() for v in row.get("variants", "").split("|") if v.strip())
    return language, FaqText(row["question"], row.get("answer", ""), variants)


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    rows = delimited(data, name=SHEET).rows()
    _, headings = next(rows, (1, []))
    head = [NAMES.get(fold(h.strip()), h.strip().lower()) for h in headings]
    if "question" not in head:
        raise BadData(
            "the first line must name the columns, among them `question` (or `soru`)", line=1
        )
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            yield line, dict(zip(head, (c.strip() for c in cells), strict=False))


@dataclass(frozen=True, slots=True)
class _State:
    """An FAQ as a sheet can say it."""

    texts: dict[str, FaqText]
    category: str
    tags: tuple[str, ...]
    valid: tuple[date | None, date | None]
    status: str

    @classmethod
    def of(cls, faq: Faq) -> _State:
        valid = (faq.valid_from, faq.valid_until)
        return cls(faq.texts, faq.category, faq.tags, valid, faq.status)


NEW = _State({}, "", (), (None, None), "draft")


def _wanted(entry: _Entry, before: _State) -> _State:
    """What the lines say; what they have no column for stays."""
    row = entry.row
    tags = tuple(tag.strip() for tag in row.get("tags", "").split(",") if tag.strip())
    begins, ends = (
        _day(row[name]) if name in row else was
        for name, was in zip(("valid_from", "valid_until"), before.valid, strict=True)
    )
    if begins and ends and ends < begins:
        raise _Wrong("faq_ends_before", begins=begins, ends=ends)
    said = _status(row.get("status", ""))
    wanted = _State(
        {**before.texts, **entry.texts},
        row.get("category", before.category),
        tags if "tags" in row else before.tags,
        (begins, ends),
        before.status if said in ("", "draft") else said,
    )
    empty = [lang for lang, text in wanted.texts.items() if not text.answer]
    if wanted.status == "approved" and empty:
        raise _Wrong("faq_no_answer", languages=", ".join(empty))
    return wanted


async def _taken_in(conn: Conn, entry: _Entry, before: Faq | None, by: str | None) -> str:
    state = _State.of(before) if before else NEW
    wanted = _wanted(entry, state)
    if before is None:
        made = await faqs.create(
            conn, wanted.texts, faq_id=entry.row.get("faq_id") or None, category=wanted.category,
            tags=wanted.tags, valid_from=wanted.valid[0], valid_until=wanted.valid[1],
            origin="import", by=by,
        )  # fmt: skip
    elif wanted == state:
        return "unchanged"
    else:
        made = await faqs.edit(
            conn, before.faq_id, texts=wanted.texts, category=wanted.category, tags=wanted.tags,
            valid=wanted.valid,
        )  # fmt: skip
    if wanted.status != state.status and wanted.status == "approved":
        await faqs.approve(conn, made.faq_id, by)
    elif wanted.status != state.status:
        await faqs.retire(conn, made.faq_id)
    return "changed" if before else "created"


def _status(said: str) -> str:
    folded = fold(said)
    status = STATUSES.get(folded, folded)
    if status and status not in STATUSES.values():
        raise _Wrong("faq_status", said=said)
    return status


def _day(said: str) -> date | None:
    """A date as the export or a Turkish Excel writes it."""
    if not said:
        return None
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
        with suppress(ValueError):
            return datetime.strptime(said, form).date()
    raise _Wrong("faq_date", said=said)

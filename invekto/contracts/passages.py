"""What retrieval found and what may be quoted from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a document or an FAQ, with all that a citation needs."""

    chunk_id: str
    document_id: str
    title: str
    """File name or FAQ question, as the customer may see it: `fiyat-listesi.pdf`."""
    kind: str
    """`pdf`, `docx`, `html`, `table`, `faq` …"""
    text: str
    language: str
    version: int = 1
    page: int | None = None
    heading: tuple[str, ...] = ()
    score: float = 0.0
    tags: tuple[str, ...] = ()
    valid_until: date | None = None
    why: dict[str, Any] = field(default_factory=dict)

    @property
    def citation(self) -> str:
        """`fiyat-listesi.pdf, s. 3` — the page only where there is one."""
        return f"{self.title}, s. {self.page}" if self.page else self.title


@dataclass(frozen=True, slots=True)
class Extract:
    """The sentences or table rows that answer, taken word for word from the passages."""

    text: str
    passages: tuple[Passage, ...]
    answerability: float
    """Calibrated chance that the question is answered by `text`."""

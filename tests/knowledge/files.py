"""Small files made here, of every kind that is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import invekto.demo

DEMO = Path(invekto.demo.__file__).parent
PRICES = """# Fiyat listesi

| İşlem | Fiyat | Süre |
|---|---|---|
| İmplant (tek diş) | 25.000 TL | 60 dk |
| Kanal tedavisi | 4.500 TL | 45 dk |
| Diş beyazlatma | 6.000 TL | 40 dk |

## Randevu

Randevunuzu 24 saat öncesine kadar ücretsiz değiştirebilirsiniz.
"""


def docx(paragraphs: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    from docx import Document

    document = Document()
    document.add_heading("Garanti", level=1)
    for text in paragraphs:
        document.add_paragraph(text)
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Fiyatlar"
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", "hello")
    return out.getvalue()


def pdf(pages: Sequence[Sequence[tuple[float, float, str]]], password: str | None = None) -> bytes:
    """Pages of (x, y, text), set in Helvetica 10."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    lock = StandardEncryption(password, strength=128) if password else None
    canvas = Canvas(out, pagesize=(595, 842), encrypt=lock)
    for page in pages:
        canvas.setFont("Helvetica", 10)
        for x, y, text in page:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()

"""Price lists as businesses really set them, made here: cells that go through rows, pages on their
side, lists in two columns, dots that lead to a price, headings on every page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

PRICES = [
    ("Hizmet", "Fiyat"), ("Dolgu", "1.900 TL"), ("Kanal", "4.500 TL"), ("Cekim", "1.600 TL"),
    ("Beyazlatma", "6.000 TL"),
]  # fmt: skip
MORE = [
    ("Hizmet", "Fiyat"), ("Implant", "25.000 TL"), ("Zirkonyum", "9.000 TL"),
    ("Porselen", "7.000 TL"), ("Gece plagi", "3.500 TL"),
]  # fmt: skip


def table(
    rows: Sequence[Sequence[str]], *, heading: str = "", spans: Sequence[tuple[Any, Any]] = ()
) -> bytes:
    """A ruled table whose first row stands on every page; `spans` are corners of merged cells."""
    from reportlab.lib import colors
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

    out = io.BytesIO()
    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    merged = [("SPAN", *span) for span in spans]
    flow = [Paragraph(heading, getSampleStyleSheet()["Heading1"])] if heading else []
    widths = [120] * len(rows[0])
    flow.append(Table(rows, widths, repeatRows=1, style=TableStyle([*grid, *merged])))
    SimpleDocTemplate(out).build(flow)
    return out.getvalue()


def drawn(pieces: Sequence[tuple[float, float, str]], *, quarters: int = 0) -> bytes:
    """(x, y, text) on one page, drawn with as many quarter turns and shown upright."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setPageRotation(90 * quarters)
    canvas.translate(*[(0, 0), (595, 0), (595, 842), (0, 842)][quarters])
    canvas.rotate(90 * quarters)
    canvas.setFont("Helvetica", 10)
    for x, y, text in pieces:
        canvas.drawString(x, y, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def side_by_side() -> list[tuple[float, float, str]]:
    """Two lists next to each other without rules."""
    return [
        (x, 500 - 16 * at, text)
        for at, (left, right) in enumerate(zip(PRICES, MORE, strict=True))
        for x, text in zip((60, 180, 330, 450), (*left, *right), strict=True)
    ]


def led_by_dots() -> list[tuple[float, float, str]]:
    """A menu: what it is, dots, what it costs."""
    return [
        (60, 500 - 16 * at, f"{name} {'.' * (60 - len(name))} {price}")
        for at, (name, price) in enumerate(PRICES[1:])
    ]

"""Tables of spreadsheets, Word, web pages and Markdown as businesses make them: each row with its
headings, its money and nothing that was hidden."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from invekto.knowledge.blocks import Block, Page, Unreadable
from invekto.knowledge.readers.kinds import kind_of
from invekto.knowledge.readers.office import read_docx
from invekto.knowledge.readers.plain import read_csv, read_markdown
from invekto.knowledge.readers.sheets import read_xlsx
from invekto.knowledge.readers.web import read_html
from tests.knowledge import files


def _blocks(pages: Iterator[Page], kind: str = "row") -> list[str]:
    return [block.text for page in pages for block in page.blocks if block.kind == kind]


def _book(fill: Any) -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    fill(book, book.active)
    book.save(out)
    return out.getvalue()


def _price_list(book: Any, sheet: Any) -> None:
    sheet.append(["Kategori", "Hizmet", "Fiyat", "Peşin indirimi", "Maliyet"])
    sheet.append(["Diş tedavisi", "Dolgu", 1500, 0.2, 400])
    sheet.append([None, "Kanal tedavisi", 4500.5, 0.125, 900])
    sheet.append(["Gülüş tasarımı için fiyat sorunuz"])
    sheet.append(["Estetik", "Botoks", 150, None, 60])
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("A4:D4")
    for row, price in ((2, '#,##0.00 "TL"'), (3, "#,##0.00 [$₺-41F]"), (5, "[$€-2] #,##0")):
        sheet.cell(row, 3).number_format = price
        sheet.cell(row, 4).number_format = "0.0%"
    sheet.column_dimensions["E"].hidden = True
    secret = book.create_sheet("Tedarikçi")
    secret.sheet_state = "hidden"
    secret.append(["Ürün", "Alış"])
    secret.append(["Botoks", "60 TL"])


def test_a_spreadsheet_keeps_money_merged_cells_and_what_is_hidden() -> None:
    pages = list(read_xlsx(_book(_price_list)))
    assert _blocks(iter(pages)) == [
        "Diş tedavisi · Hizmet: Dolgu · Fiyat: 1.500 TL · Peşin indirimi: %20",
        "Diş tedavisi · Hizmet: Kanal tedavisi · Fiyat: 4.500,50 ₺ · Peşin indirimi: %12,5",
        "Estetik · Hizmet: Botoks · Fiyat: 150 €",
    ]
    headings = _blocks(iter(pages), "heading")
    assert headings[1:] == ["Gülüş tasarımı için fiyat sorunuz"]


def test_an_english_sheet_writes_its_numbers_the_english_way() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.append(["Treatment offered by our doctors", "Price of the treatment", "Discount"])
        sheet.append(["Hair transplant with three nights at the hotel", 2400.5, 0.1])
        sheet.cell(2, 2).number_format = "[$$-409]#,##0.00"
        sheet.cell(2, 3).number_format = "0%"

    [row] = _blocks(read_xlsx(_book(fill)))
    assert row.endswith(" · Price of the treatment: 2,400.50 $ · Discount: 10%")


def test_headings_of_two_lines_in_a_spreadsheet() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.append(["Hizmet", "Fiyat", None])
        sheet.append([None, "Hafta içi", "Hafta sonu"])
        sheet.append(["Cilt bakımı", "1.000 TL", "1.200 TL"])
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")

    assert _blocks(read_xlsx(_book(fill))) == [
        "Cilt bakımı · Fiyat Hafta içi: 1.000 TL · Fiyat Hafta sonu: 1.200 TL"
    ]


def test_a_sheet_with_one_cell_at_its_far_end_is_read() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.append(["Ürün", "Fiyat"])
        sheet.append(["Keten gömlek", "890 TL"])
        sheet.cell(1_048_576, 16_384).number_format = "0.00"

    assert _blocks(read_xlsx(_book(fill))) == ["Keten gömlek · Fiyat: 890 TL"]


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (["Kargo;59 TL", "İade;ücretsiz", "Hediye paketi;30 TL"],
         ["Kargo · 59 TL", "İade · ücretsiz", "Hediye paketi · 30 TL"]),
        (["Hafta içi;09:00-18:00", "Cumartesi;10:00-14:00", "Pazar;kapalı"],
         ["Hafta içi · 09:00-18:00", "Cumartesi · 10:00-14:00", "Pazar · kapalı"]),
        (["Teslimat;2 gün", "İade;14 gün", "Değişim;30 gün"],
         ["Teslimat · 2 gün", "İade · 14 gün", "Değişim · 30 gün"]),
        (["Beden;36;38;40", "Göğüs;84;88;92", "Bel;66;70;74"],
         ["Göğüs · 36: 84 · 38: 88 · 40: 92", "Bel · 36: 66 · 38: 70 · 40: 74"]),
        (["Seans;Fiyat", "1;500 TL", "5;2.000 TL"], ["1 · Fiyat: 500 TL", "5 · Fiyat: 2.000 TL"]),
    ],
)  # fmt: skip
def test_a_first_line_is_a_heading_where_it_can_be_one(lines: list[str], rows: list[str]) -> None:
    assert _blocks(read_csv("\r\n".join(lines).encode("cp1254"))) == rows
    cells = [line.split(";") for line in lines]
    html = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in cells)
    assert _blocks(read_html(f"<html><body><table>{html}</table></body></html>".encode())) == rows
    assert _blocks(read_docx(_letter(cells))) == rows


def _letter(rows: Sequence[Sequence[str]]) -> bytes:
    return files.docx(["Garanti süresi iki yıldır."], rows)


def test_a_web_tables_spans_reach_every_row_and_heading() -> None:
    page = """<html><body><table>
    <thead><tr><th rowspan="2">Beden</th><th colspan="2">Fiyat</th></tr>
    <tr><th>Toptan</th><th>Perakende</th></tr></thead>
    <tr><td>S</td><td>100 TL</td><td>150 TL</td></tr>
    <tr><td rowspan=2>M</td><td>110 TL</td><td>160 TL</td></tr>
    <tr><td>120 TL</td><td>170 TL</td></tr></table>
    <table><tr><td><table><tr><th>Ürün</th><th>Fiyat</th></tr><tr><td>Bot</td><td>900 TL</td></tr>
    </table></td></tr></table></body></html>"""
    assert _blocks(read_html(page.encode())) == [
        "S · Fiyat Toptan: 100 TL · Fiyat Perakende: 150 TL",
        "M · Fiyat Toptan: 110 TL · Fiyat Perakende: 160 TL",
        "M · Fiyat Toptan: 120 TL · Fiyat Perakende: 170 TL",
        "Bot · Fiyat: 900 TL",
    ]


def test_word_keeps_merged_cells_short_tables_controls_and_accepted_changes() -> None:
    from docx import Document
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = Document()
    document.sections[0].header.paragraphs[0].text = "Antet"
    document.add_heading("Fiyatlar", 1)
    changed = document.add_paragraph("Kargo ücreti ")
    new = '<w:ins {} w:id="1" w:author="a"><w:r><w:t>59 TL olarak alınır.</w:t></w:r></w:ins>'
    old = '<w:del {} w:id="2" w:author="a"><w:r><w:delText>49 TL</w:delText></w:r></w:del>'
    for change in (old, new):
        changed._p.append(parse_xml(change.format(nsdecls("w"))))
    control = (
        "<w:sdt {}><w:sdtContent><w:p><w:r><w:t>Kapıda ödeme vardır.</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>"
    )
    document.element.body.insert(2, parse_xml(control.format(nsdecls("w"))))
    one = document.add_table(rows=1, cols=2)
    one.cell(0, 0).text, one.cell(0, 1).text = "Hediye paketi", "30 TL"
    rows = [["Tür", "Ürün", "Fiyat"], ["Elbise", "Keten", "890 TL"], ["", "Pamuk", "690 TL"],
            ["Sezon sonu", "", ""], ["Etek", "Kot", "450 TL"]]  # fmt: skip
    table = document.add_table(rows=0, cols=3)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 2))
    out = io.BytesIO()
    document.save(out)
    pages = list(read_docx(out.getvalue()))
    assert _blocks(iter(pages), "text") == [
        "Kargo ücreti 59 TL olarak alınır.",
        "Kapıda ödeme vardır.",
    ]
    assert _blocks(iter(pages), "heading") == ["Fiyatlar", "Sezon sonu"]
    assert _blocks(iter(pages)) == [
        "Hediye paketi · 30 TL", "Elbise · Ürün: Keten · Fiyat: 890 TL",
        "Elbise · Ürün: Pamuk · Fiyat: 690 TL", "Etek · Ürün: Kot · Fiyat: 450 TL",
    ]  # fmt: skip


def test_markdown_as_it_is_written() -> None:
    text = (
        "---\ntitle: x\n---\nFiyatlar\n========\n\nÜrün | Fiyat\n--- | ---\nBot | 900 TL\n"
        "Çanta \\| kemer | 1.200 TL\n\nTeslimat\n--------\n\n```\n# kod değil başlık\n```\n\n"
        "<!-- gizli not -->\n- Aynı gün\n"
    )
    [page] = read_markdown(text.encode())
    assert page.blocks == [
        Block("heading", "Fiyatlar", level=1),
        Block("row", "Bot · Fiyat: 900 TL"),
        Block("row", "Çanta | kemer · Fiyat: 1.200 TL"),
        Block("heading", "Teslimat", level=2),
        Block("text", "# kod değil başlık"),
        Block("text", "- Aynı gün"),
    ]


def test_an_office_file_with_a_password_says_so() -> None:
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1_500
    locked = compound + "EncryptedPackage".encode("utf-16le") + b"\0" * 600
    for data, problem in ((locked, "password_office"), (compound, "old_office")):
        with pytest.raises(Unreadable) as caught:
            kind_of(data, "fiyat.xlsx")
        assert caught.value.problem == problem

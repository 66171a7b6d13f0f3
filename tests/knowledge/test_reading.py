"""Reading: tables, columns, margins, right to left; and text that must never break anything."""

from __future__ import annotations

import io
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invekto.db.pool import Database
from invekto.knowledge.blocks import Page
from invekto.knowledge.cutting import LONGEST, Cutter
from invekto.knowledge.opening import Opened, read_pages
from invekto.knowledge.readers.glyphs import is_rtl
from invekto.knowledge.readers.kinds import kind_of
from invekto.knowledge.readers.pdf import read_pdf
from invekto.knowledge.sentences import sentences
from invekto.knowledge.stemming import markers, stem_line
from invekto.llm.embeddings import Field, embed
from invekto.llm.topics import topics
from tests.conftest import TenantPair
from tests.knowledge import files


def _rows(path: Path) -> dict[str, int]:
    """Row text → page."""
    return {
        block.text: page.number
        for page in read_pdf(path.read_bytes())
        if page.number is not None
        for block in page.blocks
        if block.kind == "row"
    }


def test_a_price_list_keeps_its_rows_with_their_headings() -> None:
    rows = _rows(files.DEMO / "inci-dis/documents/fiyat-listesi.pdf")
    implant = next(text for text in rows if text.startswith("Diş implantı"))
    assert implant == (
        "Diş implantı · Birim: Diş başına · Fiyat aralığı (TL): 22.000 – 38.000 · Süre: 60 dk · "
        "Seans: 2–3"
    )
    assert rows[implant] == 2
    assert "Yerli titanyum implant · Fiyat (TL): 22.000 – 26.000" in " ".join(rows)
    assert not any(text.startswith(("Tedavi ·", "İmplant seçeneği")) for text in rows)


def test_wrapped_cells_stay_in_their_row() -> None:
    rows = _rows(files.DEMO / "nehir-moda/documents/garanti-ve-bakim.pdf")
    assert (
        "Viskon · Yıkama: 30°, file içinde · Kurutma: Askıda · "
        "Ütü ve not: Ters yüzünden, ıslakken çekiştirmeyin"
    ) in rows


def test_arabic_is_read_from_the_right_with_its_ligatures_in_order() -> None:
    rows = _rows(files.DEMO / "lale-estetik/documents/price-list-ar.pdf")
    text = " ".join(rows)
    assert "حقن البلازما PRP · يورو: 80-110" in text
    assert "البالزما" not in text


def test_headers_footers_and_page_numbers_are_dropped() -> None:
    blocks = [
        block.text
        for page in read_pdf((files.DEMO / "inci-dis/documents/fiyat-listesi.pdf").read_bytes())
        for block in page.blocks
    ]
    assert not any("Sayfa" in text or "+90 216" in text for text in blocks)


def test_prose_in_two_columns_is_read_column_by_column() -> None:
    left = [f"sol sutun satir {n} devam eden bir cumle" for n in range(12)]
    right = [f"sag sutun satir {n} baska bir konuyu anlatir" for n in range(12)]
    page = [(60, 700 - 14 * n, text) for n, text in enumerate(left)]
    page += [(320, 700 - 14 * n, text) for n, text in enumerate(right)]
    text = " ".join(b.text for p in read_pdf(files.pdf([page])) for b in p.blocks)
    assert text.index("sol sutun satir 11") < text.index("sag sutun satir 0")


def test_a_table_without_rules_is_a_table() -> None:
    rows = [
        ("Hizmet", "Fiyat", "Sure"), ("Dolgu", "1.900 TL", "45 dk"),
        ("Kanal", "4.500 TL", "60 dk"), ("Cekim", "1.600 TL", "30 dk"),
    ]  # fmt: skip
    page = [
        (x, 700 - 16 * n, cell)
        for n, row in enumerate(rows)
        for x, cell in zip((60, 220, 380), row, strict=True)
    ]
    texts = [b.text for p in read_pdf(files.pdf([page])) for b in p.blocks]
    assert "Kanal · Fiyat: 4.500 TL · Sure: 60 dk" in texts


async def test_a_scanned_page_is_read_where_tesseract_is_and_reported_where_not(
    db: Database, tenant_pair: TenantPair
) -> None:
    from PIL import Image, ImageDraw, ImageFont

    from invekto.knowledge.ingest import ingest
    from invekto.knowledge.readers.ocr import languages

    picture = Image.new("L", (1240, 1754), 255)
    font = ImageFont.load_default(size=48)
    ImageDraw.Draw(picture).text((120, 200), "Whitening costs 6500 lira", font=font, fill=0)
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=150)
    report = await ingest(db, tenant_pair.ours, name="scan.pdf", data=out.getvalue())
    if languages():
        assert (report.status, report.chunks) == ("live", 1)
        assert report.warnings == ({"warning": "pages_recognised", "pages": [1]},)
    else:
        assert report.problem == "scanned"
        assert "OCR" in report.message["tr"]


@pytest.mark.proof
@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("Diş beyazlatma 6.000 TL", "Şeffaf plak 60.000 TL", "Çekim ücretsizdir"),
         ("Diş beyazlatma 6.000 TL", "Şeffaf plak 60.000 TL", "Çekim ücretsizdir")),
        (("زراعة الشعر 2400 يورو", "تبييض الأسنان 300 يورو", "الموعد مجانا"),
         ("الموعد مجانا",)),
    ],
)  # fmt: skip
def test_scans_in_turkish_and_arabic_are_read(
    lines: tuple[str, ...], words: tuple[str, ...]
) -> None:
    from PIL import Image, ImageDraw, ImageFont

    from invekto.knowledge.readers.ocr import languages

    font = next(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"), None)
    if languages() != "tur+eng+ara" or font is None:
        pytest.skip("needs tesseract with tur, eng and ara, and DejaVu")
    picture, out = Image.new("L", (1240, 1754), 255), io.BytesIO()
    for at, line in enumerate(lines):
        place = (120, 150 + 90 * at)
        ImageDraw.Draw(picture).text(place, line, font=ImageFont.truetype(font, 44), fill=0)
    picture.save(out, "PDF", resolution=150)
    text = " ".join(block.text for page in read_pdf(out.getvalue()) for block in page.blocks)
    assert [word for word in words if word in text] == list(words)
    assert is_rtl(text) == is_rtl(lines[0]), "no word in another language's letters"


async def test_pages_come_from_a_process_of_their_own_with_its_progress() -> None:
    data = files.pdf([[(50, 700, f"sayfa metni {n}")] for n in range(5)])
    opened, *pages = [item async for item in read_pages(data, "a.pdf", skip=2, most_pages=10)]
    assert opened == Opened("pdf", 5)
    assert [page.number for page in pages if isinstance(page, Page)] == [3, 4, 5]


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_analysis(text: str) -> None:
    assert "".join(sentences(text)).replace(" ", "") == "".join(
        part.strip() for part in sentences(text)
    ).replace(" ", "")
    for language in ("tr", "en", "ar"):
        stem_line(text, language)
        embed([Field(text)], language)
        vector = topics().vector([text], language)
        assert abs(float((vector**2).sum()) - 1) < 1e-3
    markers(text)


@given(st.lists(st.text(min_size=1, max_size=3_000), max_size=6))
@settings(max_examples=60, deadline=None)
def test_chunks_are_bounded_and_in_order(paragraphs: list[str]) -> None:
    from invekto.knowledge.blocks import Block

    page = Page(1, [Block("text", text, 1) for text in paragraphs])
    chunks = Cutter("tr").cut([page])
    assert all(len(chunk.content) <= LONGEST + 1 for chunk in chunks)
    assert [c.starts for c in chunks] == sorted(c.starts for c in chunks)


def test_a_chunk_stands_on_one_page_unless_a_sentence_goes_on() -> None:
    from invekto.knowledge.blocks import Block

    texts = {1: "Kargo 59 TL.", 2: "İade süresi", 3: "14 gündür."}
    pages = [Page(number, [Block("text", text, number)]) for number, text in texts.items()]
    found = [(one.page, one.page_end, one.content) for one in Cutter("tr").cut(pages)]
    assert found == [(1, 1, "Kargo 59 TL."), (2, 3, "İade süresi\n14 gündür.")]


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_have_a_kind_or_a_reason(data: bytes) -> None:
    from invekto.knowledge.blocks import Unreadable

    with suppress(Unreadable):
        assert kind_of(data, "x.dat") in {"pdf", "docx", "xlsx", "html", "csv", "markdown", "txt"}


def _pdfs(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.pdf"))


@pytest.mark.proof
async def test_every_pdf_of_a_folder_gives_text_or_a_reason(
    request: pytest.FixtureRequest, db: Database, tenant_pair: TenantPair
) -> None:
    from invekto.knowledge.ingest import ingest

    folder = request.config.getoption("--pdfs", default=None)
    if folder is None:
        pytest.skip("pass a folder: --pdfs FOLDER")
    for path in _pdfs(Path(folder)):
        began = time.monotonic()
        report = await ingest(db, tenant_pair.ours, name=str(path), data=path.read_bytes())
        assert report.status in ("live", "unchanged") or report.message["tr"], path
        assert report.problem != "crashed", path
        assert time.monotonic() - began < 60, path

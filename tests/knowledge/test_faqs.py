"""FAQs: drafts, approval, languages, sheets."""

from __future__ import annotations

from datetime import date

import pytest

from invekto.db.pool import Database
from invekto.errors import BadData, NotFound
from invekto.knowledge import faqs
from invekto.knowledge.faq_sheet import Problem, export_csv, import_csv
from invekto.knowledge.faqs import FaqText
from invekto.knowledge.search import search
from tests.conftest import TenantPair

PARKING = {"tr": FaqText("Otopark var mı?", "Evet, ücretsiz.", ("arabayı nereye koyayım",))}


async def test_a_draft_is_not_found_until_it_is_approved_and_not_after_it_is_retired(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        draft = await faqs.create(conn, PARKING, tags=["konum"], by="u1")
        assert (draft.status, draft.tags) == ("draft", ("konum",))
        assert await search(conn, "otopark", language="tr") == []
        await faqs.approve(conn, draft.faq_id, by="u2")
        found = await search(conn, "arabayı nereye koyayım", language="tr")
        assert (found[0].kind, found[0].title, found[0].text) == (
            "faq", "Otopark var mı?", "Evet, ücretsiz.",
        )  # fmt: skip
        await faqs.edit(conn, draft.faq_id, texts={"tr": FaqText("Otopark?", "Hayır, yok.")})
        assert (await search(conn, "otopark", language="tr"))[0].text == "Hayır, yok."
        await faqs.retire(conn, draft.faq_id)
        assert await search(conn, "otopark", language="tr") == []
        assert [f.status for f in await faqs.list_faqs(conn, status="retired")] == ["retired"]
        await faqs.delete(conn, draft.faq_id)
        with pytest.raises(NotFound):
            await faqs.get(conn, draft.faq_id)


async def test_what_is_wrong_with_an_faq_is_said(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        with pytest.raises(BadData, match="at least one language"):
            await faqs.create(conn, {})
        with pytest.raises(BadData, match="empty in en"):
            await faqs.create(conn, {"en": FaqText("  ")})
        with pytest.raises(BadData, match="before valid from"):
            await faqs.create(
                conn, PARKING, valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 1)
            )
        with pytest.raises(BadData, match="no answer in tr"):
            await faqs.create(conn, {"tr": FaqText("Kedi girebilir mi?")}, approve=True)
        shown = await faqs.create(conn, PARKING, approve=True)
        with pytest.raises(BadData, match="no answer in tr"):
            await faqs.edit(conn, shown.faq_id, texts={"tr": FaqText("Otopark?")})
        empty = await faqs.create(conn, {"tr": FaqText("Kedi girebilir mi?")})
        with pytest.raises(BadData, match="no answer in tr"):
            await faqs.approve(conn, empty.faq_id)


async def test_a_neighbour_sees_no_faq(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        faq = await faqs.create(conn, PARKING, approve=True)
    async with db.tenant(tenant_pair.neighbour) as conn:
        assert await faqs.list_faqs(conn) == []
        with pytest.raises(NotFound):
            await faqs.retire(conn, faq.faq_id)


async def test_csv_out_and_in_again_changes_nothing(db: Database, tenant_pair: TenantPair) -> None:
    texts = {**PARKING, "en": FaqText("Is there parking?", 'Yes, "free", two hours')}
    async with db.tenant(tenant_pair.ours) as conn:
        await faqs.create(conn, texts, category="konum", tags=["a", "b"], approve=True)
        sheet = await export_csv(conn)
        report = await import_csv(conn, sheet.encode())
        assert (report.created, report.changed, report.unchanged) == (0, 0, 1)
    async with db.tenant(tenant_pair.neighbour) as conn:
        report = await import_csv(conn, sheet.encode())
        assert (report.created, report.problems) == (1, ())
        assert (await faqs.list_faqs(conn))[0].texts == texts


async def test_a_sheet_as_a_person_changes_it_in_excel(
    db: Database, tenant_pair: TenantPair
) -> None:
    """Saved in Windows-1254, with Turkish dates, names and status, and a date that was cleared."""
    async with db.tenant(tenant_pair.ours) as conn:
        one = await faqs.create(conn, PARKING, valid_until=date(2026, 12, 31), tags=["a"])
        sheet = await export_csv(conn)
        assert sheet.startswith("faq_id;language;question;"), "as Turkish Excel opens it"
        saved = sheet.replace(";tr;", ";Türkçe;").replace(
            ";draft;;2026-12-31", ";yayında;01.02.2026;"
        )
        report = await import_csv(conn, saved.encode("cp1254"), by="u1")
        assert (report.changed, report.problems) == (1, ())
        changed = await faqs.get(conn, one.faq_id)
        assert changed.texts == PARKING
        assert (changed.status, changed.valid_from, changed.valid_until) == (
            "approved", date(2026, 2, 1), None,
        )  # fmt: skip
        assert (await import_csv(conn, saved.encode("cp1254"))).unchanged == 1
        gone = saved.replace(";yayında;", ";yayından kaldırıldı;")
        assert (await import_csv(conn, gone.encode())).changed == 1
        assert (await faqs.get(conn, one.faq_id)).status == "retired"


async def test_a_sheet_without_ids_taken_in_twice_makes_no_twins(
    db: Database, tenant_pair: TenantPair
) -> None:
    sheet = "Soru;Cevap\r\nOtopark var mı?;Evet\r\nKargo kaç TL?;59 TL\r\n"
    async with db.tenant(tenant_pair.ours) as conn:
        assert (await import_csv(conn, sheet.encode())).created == 2
        again = await import_csv(conn, sheet.replace("59", "69").encode())
        assert (again.created, again.changed, again.unchanged) == (0, 1, 1)
        answers = {f.texts["tr"].answer for f in await faqs.list_faqs(conn)}
        assert answers == {"Evet", "69 TL"}


async def test_what_is_wrong_in_a_sheet_is_told_in_both_languages(
    db: Database, tenant_pair: TenantPair
) -> None:
    sheet = (
        "soru;cevap;dil;durum;valid_until\r\nA?;B;;;yarın\r\nC?;D;klingonca;;\r\nE?;;tr;onaylı;\r\n"
        "G?;H;tr;;;;fazla;hücre\r\nI?\r\n"
    )
    async with db.tenant(tenant_pair.ours) as conn:
        report = await import_csv(conn, sheet.encode("cp1254"))
        made = {faq.texts["tr"].question for faq in await faqs.list_faqs(conn)}
    assert made == {"G?", "I?"}, "ragged lines keep what they have"
    assert [(one.line, one.tr, one.en) for one in report.problems] == [
        (2, "“yarın” bir tarih değil: 31.12.2026 gibi yazın.",
         "“yarın” is no date: write 2026-12-31."),
        (3, "“klingonca” dilini bilmiyoruz: tr, en ya da ar yazın.",
         "“klingonca” is no language we know: write tr, en or ar."),
        (4, "Yayına alınacak sorunun tr cevabı boş: cevabı yazın.",
         "The answer in tr is empty and the question is to be shown: write it."),
    ]  # fmt: skip


async def test_a_turkish_excel_sheet_with_bad_lines(db: Database, tenant_pair: TenantPair) -> None:
    sheet = "Soru;Cevap;Varyantlar\r\nŞubeniz var mı?;Evet, Kadıköy'de;şube|mağaza\r\n;cevapsız\r\n"
    async with db.tenant(tenant_pair.ours) as conn:
        report = await import_csv(conn, sheet.encode("cp1254"))
        made = await faqs.list_faqs(conn)
    assert (report.created, report.problems) == (
        1, (Problem(3, "Soru boş: soruyu yazın.", "The question is empty: write it."),),
    )  # fmt: skip
    assert made[0].texts["tr"].variants == ("şube", "mağaza")
    assert made[0].status == "draft"
    async with db.tenant(tenant_pair.ours) as conn:
        with pytest.raises(BadData, match="name the columns"):
            await import_csv(conn, b"a;b\n1;2\n")


async def test_line_ends_of_any_kind_and_a_cell_without_end(
    db: Database, tenant_pair: TenantPair
) -> None:
    sheet = b"question;answer\rKargo ka\xc3\xa7 TL?;59,90 TL\rHediye paketi var m\xc4\xb1?;Var\r"
    async with db.tenant(tenant_pair.ours) as conn:
        assert (await import_csv(conn, sheet)).created == 2
        with pytest.raises(BadData, match="no table"):
            await import_csv(conn, b"question;answer\n" + b"x" * 200_000 + b";y")
        with pytest.raises(BadData, match="no table"):
            await import_csv(conn, b"x" * 200_000)

"""FAQs: drafts, approval, languages, sheets."""

from __future__ import annotations

from datetime import date

import pytest

from invekto.db.pool import Database
from invekto.errors import BadData, NotFound
from invekto.knowledge import faqs
from invekto.knowledge.faq_sheet import export_csv, import_csv
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


async def test_a_turkish_excel_sheet_with_bad_lines(db: Database, tenant_pair: TenantPair) -> None:
    sheet = "Soru;Cevap;Varyantlar\r\nŞubeniz var mı?;Evet, Kadıköy'de;şube|mağaza\r\n;cevapsız\r\n"
    async with db.tenant(tenant_pair.ours) as conn:
        report = await import_csv(conn, sheet.encode("cp1254"))
        made = await faqs.list_faqs(conn)
    assert (report.created, report.problems) == (1, ("line 3: the question is empty",))
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

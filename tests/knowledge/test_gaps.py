"""Gaps: languages together, ranked by traffic, closed by an answer."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from invekto.db.pool import Database
from invekto.errors import NotFound
from invekto.knowledge import faqs, gaps
from invekto.knowledge.faqs import FaqText
from invekto.knowledge.health import contradictions, health, note_uses, price_range
from invekto.knowledge.ingest import ingest
from tests.conftest import TenantPair

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_alike_questions_of_all_languages_are_one_gap(
    db: Database, tenant_pair: TenantPair
) -> None:
    asked = [
        ("Evcil hayvan kabul ediyor musunuz?", "tr"),
        ("köpeğimle gelebilir miyim evcil hayvan", "tr"),
        ("are pets allowed?", "en"),
        ("taksit var mı", "tr"),
    ]
    async with db.tenant(tenant_pair.ours) as conn:
        ids = [
            await gaps.note_unanswered(conn, question, language, None, f"turn_{n}", NOW)
            for n, (question, language) in enumerate(asked)
        ]
        again = await gaps.note_unanswered(conn, asked[0][0], "tr", None, "turn_0", NOW)
        found = await gaps.list_gaps(conn)
        assert await gaps.note_unanswered(conn, "?!", "tr", None, None, NOW) is None
    assert ids[0] == ids[2] == again
    assert ids[3] not in ids[:3]
    assert (found[0].gap_id, found[0].languages) == (ids[0], ["tr", "en"])
    assert found[0].frequency >= 2
    async with db.tenant(tenant_pair.neighbour) as conn:
        assert await gaps.list_gaps(conn) == []


async def test_closing_asks_again_and_closes_only_what_is_answered(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        gap = await gaps.note_unanswered(conn, "Otopark var mı?", "tr", "location", "t1", NOW)
        assert gap is not None
        first = await gaps.close_gap(conn, gap, by=None, now=NOW)
        assert [r.answered for r in first] == [False]
        assert (await gaps.list_gaps(conn))[0].gap_id == gap
        texts = {"tr": FaqText("Otopark var mı?", "Evet, ücretsiz.")}
        faq = await faqs.create(conn, texts, approve=True)
        second = await gaps.close_gap(conn, gap, by=faq.faq_id, now=NOW)
        assert [(r.answered, r.text) for r in second] == [(True, "Evet, ücretsiz.")]
        closed = await gaps.list_gaps(conn, status="closed")
        assert (closed[0].gap_id, closed[0].resolved_by) == (gap, faq.faq_id)
        with pytest.raises(NotFound):
            await gaps.close_gap(conn, "gap_none", by=None, now=NOW)


async def test_two_documents_with_different_prices_are_reported(
    db: Database, tenant_pair: TenantPair
) -> None:
    head = "| İşlem | Fiyat |\n|---|---|\n"
    one = f"{head}| Kanal tedavisi | 4.500 TL |\n| Dolgu | 1.900 – 3.200 TL |\n"
    two = f"{head}| Kanal tedavisi | 5.000 TL |\n| Dolgu | 2.000 TL |\n"
    await ingest(db, tenant_pair.ours, name="eski.md", data=one.encode())
    await ingest(db, tenant_pair.ours, name="yeni.md", data=two.encode())
    async with db.tenant(tenant_pair.ours) as conn:
        found = await contradictions(conn)
        assert [c.subject for c in found] == ["Kanal tedavisi"]
        assert {found[0].first, found[0].second} == {"eski.md", "yeni.md"}
        report = await health(conn, date(2026, 3, 1))
        assert report.score < 100
        await conn.execute(
            "UPDATE documents SET created_at = '2025-01-01', updated_at = '2025-01-01'"
        )
        ids = [
            row[0]
            for row in await (await conn.execute("SELECT document_id FROM documents")).fetchall()
        ]
        await note_uses(conn, ids[:1], date(2026, 2, 20))
        report = await health(conn, date(2026, 3, 1))
    assert len(report.stale) == 2
    assert len(report.unused) == 1


def test_prices_are_read_from_a_rows_priced_cell() -> None:
    assert price_range("Zirkonyum · Birim: Diş · Fiyat aralığı (TL): 8.500 – 12.500", "tr") == (
        8500.0, 12500.0,
    )  # fmt: skip
    assert price_range("Süre · Gün: 14", "tr") is None

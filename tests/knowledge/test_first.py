from __future__ import annotations

from datetime import UTC, datetime

from invekto.knowledge import faqs, gaps
from invekto.knowledge.answer import extract
from invekto.knowledge.faqs import FaqText
from invekto.knowledge.ingest import ingest
from invekto.knowledge.search import search

SHEET = """# Fiyat listesi

| İşlem | Fiyat | Süre |
|---|---|---|
| İmplant (tek diş) | 25.000 TL | 60 dk |
| Kanal tedavisi | 4.500 TL | 45 dk |
| Diş beyazlatma | 6.000 TL | 40 dk |

## Randevu

Randevunuzu 24 saat öncesine kadar ücretsiz değiştirebilirsiniz.
"""


async def test_from_file_to_answer(db, tenant_pair) -> None:
    report = await ingest(db, tenant_pair.ours, name="fiyat.md", data=SHEET.encode())
    assert (report.status, report.chunks) == ("live", 4)
    async with db.tenant(tenant_pair.ours) as conn:
        await faqs.create(
            conn,
            {"tr": FaqText("Otopark var mı?", "Evet, binanın altında ücretsiz otopark var.")},
            approve=True,
        )
        found = await search(conn, "implant kaç para", language="tr")
        assert found[0].text.startswith("İmplant")
        answer = extract("implant kaç para", found, "tr")
        assert answer is not None
        assert "25.000 TL" in answer.text
        found = await search(conn, "arabamı nereye park edeceğim, otopark", language="tr")
        assert found[0].kind == "faq"
        again = await ingest(db, tenant_pair.ours, name="fiyat.md", data=SHEET.encode())
        assert again.status == "unchanged"
        gap = await gaps.note_unanswered(
            conn, "Zirkonyum kaplama yapıyor musunuz?", "tr", None, "turn_1", datetime.now(UTC)
        )
        assert gap
        assert len(await gaps.list_gaps(conn)) == 1
    async with db.tenant(tenant_pair.neighbour) as conn:
        assert await search(conn, "implant kaç para", language="tr") == []

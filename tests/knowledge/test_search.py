"""Search: isolation and plan, language, validity, tags, duplicates, the why view."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from importlib import resources
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from psycopg import AsyncConnection
from rapidfuzz import fuzz

from invekto.db.pool import Database
from invekto.knowledge import chunks, dense, faqs, placing
from invekto.knowledge.about import about
from invekto.knowledge.asking import FUZZY, Unit
from invekto.knowledge.chunks import Chunk, Owner
from invekto.knowledge.faqs import FaqText
from invekto.knowledge.glossary import glossary, set_own_words
from invekto.knowledge.ingest import ingest
from invekto.knowledge.refill import fill_subjects
from invekto.knowledge.rerank import Ranked
from invekto.knowledge.search import (
    SEARCH,
    WIDELY,
    length_of,
    near_values,
    scan_values,
    search,
    statement,
    vocabulary,
)
from invekto.knowledge.subject_learning import fingerprint
from invekto.knowledge.subjects import subjects
from invekto.llm.embeddings import Rarity, embed_query
from tests.conftest import TenantPair
from tests.knowledge import files


async def _shown(
    conn: AsyncConnection[Any], ident: str, text: str, language: str = "tr", **more: Any
) -> None:
    owner = Owner(ident, 1, "txt", f"{ident}.txt", **more)
    await chunks.add(conn, owner, [Chunk("text", text, language)])
    await chunks.switch(conn, ident, 1)


async def _ids(
    conn: AsyncConnection[Any], question: str, language: str = "tr", **more: Any
) -> list[str]:
    return [p.document_id for p in await search(conn, question, language=language, **more)]


async def test_a_neighbour_finds_nothing_of_ours(db: Database, tenant_pair: TenantPair) -> None:
    await ingest(db, tenant_pair.ours, name="f.md", data=files.PRICES.encode())
    async with db.tenant(tenant_pair.neighbour) as conn:
        assert await _ids(conn, "implant kaç para") == []
        await _shown(conn, "n", "Bizde implant yapılmaz.")
        assert await _ids(conn, "implant kaç para") == ["n"]


async def test_the_plan_under_row_level_security_uses_the_tenants_index(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        for number in range(30):
            await _shown(conn, f"d{number}", f"Madde {number} kargo ve iade koşulları")
    async with db.tenant(tenant_pair.neighbour) as conn:
        told = [Chunk("text", f"başka {number}", "tr") for number in range(30)]
        await chunks.add(conn, Owner("n", 1, "txt", "n"), told)
        await chunks.show_all(conn)
        for table in ("chunks", "chunk_vectors"):
            await _repeated(conn, table, 60)
    async with db.tenant(tenant_pair.ours) as conn:
        query = embed_query("kargo koşulları", "tr", Rarity.empty())
        where = about("kargo koşulları", "tr")
        values = scan_values(query, where, (), date(2026, 1, 1), None)
        rows = await conn.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {SEARCH}", values)
        plan = "\n".join(row[0] for row in await rows.fetchall())
    assert "Index Cond: (tenant_id = " in plan
    assert "Seq Scan" not in plan
    assert "Rows Removed by Filter: 18" not in plan


async def _repeated(conn: Any, table: str, times: int) -> None:
    """A tenant's rows over and over, under other numbers."""
    rows = await conn.execute(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
        " WHERE table_name = %s"
        " AND column_name <> 'chunk_index'",
        [table],
    )
    (columns,) = await rows.fetchone()
    await conn.execute(
        f"INSERT INTO {table} (chunk_index, {columns}) SELECT chunk_index + 1000 * n, {columns}"
        f" FROM {table}, generate_series(1, {times}) n"
    )


async def test_a_large_tenant_is_searched_through_the_index_under_row_level_security(
    db: Database, tenant_pair: TenantPair
) -> None:
    things = ("kargo", "iade", "randevu", "implant", "taksit", "fatura", "beden", "garanti")
    for tenant_id, count in ((tenant_pair.neighbour, 150), (tenant_pair.ours, 300)):
        told = [
            Chunk("text", f"{things[n % 8]} için {n}. madde, {things[n % 7]} {n % 11}", "tr")
            for n in range(count)
        ]
        async with db.tenant(tenant_id) as conn:
            await chunks.add(conn, Owner("d", 1, "txt", "d.txt"), told)
            await chunks.switch(conn, "d", 1)
        if tenant_id == tenant_pair.ours:
            questions = [f"{thing} kaçıncı madde {n}" for n, thing in enumerate(things)]
            async with db.tenant(tenant_id) as conn:
                exact = [await _passages(conn, question) for question in questions]
        assert await placing.housekeep(db, tenant_id, large=100) == count
    async with db.tenant(tenant_pair.ours) as conn:
        rarity, _, indexed = await vocabulary(conn)
        assert indexed
        near = [await _passages(conn, question) for question in questions]
        hits = sum(len(a & b) for a, b in zip(exact, near, strict=True))
        assert hits >= 0.97 * sum(map(len, exact))
        await _shown(conn, "yeni", "Zeplin turu satıyoruz.")
        assert (await _ids(conn, "zeplin turu"))[0] == "yeni", "not yet in the index, found"
        plan = await _plan_of_nearest(conn, rarity)
        assert await _ids(conn, "zeplin turu", tags=["yok"]) == []
    assert "Index Scan using chunk_vectors_near" in plan
    assert "Seq Scan on chunk" not in plan
    assert await placing.housekeep(db, tenant_pair.ours, large=10_000) == 0
    async with db.tenant(tenant_pair.ours) as conn:
        assert (await vocabulary(conn))[2] is False, "small again: out of the index"
        assert (await _ids(conn, "zeplin turu"))[0] == "yeni"


async def _passages(conn: Any, question: str) -> set[str]:
    return {p.chunk_id for p in await search(conn, question, language="tr", k=10)}


async def _plan_of_nearest(conn: Any, rarity: Rarity, vector: dense.Dense | None = None) -> str:
    """As the role the application connects with."""
    query = embed_query("iade kaç gün", "tr", rarity)
    where = about("iade kaç gün", "tr")
    values = scan_values(query, where, (), date(2026, 1, 1), vector)
    await conn.execute(WIDELY)
    await conn.execute("SET LOCAL enable_seqscan = off")
    await conn.execute("SET LOCAL enable_sort = off")
    asked = statement(near=True, dense=vector is not None, length=length_of(vector))
    rows = await conn.execute(f"EXPLAIN (COSTS OFF) {asked}", near_values(query, where, values))
    return "\n".join(row[0] for row in await rows.fetchall())


async def test_cross_language_fallback_and_the_askers_language(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await _shown(conn, "en", "Parking is free for two hours in the garage.", "en")
        assert await _ids(conn, "otopark ücretli mi") == ["en"]
        await _shown(conn, "tr", "Otopark ilk iki saat ücretsizdir.")
        assert (await _ids(conn, "otopark ücretli mi"))[0] == "tr"
        texts = {
            "tr": FaqText("İmplant ağrılı mı?", "Hayır, lokal anestezi ile yapılır."),
            "ar": FaqText("سؤال", "لا، يتم تحت التخدير الموضعي."),
        }
        faq = await faqs.create(conn, texts, approve=True)
        found = await search(conn, "هل زراعة الأسنان مؤلمة", language="ar")
        assert (found[0].document_id, found[0].language) == (faq.faq_id, "ar")
        assert "التخدير" in found[0].text


async def test_own_words_of_a_tenant_find_its_rows(db: Database, tenant_pair: TenantPair) -> None:
    await ingest(db, tenant_pair.ours, name="f.md", data=files.PRICES.encode())
    async with db.tenant(tenant_pair.ours) as conn:
        await set_own_words(conn, [["Diş beyazlatma", "parlatma seansı", "teeth bleaching"]])
        found = await search(conn, "parlatma seansı kaça", language="tr")
        assert found[0].text.startswith("Diş beyazlatma")


async def test_validity_and_tags(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await _shown(
            conn,
            "kis",
            "Kış indirimi yüzde otuz.",
            valid_until=date(2026, 1, 31),
            tags=("kampanya",),
        )
        await _shown(conn, "yaz", "Yaz indirimi yüzde on.", valid_from=date(2026, 6, 1))
        assert await _ids(conn, "indirim var mı", today=date(2026, 1, 31)) == ["kis"]
        assert await _ids(conn, "indirim var mı", today=date(2026, 2, 1)) == []
        assert await _ids(conn, "indirim var mı", today=date(2026, 6, 1)) == ["yaz"]
        january = date(2026, 1, 1)
        assert await _ids(conn, "indirim var mı", today=january, tags=["kampanya"]) == ["kis"]
        assert await _ids(conn, "indirim var mı", today=january, tags=["baska"]) == []


async def test_faqs_are_found_within_their_days_and_by_their_tags(
    db: Database, tenant_pair: TenantPair
) -> None:
    texts = {"tr": FaqText("Bayramda açık mısınız?", "Evet, 10.00-16.00 arası açığız.")}
    async with db.tenant(tenant_pair.ours) as conn:
        begins, ends = date(2026, 5, 26), date(2026, 5, 30)
        faq = await faqs.create(
            conn, texts, tags=["bayram"], valid_from=begins, valid_until=ends, approve=True
        )
        question = "bayramda açık mısınız"
        for day, found in ((25, []), (26, [faq.faq_id]), (30, [faq.faq_id]), (31, [])):
            assert await _ids(conn, question, today=date(2026, 5, day)) == found
        assert await _ids(conn, question, today=begins, tags=["bayram"]) == [faq.faq_id]
        assert await _ids(conn, question, today=begins, tags=["yaz"]) == []


async def test_a_reranker_of_ones_own_puts_the_best_in_another_order(
    db: Database, tenant_pair: TenantPair
) -> None:
    async def backwards(question: str, ranked: list[Ranked]) -> list[Ranked]:
        assert question == "kargo ücreti ne kadar"
        return ranked[::-1]

    async with db.tenant(tenant_pair.ours) as conn:
        await _shown(conn, "a", "Kargo ücreti 59 TL'dir.")
        await _shown(conn, "b", "Kargo üç günde gelir.")
        await _shown(conn, "c", "Mağazamız pazar günleri kapalıdır.")
        usual = await _ids(conn, "kargo ücreti ne kadar")
        assert usual[0] == "a"
        assert await _ids(conn, "kargo ücreti ne kadar", reranker=backwards) == usual[::-1]


async def test_near_duplicates_are_merged_and_why_says_so(
    db: Database, tenant_pair: TenantPair
) -> None:
    text = "İade süresi teslimattan itibaren on dört gündür, ürün kullanılmamış olmalıdır."
    async with db.tenant(tenant_pair.ours) as conn:
        await _shown(conn, "a", text)
        await _shown(conn, "b", text)
        await _shown(conn, "c", "Mağazamız pazar günleri kapalıdır.")
        assert len([i for i in await _ids(conn, "iade süresi kaç gün") if i in "ab"]) == 1
        explained = await search(conn, "iade süresi kaç gün", language="tr", k=1, why=True)
    lost = {p.document_id: p.why.get("lost", "") for p in explained}
    assert sum("says the same" in reason for reason in lost.values()) == 1
    assert lost["c"] == "not among the best 1"
    assert {"coverage", "words", "grams", "topic"} <= set(explained[0].why)


@given(st.text("abcç", min_size=4, max_size=9), st.lists(st.text("abcç", max_size=14), max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_misspelling_is_found_among_words_of_about_its_length(
    stem: str, words: list[str]
) -> None:
    unit = Unit((stem,), 1.0, frozenset((stem,)))
    alike = any(fuzz.ratio(stem, word) >= FUZZY for word in words)
    assert bool(unit.misspelt(sorted(words, key=len))) == alike


async def test_ranges_answer_measures(db: Database, tenant_pair: TenantPair) -> None:
    table = "| Beden | Göğüs |\n|---|---|\n| S | 84–88 |\n| M | 89–94 |\n| L | 95–100 |\n"
    await ingest(db, tenant_pair.ours, name="beden.md", data=table.encode())
    async with db.tenant(tenant_pair.ours) as conn:
        found = await search(conn, "göğsüm 92 cm hangi beden", language="tr")
    assert found[0].text.startswith("M")


async def test_chunks_from_before_subjects_get_them(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await _shown(conn, "a", "Siparişler Aras Kargo ile gönderilir.")
        await conn.execute("UPDATE chunk_vectors SET subject = NULL")
        assert await _ids(conn, "siparişi aras mı getirir") == ["a"]
    assert await fill_subjects(db, tenant_pair.ours) == 1
    assert await fill_subjects(db, tenant_pair.ours) == 0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("paketi eve kim getirecek", "tr"), ("Hangi kargo firmasıyla gönderiyorsunuz?", "tr")),
        (("işte göstermem için kağıt verir misiniz", "tr"), ("Can I get a sick note?", "en")),
        (("بكم خلع الضرس", "ar"), ("Diş çekimi ücreti", "tr")),
        (("there is red wine on my tablecloth", "en"), ("Kırmızı şarap lekesi", "tr")),
    ],
)
def test_subjects_join_what_shares_no_word(left: tuple[str, str], right: tuple[str, str]) -> None:
    ours, theirs = (subjects().vector([text], language) for text, language in (left, right))
    other = subjects().vector(["Şifremi unuttum, nasıl girerim?"], "tr")
    assert float(ours @ theirs) > 0.5 > float(ours @ other)


def test_the_subjects_are_learnt_from_the_phrases_that_stand_there() -> None:
    with (resources.files("invekto.knowledge") / "data/subjects.npz").open("rb") as file:
        learnt = int(np.load(file)["fingerprint"])
    assert learnt == fingerprint(), "run python -m invekto.knowledge.subject_learning"


class Axis:
    """A deterministic stand-in for an endpoint: one axis a first letter."""

    def __init__(self, name: str = "axis", dimension: int = 30) -> None:
        self.name, self.dimension = name, dimension

    async def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        await asyncio.sleep(0.01)
        return np.stack([self._one(text) for text in texts])

    async def query(self, text: str) -> NDArray[np.float32]:
        return self._one(text)

    def _one(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self.dimension, 0.01, dtype=np.float32)
        vector[ord(text.strip()[0].lower()) % self.dimension] = 1.0
        return vector / np.linalg.norm(vector)


async def test_an_endpoints_embedding_is_filled_in_and_used(
    db: Database, tenant_pair: TenantPair
) -> None:
    axis = Axis()
    async with db.tenant(tenant_pair.ours) as conn:
        await _shown(conn, "a", "Armut satıyoruz.")
        await _shown(conn, "z", "Zeytin satıyoruz.")
        assert await dense.serving(conn) is None
    assert await dense.fill(db, tenant_pair.ours, axis) == 2
    async with db.tenant(tenant_pair.ours) as conn:
        assert await dense.serving(conn) == "axis"
        asked = dense.Dense("axis", await axis.query("zzz"))
        assert (await _ids(conn, "qqq", dense=asked))[0] == "z"
        await _shown(conn, "b", "Bamya satıyoruz.")
        assert await dense.serving(conn) is None, "one chunk has no vector yet"
    assert await dense.fill(db, tenant_pair.ours, axis) == 1


async def test_a_large_tenant_is_searched_by_an_endpoints_vectors_too(
    db: Database, tenant_pair: TenantPair
) -> None:
    """What shares no word with the question is found by its vector alone, through its index."""
    ours, axis = tenant_pair.ours, Axis("axis", placing.LENGTHS[0])
    async with db.tenant(ours) as conn:
        told = [Chunk("text", f"kargo ve iade için {n}. madde", "tr") for n in range(300)]
        await chunks.add(conn, Owner("k", 1, "txt", "k.txt"), told)
        await chunks.switch(conn, "k", 1)
        await _shown(conn, "z", "Zeplin turu.")
    await dense.fill(db, ours, axis)
    assert await placing.housekeep(db, ours, large=100) == 301
    question = "kargo ve iade için madde"
    async with db.tenant(ours) as conn:
        assert "z" not in await _ids(conn, question, k=40)
        asked = dense.Dense("axis", await axis.query("zzz"))
        assert (await _ids(conn, question, dense=asked))[0] == "z"
        late = dense.Dense("another", await axis.query("zzz"))
        assert "z" not in await _ids(conn, question, dense=late)
        assert await _ids(conn, question, dense=asked, tags=["yok"]) == []
        plan = await _plan_of_nearest(conn, Rarity.empty(), asked)
    assert "Index Scan using chunk_vectors_near_256" in plan
    assert "Index Scan using chunk_vectors_near on" in plan
    assert "Seq Scan on chunk" not in plan


async def test_changing_the_embedding_leaves_no_gap_and_switches_at_once(
    db: Database, tenant_pair: TenantPair
) -> None:
    ours, old, new = tenant_pair.ours, Axis("old", 30), Axis("new", 40)
    async with db.tenant(ours) as conn:
        told = [Chunk("text", f"Zeytin satıyoruz, {n} numara.", "tr") for n in range(200)]
        await chunks.add(conn, Owner("z", 1, "txt", "z.txt"), told)
        await chunks.switch(conn, "z", 1)
    await dense.fill(db, ours, old)
    vectors = {one.name: await one.query("zeytin") for one in (old, new)}
    served: list[str | None] = []
    changing = asyncio.create_task(dense.fill(db, ours, new))
    while not changing.done():
        async with db.tenant(ours) as conn:
            name = await dense.serving(conn)
        assert name is not None, "a gap"
        await asyncio.sleep(0.001)
        async with db.tenant(ours) as conn:
            found = await search(
                conn, "zeytin var mı", language="tr", dense=dense.Dense(name, vectors[name])
            )
            mixed = await conn.execute(
                "SELECT count(DISTINCT vector_dims(dense)), count(*) FILTER (WHERE dense IS NULL)"
                " FROM chunk_vectors"
            )
            assert await mixed.fetchone() == (1, 0)
        assert len(found) > 0
        served.append(name)
    assert await changing == 200
    async with db.tenant(ours) as conn:
        assert await dense.serving(conn) == "new"
        late = dense.Dense("old", vectors["old"])
        assert await search(conn, "zeytin var mı", language="tr", dense=late)
        stats = await conn.execute("SELECT embedding, next_embedding, dimension FROM corpus_stats")
        assert await stats.fetchone() == ("new", None, 40)
    assert served == sorted(served, key=("old", "new").index)
    assert served.count("old") > 3


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("implant kaç para", "vida dişin fiyatı"),
        ("kargo bedava mı", "is shipping free"),
        ("iade edebilir miyim", "هل يمكن إرجاع المنتج"),
        ("taksit var mı", "can i pay in instalments"),
    ],
)
def test_the_glossary_joins_what_means_the_same(left: str, right: str) -> None:
    def concepts(text: str) -> frozenset[str]:
        language = "ar" if any(c > "\u0600" for c in text) else "tr"
        return glossary().concepts(text, language)[0]

    assert concepts(left) & concepts(right)

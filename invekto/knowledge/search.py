"""Search: the tenant's chunks and FAQs together, best first.

One statement scans the tenant's word vectors under row-level security, scores the best of them
on character n-grams and fetches their text; `rerank` puts them in order. Where a tenant is large,
the statement scans what the index finds near (`placing`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import namedtuple_row

from invekto.contracts.clock import system_clock
from invekto.contracts.passages import Passage
from invekto.knowledge.about import About, about
from invekto.knowledge.asking import asking
from invekto.knowledge.dense import Dense, dense_literal
from invekto.knowledge.glossary import Glossary, glossary
from invekto.knowledge.placing import placed
from invekto.knowledge.rerank import Candidate, Ranked, rerank
from invekto.llm.embeddings import Query, Rarity, embed_query, literal

Conn = AsyncConnection[Any]

CANDIDATES = 40
TOPIC_WEIGHT = 0.25
"""What a perfect match of topics counts in the scan, against a match of all words."""

SUBJECT_WEIGHT = 0.5
"""The same of subjects."""

STATS = (
    "SELECT chunks, buckets, own_words, indexed FROM corpus_stats"
    " WHERE tenant_id = app.current_tenant()"
)
DENSE_WEIGHT = 0.6
"""What an endpoint's embedding counts in the scan, against a match of all words."""
NEAR = 200
"""So many chunks the index of a large tenant gives to be scored exactly."""

Reranker = Callable[[str, list[Ranked]], Awaitable[list[Ranked]]]

_SEEN: LiteralString = """tenant_id = app.current_tenant() AND live
        AND (valid_from IS NULL OR valid_from <= %(today)s)
        AND (valid_until IS NULL OR valid_until >= %(today)s)
        AND (%(tags)s::text[] IS NULL OR tags && %(tags)s)"""
_ALL: LiteralString = f"SELECT * FROM chunk_vectors WHERE {_SEEN}"
_NEAREST: LiteralString = f"""
        (SELECT * FROM chunk_vectors WHERE {_SEEN} AND placed IS NOT NULL
            ORDER BY placed <#> %(placed)s::sparsevec LIMIT {NEAR})
        UNION ALL SELECT * FROM chunk_vectors WHERE {_SEEN} AND placed IS NULL"""
_DENSE: LiteralString = """coalesce(CASE WHEN %(embedding)s = (SELECT embedding FROM corpus_stats
            WHERE tenant_id = app.current_tenant()) THEN dense <#> %(dense)s::halfvec END, 0)"""


def statement(*, near: bool = False, dense: bool = False) -> LiteralString:
    """The search statement: over every chunk of the tenant or those that the index finds `near`,
    with an endpoint's vectors or without."""
    return f"""
WITH seen AS ({_NEAREST if near else _ALL}), scored AS (
    SELECT tenant_id, owner_id, version, chunk_index, valid_until, tags, grams,
        words <#> %(words)s::sparsevec AS words, topic <#> %(topic)s::halfvec AS topic,
        coalesce(subject <#> %(subject)s::halfvec, 0) AS subject,
        {_DENSE if dense else "0::float8"} AS dense
    FROM seen
    OFFSET 0
), best AS MATERIALIZED (
    SELECT * FROM scored
    ORDER BY words + %(topic_weight)s::float8 * topic + %(subject_weight)s::float8 * subject
        + %(dense_weight)s::float8 * dense
    LIMIT %(candidates)s
)
SELECT c.owner_id, c.version, c.chunk_index, c.kind, c.source_type, c.title, c.heading, c.page,
    c.language, c.content, c.stems, b.valid_until, b.tags,
    -b.words AS words, -(b.grams <#> %(grams)s::sparsevec) AS grams,
    -b.topic AS topic, -b.subject AS subject, -b.dense AS dense
FROM best b JOIN chunks c USING (tenant_id, owner_id, version, chunk_index)
WHERE NOT c.flagged
"""


SEARCH = statement()
STATEMENTS = {
    (near, dense): statement(near=near, dense=dense)
    for near in (False, True)
    for dense in (False, True)
}
WIDELY = (
    "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true),"
    f" set_config('hnsw.ef_search', '{2 * NEAR}', true),"
    " set_config('hnsw.max_scan_tuples', '100000', true)"
)
"""The index's search goes on where a filter or another tenant's chunks took what it found."""


async def search(
    conn: Conn,
    question: str,
    *,
    language: str,
    k: int = 6,
    tags: Sequence[str] = (),
    today: date | None = None,
    why: bool = False,
    dense: Dense | None = None,
    reranker: Reranker | None = None,
) -> list[Passage]:
    """The `k` best passages, best first; with `why` also those that lost, and the reason in
    their `why["lost"]`. `score` is the chance that the passage answers the question. `dense` is
    the question's vector where the tenant has an embedding endpoint (see `dense`); `reranker` may
    put the best in another order."""
    rarity, words, indexed = await vocabulary(conn)
    query = embed_query(question, language, rarity, related=words.related(question, language))
    if not query.words:
        return []
    where = about(question, language)
    values = scan_values(query, where, rarity, tags, today or system_clock().date(), dense)
    candidates = await _candidates(conn, values, near=indexed)
    ranked = rerank(asking(question, language, rarity, words), query, where, candidates, language)
    if reranker is not None:
        ranked = await reranker(question, ranked)
    found = _merged(_one_language(ranked, language), k, losers=why)
    return await _in_language(conn, found, language)


def warm() -> None:
    """Load what the first question would wait for: dictionaries, glossary, topics (seconds). A
    process that serves calls it once, in a thread."""
    for language in ("tr", "en", "ar"):
        embed_query("iade إرجاع return", language, Rarity.empty())
        about("iade", language)
    glossary().related("iade", "tr")


async def vocabulary(conn: Conn) -> tuple[Rarity, Glossary, bool]:
    """The tenant's own statistics of terms, the glossary with the tenant's own words, and whether
    the tenant is searched through the index."""
    row = await (await conn.execute(STATS, binary=True)).fetchone()
    if row is None:
        return Rarity.empty(), glossary(), False
    return Rarity.load(row[0], row[1]), glossary(row[2]), row[3]


def scan_values(
    query: Query,
    where: About,
    rarity: Rarity,
    tags: Sequence[str],
    today: date,
    dense: Dense | None,
) -> dict[str, Any]:
    """The parameters of `SEARCH`."""
    mass = sum(query.words.values())
    return {
        "words": literal(rarity.known(query.words)),
        "grams": literal(rarity.known(query.grams)),
        "topic": where.topic,
        "topic_weight": TOPIC_WEIGHT * mass,
        "subject": where.subject,
        "subject_weight": SUBJECT_WEIGHT * mass * where.sure,
        "dense": None if dense is None else dense_literal(dense.vector),
        "embedding": None if dense is None else dense.embedding,
        "dense_weight": DENSE_WEIGHT * mass,
        "today": today,
        "tags": list(tags) or None,
        "candidates": CANDIDATES,
    }


async def _candidates(conn: Conn, values: dict[str, Any], *, near: bool) -> list[Candidate]:
    if near:
        await conn.execute(WIDELY)
        values["placed"] = placed(
            values["words"], values["topic"], values["subject"],
            topic_weight=values["topic_weight"], subject_weight=values["subject_weight"],
        )  # fmt: skip
    async with conn.cursor(row_factory=namedtuple_row) as cursor:
        await cursor.execute(STATEMENTS[near, values["dense"] is not None], values)
        return [Candidate(*row) for row in await cursor.fetchall()]


def _one_language(ranked: list[Ranked], language: str) -> list[Ranked]:
    """Of an FAQ found in several languages the best place, in the question's language if it is
    among them."""
    first: dict[str, int] = {}
    kept: list[Ranked] = []
    for one in ranked:
        at = first.get(one.candidate.owner_id)
        if one.candidate.kind != "faq" or at is None:
            first[one.candidate.owner_id] = len(kept)
            kept.append(one)
        elif one.candidate.language == language:
            kept[at] = replace(one, value=kept[at].value, chance=kept[at].chance)
    return kept


async def _in_language(conn: Conn, found: list[Passage], language: str) -> list[Passage]:
    """FAQs found by another language's wording, as they are written in the question's."""
    foreign = [p.document_id for p in found if p.kind == "faq" and p.language != language]
    if not foreign:
        return found
    async with conn.cursor(row_factory=namedtuple_row) as cursor:
        await cursor.execute(
            "SELECT owner_id, version, chunk_index, title, content FROM chunks"
            " WHERE tenant_id = app.current_tenant() AND owner_id = ANY (%s) AND language = %s",
            [foreign, language],
        )
        rows: list[Any] = await cursor.fetchall()
    texts = {(row.owner_id, row.version): row for row in rows}
    return [_translated(p, texts.get((p.document_id, p.version)), language) for p in found]


def _translated(passage: Passage, row: Any, language: str) -> Passage:
    if row is None or passage.language == language:
        return passage
    return replace(
        passage,
        chunk_id=f"{row.owner_id}.{row.version}.{row.chunk_index}",
        title=row.title,
        text=row.content,
        language=language,
    )


def _merged(ranked: list[Ranked], k: int, *, losers: bool) -> list[Passage]:
    """Near-duplicates merged into the better one; with `losers` the rest too, marked as lost."""
    kept: list[Passage] = []
    seen: list[tuple[frozenset[str], str]] = []
    for one in ranked:
        if len(seen) >= k and not losers:
            break
        words = frozenset(one.candidate.stems.split("\n", 2)[-1].split())
        twin = next((ident for other, ident in seen if _alike(words, other)), None)
        why = {name: round(value, 3) for name, value in one.why.items()}
        if twin is not None:
            why = {**why, "lost": f"says the same as {twin}"}
        elif len(seen) >= k:
            why = {**why, "lost": f"not among the best {k}"}
        else:
            seen.append((words, one.candidate.chunk_id))
        if losers or "lost" not in why:
            kept.append(_passage(one.candidate, one.chance, why))
    return kept


def _alike(left: frozenset[str], right: frozenset[str]) -> bool:
    return len(left & right) >= 0.92 * len(left | right)


def _passage(candidate: Candidate, score: float, why: dict[str, Any]) -> Passage:
    return Passage(
        chunk_id=candidate.chunk_id,
        document_id=candidate.owner_id,
        title=candidate.title,
        kind=candidate.kind if candidate.kind == "faq" else candidate.source_type,
        text=candidate.content,
        language=candidate.language,
        version=candidate.version,
        page=candidate.page,
        heading=tuple(candidate.heading),
        score=score,
        tags=tuple(candidate.tags),
        valid_until=candidate.valid_until,
        why=why,
    )

"""Search: the tenant's chunks and FAQs together, best first.

One statement scans the tenant's word vectors under row-level security, scores the best of them
on character n-grams and fetches their text; `rerank` puts them in order. Where a tenant is large,
the statement scans what the index finds near (`placing`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, LiteralString, TypeVar

from psycopg import AsyncConnection
from psycopg.rows import namedtuple_row

from invekto.contracts.clock import system_clock
from invekto.contracts.passages import Passage
from invekto.knowledge.about import About, about
from invekto.knowledge.asking import asking
from invekto.knowledge.begun import Begun
from invekto.knowledge.dense import Dense
from invekto.knowledge.glossary import Glossary, glossary
from invekto.knowledge.lines import lines_of
from invekto.knowledge.placing import LENGTHS, placed
from invekto.knowledge.rerank import Candidate, Ranked, rerank
from invekto.llm.embeddings import Query, Rarity, embed_query, half
from invekto.text.normalise import spelled_out

Conn = AsyncConnection[Any]
T = TypeVar("T")
U = TypeVar("U")

CANDIDATES = 40
"""So many of the scan's best are compared by n-grams."""
READ = 24
"""So many of those are read."""
TOPIC_WEIGHT = 0.25
"""What a perfect match of topics counts in the scan, against a match of all words."""
SUBJECT_WEIGHT = 0.5
"""The same of subjects."""
DENSE_WEIGHT = 0.6
"""The same of an endpoint's embedding."""
TOPIC_SHARE, SUBJECT_SHARE, DENSE_SHARE = 0.2, 0.4, 0.5
"""The same in choosing what is read, against a match of all words and n-grams."""
ALIKE = 0.92
"""The share of stems from where on two chunks say the same."""
NEAR = 200
"""So many chunks the index of a large tenant gives to be scored exactly."""

STATS = (
    "SELECT chunks, buckets, own_words, indexed FROM corpus_stats"
    " WHERE tenant_id = app.current_tenant()"
)

Reranker = Callable[[str, list[Ranked]], Awaitable[list[Ranked]]]

_SEEN: LiteralString = """tenant_id = app.current_tenant() AND live
        AND (valid_from IS NULL OR valid_from <= %(today)s)
        AND (valid_until IS NULL OR valid_until >= %(today)s)
        AND (%(tags)s::text[] IS NULL OR tags && %(tags)s)"""
_ALL: LiteralString = f"SELECT * FROM chunk_vectors WHERE {_SEEN}"
_PLACED: LiteralString = f"""SELECT * FROM chunk_vectors WHERE {_SEEN} AND placed IS NOT NULL
            ORDER BY placed <#> %(placed)s::sparsevec LIMIT {NEAR}"""
_UNPLACED: LiteralString = f"SELECT * FROM chunk_vectors WHERE {_SEEN} AND placed IS NULL"
_SERVING: LiteralString = """%(embedding)s = (SELECT embedding FROM corpus_stats
            WHERE tenant_id = app.current_tenant())"""
_DENSE: LiteralString = f"""coalesce(CASE WHEN {_SERVING}
            THEN dense <#> %(dense)s::halfvec END, 0)"""


def _seen(near: bool, length: int) -> LiteralString:
    """Every chunk of the tenant, or those that the index finds near and those it does not have:
    with a `length` also what the index of an endpoint's vectors of that length finds."""
    if not near:
        return _ALL
    if not length:
        return f"({_PLACED}) UNION ALL {_UNPLACED}"
    key = "tenant_id, owner_id, version, chunk_index"
    return f"""
        SELECT v.* FROM (
            (SELECT {key} FROM ({_PLACED}) p) UNION
            (SELECT {key} FROM chunk_vectors WHERE {_SEEN} AND placed IS NOT NULL AND {_SERVING}
                AND vector_dims(dense) = {length}
                ORDER BY dense::halfvec({length}) <#> %(dense)s::halfvec({length}) LIMIT {NEAR})
        ) k JOIN chunk_vectors v USING ({key}) WHERE tenant_id = app.current_tenant()
        UNION ALL {_UNPLACED}"""


def scan(*, near: bool = False, dense: bool = False, length: int = 0) -> LiteralString:
    """The scan over every chunk of the tenant or those that the index finds `near`, with an
    endpoint's vectors or without: a `WITH` whose last part, `best`, has the best of it and their
    `worth`. `length` is that of an endpoint's vectors that have an index, else 0."""
    return f"""
WITH seen AS ({_seen(near, length)}), scored AS (
    SELECT tenant_id, owner_id, version, chunk_index, valid_until, tags, grams,
        words <#> %(words)s::sparsevec AS words, topic <#> %(topic)s::halfvec AS topic,
        coalesce(subject <#> %(subject)s::halfvec, 0) AS subject,
        {_DENSE if dense else "0::float8"} AS dense
    FROM seen
    OFFSET 0
), best AS MATERIALIZED (
    SELECT *, -(words + %(topic_weight)s * topic + %(subject_weight)s * subject
        + %(dense_weight)s * dense) AS worth
    FROM scored ORDER BY worth DESC LIMIT %(candidates)s
)"""


@cache
def statement(*, near: bool = False, dense: bool = False, length: int = 0) -> LiteralString:
    """The search statement: of a `scan` the best by words and n-grams together, as `Candidate`."""
    return f"""{scan(near=near, dense=dense, length=length)}, read AS (
    SELECT c.owner_id, c.version, c.chunk_index, c.kind, c.source_type, c.title, c.heading, c.page,
        c.language, c.content, c.stems, b.valid_until, b.tags,
        -b.words AS words, -(b.grams <#> %(grams)s::sparsevec) AS grams,
        -b.topic AS topic, -b.subject AS subject, -b.dense AS dense
    FROM best b JOIN chunks c USING (tenant_id, owner_id, version, chunk_index)
    WHERE NOT c.flagged
)
SELECT owner_id, version, chunk_index, kind, source_type, title, heading, page, language, content,
    stems, valid_until, tags, words / coalesce(nullif(max(words) OVER (), 0), 1),
    grams / coalesce(nullif(max(grams) OVER (), 0), 1), topic, subject, dense
FROM read ORDER BY words + grams + %(topic_share)s * topic + %(subject_share)s * subject
    + %(dense_share)s * dense DESC
LIMIT {READ}
"""


SEARCH = statement()
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
    question = spelled_out(question)
    (rarity, words, indexed), where = await _meanwhile(
        vocabulary(conn), lambda: about(question, language)
    )
    query = embed_query(question, language, rarity, related=words.related(question, language))
    if not len(query.words.dimensions):
        return []
    values = scan_values(query, where, tags, today or system_clock().date(), dense)
    if indexed:
        values = near_values(query, where, values)
    candidates, asked = await _meanwhile(
        _candidates(conn, values, dense), lambda: asking(question, language, rarity, words)
    )
    ranked = rerank(asked, where, candidates, language)
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
    query: Query, where: About, tags: Sequence[str], today: date, dense: Dense | None
) -> dict[str, Any]:
    """The parameters of a `statement`."""
    mass, whole = query.words.mass, query.words.mass + query.grams.mass
    return {
        "words": query.words.sent(),
        "grams": query.grams.sent(),
        "topic": half(where.topic),
        "topic_weight": TOPIC_WEIGHT * mass,
        "topic_share": TOPIC_SHARE * whole,
        "subject": half(where.subject),
        "subject_weight": SUBJECT_WEIGHT * mass * where.sure,
        "subject_share": SUBJECT_SHARE * whole * where.sure,
        "dense": None if dense is None else half(dense.vector),
        "embedding": None if dense is None else dense.embedding,
        "dense_weight": DENSE_WEIGHT * mass,
        "dense_share": DENSE_SHARE * whole,
        "today": today,
        "tags": list(tags) or None,
        "candidates": CANDIDATES,
    }


def near_values(query: Query, where: About, values: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a `statement` that goes through the index of large tenants."""
    words = query.words.dimensions[query.words.known], query.words.weights[query.words.known]
    topic, subject = values["topic_weight"] * where.topic, values["subject_weight"] * where.subject
    return values | {"placed": placed(words, topic, subject)}


async def _candidates(conn: Conn, values: dict[str, Any], dense: Dense | None) -> list[Candidate]:
    near = "placed" in values
    if near:
        await conn.execute(WIDELY)
    query = statement(near=near, dense=dense is not None, length=length_of(dense) if near else 0)
    rows = await conn.execute(query, values, binary=True)
    return list(map(Candidate._make, await rows.fetchall()))


def length_of(dense: Dense | None) -> int:
    """Of the vector, where chunks' vectors of that length have an index; else 0."""
    return len(dense.vector) if dense is not None and len(dense.vector) in LENGTHS else 0


async def _meanwhile(waiting: Coroutine[Any, Any, T], work: Callable[[], U]) -> tuple[T, U]:
    """What the database answers, and `work` done while it is at it."""
    answer = Begun(waiting)
    try:
        done = work()
    finally:
        answered = await answer
    return answered, done


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
        words = lines_of(one.candidate.stems).own
        twin = next((ident for other, ident in seen if _alike(words, other)), None)
        why: dict[str, Any] = one.why
        if twin is not None:
            why["lost"] = f"says the same as {twin}"
        elif len(seen) >= k:
            why["lost"] = f"not among the best {k}"
        else:
            seen.append((words, one.candidate.chunk_id))
        if losers or "lost" not in why:
            kept.append(_passage(one.candidate, one.chance, why))
    return kept


def _alike(left: frozenset[str], right: frozenset[str]) -> bool:
    if min(len(left), len(right)) < ALIKE * max(len(left), len(right)):
        return False
    return len(left & right) >= ALIKE * len(left | right)


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

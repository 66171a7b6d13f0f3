"""Chunks: what is cut from documents and FAQs, and how it is written to the index.

Chunks of a new version are added unseen, batch by batch; `switch` shows them and removes the
version before, in the caller's transaction, so that a search sees one or the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from invekto.db.binary import Binary
from invekto.knowledge.blocks import ROW_GAP
from invekto.knowledge.glossary import refresh_own_words
from invekto.knowledge.stemming import stem_lines
from invekto.knowledge.subjects import subject_vector
from invekto.llm.embeddings import (
    BUCKETS,
    Field,
    bucket_counts,
    embed,
    entries,
    stored,
    topic_vector,
)

Conn = AsyncConnection[Any]
Held = tuple[NDArray[np.int64], NDArray[np.int64]]
"""The dimensions of a chunk's two sparse vectors."""

HEADING_WEIGHT = 0.5
TITLE_WEIGHT = 0.3
ANSWER_WEIGHT = 0.6
"""Of an FAQ's answer; its question and variants count fully."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of text with all that a citation needs. `starts` and `ends` are characters in
    the document's text."""

    kind: str
    content: str
    language: str
    heading: tuple[str, ...] = ()
    page: int | None = None
    page_end: int | None = None
    starts: int = 0
    ends: int = 0
    asked: str = ""
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """The document version or FAQ that chunks belong to."""

    owner_id: str
    version: int
    source_type: str
    title: str
    tags: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None


def fields(chunk: Chunk, title: str) -> list[Field]:
    """What of a chunk is searched, and how much it counts."""
    if chunk.kind == "faq":
        return [Field(chunk.asked), Field(chunk.content, ANSWER_WEIGHT)]
    around = [Field(part, HEADING_WEIGHT) for part in chunk.heading]
    return [Field(chunk.content), *around, Field(_spoken(title), TITLE_WEIGHT)]


def _spoken(title: str) -> str:
    return title.rsplit(".", 1)[0].replace("-", " ").replace("_", " ")


@dataclass(frozen=True, slots=True)
class Indexed:
    """A chunk with all that is searched of it."""

    chunk: Chunk
    stems: str
    words: Binary
    grams: Binary
    topic: Binary
    subject: Binary


def indexed(chunk: Chunk, title: str) -> Indexed:
    """What search needs of a chunk of a source of this title."""
    sparse = embed(fields(chunk, title), chunk.language)
    return Indexed(
        chunk,
        stem_lines(_spoken(title), chunk.heading, names_of(chunk), chunk.content, chunk.language),
        stored(sparse.words),
        stored(sparse.grams),
        topic_vector(said(chunk), chunk.language),
        subject_vector(told(chunk), chunk.language),
    )


async def add(conn: Conn, owner: Owner, found: Sequence[Chunk], *, first: int = 0) -> None:
    """Write chunks numbered from `first`, not yet seen by any search."""
    await write(conn, owner, [indexed(chunk, owner.title) for chunk in found], first=first)


async def write(conn: Conn, owner: Owner, found: Sequence[Indexed], *, first: int = 0) -> None:
    """As `add`, for chunks that are indexed already."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO chunks (owner_id, version, chunk_index, kind, source_type, title, heading,"
            " page, page_end, starts, ends, language, content, asked, stems, flagged)"
            f" VALUES ({', '.join(['%s'] * 16)})",
            [_chunk_row(owner, index, one) for index, one in enumerate(found, first)],
        )
        await cursor.executemany(
            "INSERT INTO chunk_vectors (owner_id, version, chunk_index, valid_from, valid_until,"
            f" tags, words, grams, topic, subject) VALUES ({', '.join(['%s'] * 10)})",
            [
                (owner.owner_id, owner.version, index, owner.valid_from, owner.valid_until,
                 list(owner.tags), one.words, one.grams, one.topic, one.subject)
                for index, one in enumerate(found, first)
            ],
        )  # fmt: skip


def _chunk_row(owner: Owner, index: int, one: Indexed) -> tuple[object, ...]:
    chunk = one.chunk
    return (
        owner.owner_id, owner.version, index, chunk.kind, owner.source_type, owner.title,
        list(chunk.heading), chunk.page, chunk.page_end, chunk.starts, chunk.ends,
        chunk.language, chunk.content, chunk.asked, one.stems, chunk.flagged,
    )  # fmt: skip


def names_of(chunk: Chunk) -> list[str]:
    """What a chunk is called: an FAQ's questions, a row's first cell."""
    if chunk.kind == "row":
        return [chunk.content.split(ROW_GAP)[0]]
    return [line for line in chunk.asked.split("\n") if line]


def said(chunk: Chunk) -> list[str]:
    """The ways a chunk says what it is about: an FAQ's questions and answer; else the text under
    its nearest heading."""
    if chunk.kind == "faq":
        return [*chunk.asked.split("\n"), chunk.content]
    return [" ".join([*chunk.heading[-1:], chunk.content[:300]])]


def told(chunk: Chunk) -> list[str]:
    """As `said`, with a row's own name by itself: its table's heading would drown it."""
    if chunk.kind != "row":
        return said(chunk)
    name, heading = names_of(chunk)[0], " ".join(chunk.heading[-1:])
    return [name, f"{heading} {name}", *said(chunk)]


async def switch(conn: Conn, owner_id: str, version: int) -> int:
    """Show this version's chunks and remove all others of the owner; returns how many show."""
    await _lock_stats(conn)
    await _forget(conn, owner_id, keep=version)
    rows = await conn.execute(
        "UPDATE chunk_vectors SET live = true WHERE tenant_id = app.current_tenant()"
        " AND owner_id = %s AND version = %s AND NOT live RETURNING words, grams",
        [owner_id, version],
        binary=True,
    )
    shown = [_held(words, grams) for words, grams in await rows.fetchall()]
    await _count(conn, shown, 1)
    await refresh_own_words(conn)
    return len(shown)


async def remove(conn: Conn, owner_id: str) -> None:
    """Remove every chunk of a document or FAQ."""
    await _lock_stats(conn)
    await _forget(conn, owner_id, keep=None)


async def forget_uses(conn: Conn, owner_id: str) -> None:
    """Remove how often a document or FAQ that goes was quoted, and that it answers a gap."""
    await conn.execute(
        "DELETE FROM source_uses WHERE tenant_id = app.current_tenant() AND owner_id = %s",
        [owner_id],
    )
    await conn.execute(
        "UPDATE knowledge_gaps SET resolved_by = NULL WHERE tenant_id = app.current_tenant()"
        " AND resolved_by = %s",
        [owner_id],
    )


async def _forget(conn: Conn, owner_id: str, keep: int | None) -> None:
    rows = await conn.execute(
        "DELETE FROM chunk_vectors WHERE tenant_id = app.current_tenant() AND owner_id = %s"
        " AND version IS DISTINCT FROM %s RETURNING live, words, grams",
        [owner_id, keep],
        binary=True,
    )
    gone = [_held(words, grams) for live, words, grams in await rows.fetchall() if live]
    await conn.execute(
        "DELETE FROM chunks WHERE tenant_id = app.current_tenant() AND owner_id = %s"
        " AND version IS DISTINCT FROM %s",
        [owner_id, keep],
    )
    await _count(conn, gone, -1)


async def _lock_stats(conn: Conn) -> None:
    empty = np.zeros(BUCKETS, dtype="<i4").tobytes()
    await conn.execute(
        "INSERT INTO corpus_stats (buckets) VALUES (%s) ON CONFLICT DO NOTHING", [empty]
    )
    await conn.execute(
        "SELECT 1 FROM corpus_stats WHERE tenant_id = app.current_tenant() FOR UPDATE"
    )


async def _count(conn: Conn, vectors: list[Held], sign: int) -> None:
    if not vectors:
        return
    rows = await conn.execute(
        "SELECT buckets FROM corpus_stats WHERE tenant_id = app.current_tenant()"
    )
    row = await rows.fetchone()
    assert row is not None
    buckets = np.frombuffer(row[0], dtype="<i4") + sign * bucket_counts(vectors)
    await conn.execute(
        "UPDATE corpus_stats SET buckets = %s, chunks = chunks + %s, updated_at = now()"
        " WHERE tenant_id = app.current_tenant()",
        [np.maximum(buckets, 0).astype("<i4").tobytes(), sign * len(vectors)],
    )


def _held(words: bytes, grams: bytes) -> Held:
    return entries(words)[0], entries(grams)[0]


async def drop_unseen(conn: Conn, owner_id: str, version: int) -> None:
    """Remove what was written of a version that search never saw."""
    await conn.execute(
        "DELETE FROM chunks c WHERE tenant_id = app.current_tenant() AND owner_id = %s"
        " AND version = %s AND NOT EXISTS (SELECT 1 FROM chunk_vectors v"
        " WHERE v.tenant_id = c.tenant_id AND v.owner_id = c.owner_id AND v.version = c.version"
        " AND v.live)",
        [owner_id, version],
    )


async def show_all(conn: Conn) -> int:
    """Show everything written so far, of all owners; returns how many chunks show."""
    await _lock_stats(conn)
    rows = await conn.execute(
        "UPDATE chunk_vectors SET live = true WHERE tenant_id = app.current_tenant() AND NOT live"
        " RETURNING words, grams",
        binary=True,
    )
    shown = [_held(words, grams) for words, grams in await rows.fetchall()]
    await _count(conn, shown, 1)
    return len(shown)

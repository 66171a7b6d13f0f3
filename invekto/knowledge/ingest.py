"""Ingest: an uploaded file read page by page, cut, indexed, and shown at once when all is there.

Every batch of pages is one transaction that also notes how far it came, so a killed ingest goes
on where it stopped. Search sees the version before until the new one is complete.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from invekto.db.pool import Database
from invekto.errors import NotFound
from invekto.knowledge import chunks, documents
from invekto.knowledge.blocks import Page, Unreadable
from invekto.knowledge.chunks import Chunk, Owner
from invekto.knowledge.cutting import Cutter
from invekto.knowledge.documents import accept, delete_document
from invekto.knowledge.opening import Opened, read_pages
from invekto.knowledge.problems import explained
from invekto.knowledge.screening import looks_like_instructions
from invekto.knowledge.sentences import sentences

__all__ = ["IngestReport", "Limits", "accept", "delete_document", "ingest", "process", "reindex"]

Conn = AsyncConnection[Any]
Screen = Callable[[str], bool]
"""Says whether a piece of text looks like instructions to the assistant."""

BATCH = 16
"""Pages a transaction."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take."""

    bytes: int = 100_000_000
    pages: int = 3_000


@dataclass(frozen=True, slots=True)
class IngestReport:
    """`status` is live, unchanged or failed; `message` explains a failure in tr and en."""

    document_id: str
    version: int
    status: str
    pages: int = 0
    chunks: int = 0
    problem: str | None = None
    message: dict[str, str] = field(default_factory=dict)
    warnings: tuple[dict[str, Any], ...] = ()
    seconds: float = 0.0


async def ingest(
    db: Database,
    tenant_id: str,
    *,
    name: str,
    data: bytes,
    title: str | None = None,
    tags: Sequence[str] = (),
    password: str | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    limits: Limits | None = None,
    screen: Screen = looks_like_instructions,
) -> IngestReport:
    """Store a file and read it to the end. The same bytes again change nothing."""
    limits = limits or Limits()
    if len(data) > limits.bytes:
        return await _refused(db, tenant_id, name, title, len(data), limits)
    async with db.tenant(tenant_id) as conn:
        upload = await accept(
            conn, name=name, data=data, title=title, tags=tags, valid_from=valid_from,
            valid_until=valid_until,
        )  # fmt: skip
    if upload.unchanged:
        async with db.tenant(tenant_id) as conn:
            document = await documents.get_document(conn, upload.document_id)
        if document.status == "live":
            return IngestReport(
                upload.document_id, upload.version, "unchanged", document.pages,
                document.chunk_count,
            )  # fmt: skip
    return await process(
        db, tenant_id, upload.document_id, upload.version, password=password, limits=limits,
        screen=screen,
    )  # fmt: skip


async def _refused(
    db: Database, tenant_id: str, name: str, title: str | None, size: int, limits: Limits
) -> IngestReport:
    """Too big to store: noted without its bytes."""
    detail = {"megabytes": round(size / 1e6), "most": round(limits.bytes / 1e6)}
    async with db.tenant(tenant_id) as conn:
        upload = await accept(conn, name=name, data=f"{name} {size}".encode(), title=title)
        await documents.fail(conn, upload.document_id, upload.version, "too_big", detail)
    return IngestReport(
        upload.document_id, upload.version, "failed", problem="too_big",
        message=explained("too_big", detail),
    )  # fmt: skip


@dataclass(slots=True)
class _Work:
    """A version under way."""

    owner: Owner
    name: str
    data: bytes
    cutter: Cutter
    done: int
    written: int
    image_pages: int
    flagged: list[int | None]
    recognised: list[int | None]


async def process(
    db: Database,
    tenant_id: str,
    document_id: str,
    version: int,
    *,
    password: str | None = None,
    limits: Limits | None = None,
    screen: Screen = looks_like_instructions,
) -> IngestReport:
    """Read an accepted version from where it stopped and show it. Raises NotFound."""
    began = time.monotonic()
    async with db.tenant(tenant_id) as conn:
        work = await _begin(conn, document_id, version)
    try:
        await _read(db, tenant_id, work, password, limits or Limits(), screen)
        if work.written == 0:
            raise Unreadable("scanned" if work.image_pages else "no_text")
    except Unreadable as error:
        async with db.tenant(tenant_id) as conn:
            await documents.fail(conn, document_id, version, error.problem, error.detail)
        return IngestReport(
            document_id, version, "failed", work.done, problem=error.problem,
            message=explained(error.problem, error.detail), seconds=time.monotonic() - began,
        )  # fmt: skip
    warnings = _warnings(work)
    async with db.tenant(tenant_id) as conn:
        shown = await _show(conn, work, warnings)
    return IngestReport(
        document_id, version, "live", work.done, shown, warnings=tuple(warnings),
        seconds=time.monotonic() - began,
    )  # fmt: skip


async def _begin(conn: Conn, document_id: str, version: int) -> _Work:
    rows = await conn.execute(
        "UPDATE document_versions v SET status = 'working', stage = 'reading', updated_at = now()"
        " FROM documents d WHERE v.tenant_id = app.current_tenant() AND v.document_id = %s"
        " AND v.version = %s AND d.tenant_id = v.tenant_id AND d.document_id = v.document_id"
        " RETURNING d.name, d.title, d.source_type, d.valid_from, d.valid_until, v.content,"
        " v.pages_done, v.detail",
        [document_id, version],
    )
    row = await rows.fetchone()
    if row is None or row[5] is None:
        raise NotFound(f"there is no version {version} of document {document_id} to read")
    name, title, source, valid_from, valid_until, content, done, detail = row
    await conn.execute(
        "UPDATE documents SET status = CASE WHEN version > 0 THEN 'live' ELSE 'working' END"
        " WHERE tenant_id = app.current_tenant() AND document_id = %s",
        [document_id],
    )
    tags = await conn.execute(
        "SELECT tag FROM document_tags WHERE tenant_id = app.current_tenant() AND document_id = %s",
        [document_id],
    )
    owner = Owner(
        document_id, version, source, title, tuple(sorted(t for (t,) in await tags.fetchall())),
        valid_from, valid_until,
    )  # fmt: skip
    return _Work(
        owner, name, bytes(content), Cutter.resumed(detail), done, int(detail.get("written", 0)),
        int(detail.get("image_pages", 0)), list(detail.get("flagged", [])),
        list(detail.get("recognised", [])),
    )  # fmt: skip


async def _read(
    db: Database,
    tenant_id: str,
    work: _Work,
    password: str | None,
    limits: Limits,
    screen: Screen,
) -> None:
    batch: list[Page] = []
    pages = read_pages(
        work.data, work.name, password=password, skip=work.done, most_pages=limits.pages
    )
    async for item in pages:
        if isinstance(item, Opened):
            work.owner = replace(work.owner, source_type=item.kind)
            async with db.tenant(tenant_id) as conn:
                await _opened(conn, work, item)
            continue
        batch.append(item)
        if len(batch) == BATCH:
            await _write(db, tenant_id, work, batch, screen)
            batch = []
    if batch:
        await _write(db, tenant_id, work, batch, screen)


async def _opened(conn: Conn, work: _Work, opened: Opened) -> None:
    await conn.execute(
        "UPDATE document_versions SET pages_total = %s, updated_at = now()"
        " WHERE tenant_id = app.current_tenant() AND document_id = %s AND version = %s",
        [opened.pages, work.owner.owner_id, work.owner.version],
    )


async def _write(
    db: Database, tenant_id: str, work: _Work, batch: list[Page], screen: Screen
) -> None:
    """One batch: its chunks and how far the version is, in one transaction."""
    found = [part for chunk in work.cutter.cut(batch) for part in _screened(chunk, screen)]
    work.flagged += [page for one in found if one.flagged for page in _pages(one, batch, screen)]
    work.recognised += [page.number for page in batch if page.recognised]
    work.image_pages += sum(page.image_only for page in batch)
    async with db.tenant(tenant_id) as conn:
        await chunks.add(conn, work.owner, found, first=work.written)
        work.written += len(found)
        work.done += len(batch)
        state = {
            **work.cutter.state(), "written": work.written, "image_pages": work.image_pages,
            "flagged": work.flagged, "recognised": work.recognised,
        }  # fmt: skip
        await conn.execute(
            "UPDATE document_versions SET pages_done = %s, stage = 'indexing', detail = %s,"
            " updated_at = now()"
            " WHERE tenant_id = app.current_tenant() AND document_id = %s AND version = %s",
            [work.done, Jsonb(state), work.owner.owner_id, work.owner.version],
        )


def _pages(chunk: Chunk, batch: list[Page], screen: Screen) -> list[int | None]:
    """Where a flagged chunk stands; of several pages those with a block that is flagged."""
    first, last = chunk.page or 0, chunk.page_end or 0
    spanned = [page for page in batch if first <= (page.number or 0) <= last]
    steering = [page for page in spanned if any(screen(block.text) for block in page.blocks)]
    return [page.number for page in steering or spanned] or [chunk.page]


def _screened(chunk: Chunk, screen: Screen) -> list[Chunk]:
    """The chunk; where it tries to steer the assistant, the sentences that do apart from the
    harmless rest, or all of it flagged where no sentence does so by itself."""
    if not screen(chunk.content):
        return [chunk]
    told = [(sentence, screen(sentence)) for sentence in sentences(chunk.content)]
    harmless = " ".join(sentence for sentence, steers in told if not steers)
    steering = " ".join(sentence for sentence, steers in told if steers)
    if chunk.kind == "row" or not steering or not harmless or screen(harmless):
        return [replace(chunk, flagged=True)]
    return [replace(chunk, content=harmless), replace(chunk, content=steering, flagged=True)]


def _warnings(work: _Work) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if work.flagged:
        found.append(
            {"warning": "instructions_inside", "pages": sorted(set(filter(None, work.flagged)))}
        )
    if work.recognised:
        found.append({"warning": "pages_recognised", "pages": work.recognised})
    if work.image_pages:
        found.append({"warning": "pages_without_text", "pages": work.image_pages})
    return found


async def _show(conn: Conn, work: _Work, warnings: list[dict[str, Any]]) -> int:
    """The atomic change: this version is seen from now on, the one before is gone."""
    owner = work.owner
    shown = await chunks.switch(conn, owner.owner_id, owner.version)
    await conn.execute(
        "UPDATE document_versions SET status = CASE WHEN version = %(v)s THEN 'live'"
        " WHEN status = 'failed' THEN status ELSE 'replaced' END,"
        " stage = CASE WHEN version = %(v)s THEN 'live' ELSE stage END,"
        " content = CASE WHEN version = %(v)s THEN content END, updated_at = now()"
        " WHERE tenant_id = app.current_tenant() AND document_id = %(d)s AND version <= %(v)s",
        {"v": owner.version, "d": owner.owner_id},
    )
    await conn.execute(
        "UPDATE documents SET status = 'live', version = %s, source_type = %s, language = %s,"
        " pages = CASE WHEN %s THEN %s ELSE (SELECT coalesce(max(c.page_end), 1) FROM chunks c"
        "   WHERE c.tenant_id = app.current_tenant() AND c.owner_id = %s) END,"
        " chunk_count = %s, bytes = %s, warnings = %s, updated_at = now(),"
        " (text_bytes, index_bytes) = (SELECT coalesce(sum(octet_length(c.content)), 0),"
        "   coalesce(sum(pg_column_size(v.words) + pg_column_size(v.grams)), 0)"
        "   FROM chunks c JOIN chunk_vectors v USING (tenant_id, owner_id, version, chunk_index)"
        "   WHERE c.tenant_id = app.current_tenant() AND c.owner_id = %s)"
        " WHERE tenant_id = app.current_tenant() AND document_id = %s",
        [owner.version, owner.source_type, work.cutter.language, owner.source_type == "pdf",
         work.done, owner.owner_id, shown, len(work.data), Jsonb(warnings), owner.owner_id,
         owner.owner_id],
    )  # fmt: skip
    return shown


async def reindex(db: Database, tenant_id: str, document_id: str) -> IngestReport:
    """Read the stored bytes of the live version again, as a new version, with no gap in search."""
    async with db.tenant(tenant_id) as conn:
        rows = await conn.execute(
            "INSERT INTO document_versions (document_id, version, sha256, bytes, content)"
            " SELECT v.document_id, (SELECT max(w.version) + 1 FROM document_versions w"
            "   WHERE w.tenant_id = v.tenant_id AND w.document_id = v.document_id),"
            " v.sha256, v.bytes, v.content FROM document_versions v JOIN documents d"
            " USING (tenant_id, document_id, version) WHERE v.tenant_id = app.current_tenant()"
            " AND v.document_id = %s AND v.content IS NOT NULL RETURNING version",
            [document_id],
        )
        row = await rows.fetchone()
    if row is None:
        raise NotFound(f"document {document_id} has no live version to read again")
    return await process(db, tenant_id, document_id, int(row[0]))

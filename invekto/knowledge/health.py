"""How well a tenant's knowledge is kept: contradictions, what is stale, what nobody needs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from psycopg import AsyncConnection

from invekto.knowledge.blocks import ROW_GAP
from invekto.knowledge.stemming import name_line
from invekto.text.money import find_money

Conn = AsyncConnection[Any]

STALE_DAYS = 365
UNUSED_DAYS = 90
_BARE = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,]\d{3})+(?![\d.,])|(?<![\d.,])\d{3,6}(?![\d.,])")
_PRICED = re.compile(r"(?i)fiyat|ücret|price|fee|سعر|يورو|دولار|ليرة|\bTL\b|₺|€|\$")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sources that give one thing different prices."""

    subject: str
    first: str
    first_says: str
    second: str
    second_says: str


@dataclass(frozen=True, slots=True)
class Health:
    """`score` is 0 to 100; the lists say what to mend, `stale` and `unused` by title."""

    score: int
    contradictions: tuple[Contradiction, ...]
    stale: tuple[str, ...]
    unused: tuple[str, ...]
    expiring: tuple[str, ...]
    failed: tuple[str, ...]
    open_gaps: int
    drafts: int


async def note_uses(conn: Conn, owner_ids: Iterable[str], day: date) -> None:
    """Count that these documents and FAQs were quoted in a reply."""
    await conn.execute(
        "INSERT INTO source_uses (owner_id, day, uses) SELECT unnest(%s::text[]), %s, 1"
        " ON CONFLICT (tenant_id, owner_id, day) DO UPDATE SET uses = source_uses.uses + 1",
        [sorted(set(owner_ids)), day],
    )


async def health(conn: Conn, today: date) -> Health:
    """The state of the transaction's tenant's knowledge."""
    found = await contradictions(conn)
    old = await _titles(conn, "updated_at < %s", [today - timedelta(days=STALE_DAYS)])
    unused = await _titles(
        conn,
        "created_at < %(since)s AND NOT EXISTS (SELECT 1 FROM source_uses u"
        " WHERE u.tenant_id = d.tenant_id AND u.owner_id = d.document_id AND u.day >= %(since)s)",
        {"since": today - timedelta(days=UNUSED_DAYS)},
    )
    ending = await _titles(conn, "valid_until <= %s", [today + timedelta(days=14)])
    failed = await _titles(conn, "status = 'failed'", [], live=False)
    gaps, asked, drafts, sources = await _counts(conn)
    losses = (
        8 * min(len(found), 4)
        + 4 * min(len(old), 4)
        + 2 * min(len(unused), 4)
        + 5 * min(len(failed), 3)
        + min(asked, 30)
        + min(drafts, 5)
    )
    score = 0 if sources == 0 else max(0, 100 - losses)
    return Health(score, tuple(found), old, unused, ending, failed, gaps, drafts)


async def _titles(
    conn: Conn, where: str, values: list[object] | dict[str, object], *, live: bool = True
) -> tuple[str, ...]:
    only = " AND status = 'live'" if live else ""
    rows = await conn.execute(
        f"SELECT title FROM documents d WHERE tenant_id = app.current_tenant() AND {where}{only}"
        " ORDER BY title",
        values,
    )
    return tuple(str(title) for (title,) in await rows.fetchall())


async def _counts(conn: Conn) -> tuple[int, int, int, int]:
    rows = await conn.execute(
        "SELECT (SELECT count(*) FROM knowledge_gaps WHERE status = 'open'),"
        " (SELECT coalesce(sum(frequency), 0) FROM knowledge_gaps WHERE status = 'open'),"
        " (SELECT count(*) FROM faqs WHERE status = 'draft'),"
        " (SELECT count(*) FROM documents WHERE status = 'live')"
        " + (SELECT count(*) FROM faqs WHERE status = 'approved')"
    )
    row = await rows.fetchone()
    assert row is not None
    return int(row[0]), int(row[1]), int(row[2]), int(row[3])


async def contradictions(conn: Conn) -> list[Contradiction]:
    """Table rows of different documents that name one thing in one language and disagree on its
    price. Prices that overlap, as a range and a figure within it do, agree."""
    rows = await conn.execute(
        "SELECT c.owner_id, c.title, c.page, c.language, c.heading, c.content FROM chunks c"
        " JOIN chunk_vectors v USING (tenant_id, owner_id, version, chunk_index)"
        " WHERE c.tenant_id = app.current_tenant() AND v.live AND c.kind = 'row'"
    )
    by_name: dict[str, list[tuple[str, str, str, tuple[float, float], str]]] = defaultdict(list)
    for owner, title, page, language, heading, content in await rows.fetchall():
        name = content.split(ROW_GAP)[0]
        prices = price_range(content, language)
        if prices is not None:
            key = f"{language} {name_line(name, language)}"
            cited = f"{title}, s. {page}" if page else title
            by_name[key].append((owner, cited, content, prices, " ".join([*heading, name])))
    found = []
    for same in by_name.values():
        for at, (owner, cited, content, prices, name) in enumerate(same):
            for other, other_cited, other_content, other_prices, _ in same[at + 1 :]:
                if owner != other and _apart(prices, other_prices):
                    found.append(Contradiction(name, cited, content, other_cited, other_content))
    return found


def price_range(content: str, language: str) -> tuple[float, float] | None:
    """The lowest and highest price of the first priced cell of a row, None where it has none."""
    for cell in content.split(ROW_GAP)[1:]:
        money = find_money(cell, language)
        values = [float(v) for m in money for v in (m.min, m.max) if v is not None]
        if not values and _PRICED.search(cell):
            values = [float(re.sub(r"[.,]", "", n)) for n in _BARE.findall(cell)]
        if values:
            return min(values), max(values)
    return None


def _apart(left: tuple[float, float], right: tuple[float, float]) -> bool:
    return left[1] < right[0] or right[1] < left[0]

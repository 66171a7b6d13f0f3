"""Gaps: what customers asked and the knowledge did not answer, alike ones together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from invekto.contracts.ids import new_id
from invekto.errors import NotFound
from invekto.guardrails.pii import nameless
from invekto.knowledge.answer import extract
from invekto.knowledge.asking import attribute_of
from invekto.knowledge.glossary import glossary
from invekto.knowledge.search import search
from invekto.knowledge.stemming import stopwords
from invekto.llm.terms import terms

Conn = AsyncConnection[Any]

ALIKE = 0.45
"""Share of common terms from where on two questions ask the same."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A cluster of unanswered questions; `frequency` is how often one of them was asked."""

    gap_id: str
    title: str
    unanswered_intent: str | None
    frequency: int
    languages: list[str]
    status: str
    resolved_by: str | None
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Rerun:
    """What became of a gap's questions when they were asked again."""

    question: str
    language: str
    answered: bool
    text: str = ""
    citation: str = ""


COLUMNS = (
    "gap_id, title, unanswered_intent, frequency, languages, status, resolved_by, first_seen,"
    " last_seen"
)


async def note_unanswered(
    conn: Conn,
    question: str,
    language: str,
    intent: str | None,
    turn_id: str | None,
    now: datetime,
) -> str | None:
    """Put an unanswered question to the gap it belongs to, or open a new one; returns the gap.
    The same turn twice counts once. A question without content words opens none. Numbers and
    addresses of a person are not kept: the question is for whoever keeps the knowledge."""
    question = nameless(question, language)
    key = sorted(key_terms(question, language))
    if not key:
        return None
    gap_id = await _nearest(conn, frozenset(key)) or await _opened(
        conn, question, language, intent, key, now
    )
    noted = await conn.execute(
        "INSERT INTO gap_questions (question_id, gap_id, question, language, intent, turn_id,"
        " asked_at) VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [new_id("gq"), gap_id, question, language, intent, turn_id, now],
    )
    if noted.rowcount:
        await conn.execute(
            "UPDATE knowledge_gaps SET frequency = frequency + 1, last_seen = %s,"
            " languages = CASE WHEN %s = ANY (languages) THEN languages ELSE languages || %s END,"
            " status = 'open', closed_at = NULL"
            " WHERE tenant_id = app.current_tenant() AND gap_id = %s",
            [now, language, [language], gap_id],
        )
    return gap_id


def key_terms(question: str, language: str) -> frozenset[str]:
    """What a question is about, whatever its language: stems, the glossary's concepts in place of
    the words that name them, and the attribute in place of those that ask for it."""
    attribute, asked = attribute_of(question, language)
    concepts, used = glossary().concepts(question, language, asked)
    found = terms(question, language)
    plain = {
        term.stem
        for at, term in enumerate(found)
        if at not in used and term.folded not in stopwords() and len(term.folded) > 1
    }
    wish = {f"?{attribute.name}"} if attribute is not None else set()
    return frozenset(plain | concepts | wish)


async def _nearest(conn: Conn, key: frozenset[str]) -> str | None:
    rows = await conn.execute(
        "SELECT gap_id, terms FROM knowledge_gaps WHERE tenant_id = app.current_tenant()"
        " AND status <> 'dismissed' AND terms && %s",
        [list(key)],
    )
    best, share = None, ALIKE
    for gap_id, known in await rows.fetchall():
        together = len(key & frozenset(known)) / len(key | frozenset(known))
        if together >= share:
            best, share = str(gap_id), together
    return best


async def _opened(
    conn: Conn, question: str, language: str, intent: str | None, key: list[str], now: datetime
) -> str:
    gap_id = new_id("gap")
    await conn.execute(
        "INSERT INTO knowledge_gaps (gap_id, title, unanswered_intent, languages, terms,"
        " first_seen, last_seen) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [gap_id, question[:300], intent, [language], key, now, now],
    )
    return gap_id


async def list_gaps(conn: Conn, *, status: str = "open", limit: int = 50) -> list[Gap]:
    """Gaps of a status, the most asked first."""
    async with conn.cursor(row_factory=class_row(Gap)) as cursor:
        await cursor.execute(
            f"SELECT {COLUMNS} FROM knowledge_gaps WHERE tenant_id = app.current_tenant()"
            " AND status = %s ORDER BY frequency DESC, last_seen DESC LIMIT %s",
            [status, limit],
        )
        return await cursor.fetchall()


async def questions_of(conn: Conn, gap_id: str) -> list[tuple[str, str, datetime]]:
    """(question, language, asked at) of a gap, the newest first."""
    rows = await conn.execute(
        "SELECT question, language, asked_at FROM gap_questions"
        " WHERE tenant_id = app.current_tenant() AND gap_id = %s ORDER BY asked_at DESC",
        [gap_id],
    )
    return [(q, lang, at) for q, lang, at in await rows.fetchall()]


async def close_gap(conn: Conn, gap_id: str, *, by: str | None, now: datetime) -> list[Rerun]:
    """Ask a gap's questions again. The gap closes when all are answered; `by` is the FAQ or
    document that was added for it. Raises NotFound."""
    asked = await questions_of(conn, gap_id)
    if not asked:
        raise NotFound(f"there is no gap {gap_id}")
    distinct = dict.fromkeys((question, language) for question, language, _ in asked)
    reruns = [await _again(conn, q, lang, now) for q, lang in distinct]
    for rerun in reruns:
        await conn.execute(
            "UPDATE gap_questions SET answered = %s WHERE tenant_id = app.current_tenant()"
            " AND gap_id = %s AND question = %s",
            [rerun.answered, gap_id, rerun.question],
        )
    if all(rerun.answered for rerun in reruns):
        await conn.execute(
            "UPDATE knowledge_gaps SET status = 'closed', resolved_by = %s, closed_at = %s"
            " WHERE tenant_id = app.current_tenant() AND gap_id = %s",
            [by, now, gap_id],
        )
    return reruns


async def close_answered(
    conn: Conn, asked: Iterable[tuple[str, str]], *, by: str, now: datetime
) -> list[str]:
    """Ask the gaps again that these (question, language) are about, now that an FAQ answers them;
    returns the gaps that closed."""
    keys = [key_terms(question, language) for question, language in asked]
    near = dict.fromkeys([await _nearest(conn, key) for key in keys if key])
    closed = []
    for gap_id in [gap for gap in near if gap is not None]:
        reruns = await close_gap(conn, gap_id, by=by, now=now)
        closed += [gap_id] if all(rerun.answered for rerun in reruns) else []
    return closed


async def _again(conn: Conn, question: str, language: str, now: datetime) -> Rerun:
    passages = await search(conn, question, language=language, today=now.date())
    found = extract(question, passages, language)
    if found is None:
        return Rerun(question, language, False)
    return Rerun(question, language, True, found.text, found.passages[0].citation)


async def dismiss(conn: Conn, gap_id: str) -> None:
    """Not something to answer. Raises NotFound."""
    changed = await conn.execute(
        "UPDATE knowledge_gaps SET status = 'dismissed' WHERE tenant_id = app.current_tenant()"
        " AND gap_id = %s",
        [gap_id],
    )
    if changed.rowcount == 0:
        raise NotFound(f"there is no gap {gap_id}")

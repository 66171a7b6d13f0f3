"""FAQs: questions with their variants and answers, languages side by side under one id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from invekto.contracts.ids import new_id
from invekto.errors import BadData, NotFound
from invekto.knowledge import chunks
from invekto.knowledge.chunks import Chunk, Owner

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class FaqText:
    """An FAQ in one language. `variants` are other ways to ask."""

    question: str
    answer: str = ""
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Faq:
    """`texts` by language; `status` is draft, approved (searched) or retired."""

    faq_id: str
    texts: dict[str, FaqText]
    category: str = ""
    tags: tuple[str, ...] = ()
    status: str = "draft"
    origin: str = "person"
    valid_from: date | None = None
    valid_until: date | None = None
    revision: int = 1
    created_by: str | None = None
    approved_by: str | None = None


async def create(
    conn: Conn,
    texts: Mapping[str, FaqText],
    *,
    faq_id: str | None = None,
    category: str = "",
    tags: Sequence[str] = (),
    valid_from: date | None = None,
    valid_until: date | None = None,
    origin: str = "person",
    by: str | None = None,
    approve: bool = False,
) -> Faq:
    """A new FAQ, a draft unless `approve`. Raises BadData without a question, or without an answer
    where it is shown."""
    _check(texts, valid_from, valid_until)
    if approve:
        _check_answers(texts)
    ident = faq_id or new_id("faq")
    await conn.execute(
        "INSERT INTO faqs (faq_id, category, tags, status, origin, valid_from, valid_until,"
        " created_by, approved_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [ident, category, list(tags), "approved" if approve else "draft", origin, valid_from,
         valid_until, by, by if approve else None],
    )  # fmt: skip
    return await _written(conn, ident, texts)


async def edit(
    conn: Conn,
    faq_id: str,
    *,
    texts: Mapping[str, FaqText] | None = None,
    category: str | None = None,
    tags: Sequence[str] | None = None,
    valid: tuple[date | None, date | None] | None = None,
) -> Faq:
    """Change an FAQ; what is None stays. `texts` replaces all languages, `valid` is its first and
    last day. Raises NotFound, and BadData as `create` does."""
    before = await get(conn, faq_id)
    wanted = dict(texts) if texts is not None else before.texts
    begins, ends = valid if valid is not None else (before.valid_from, before.valid_until)
    _check(wanted, begins, ends)
    if before.status == "approved":
        _check_answers(wanted)
    await conn.execute(
        "UPDATE faqs SET category = %s, tags = %s, valid_from = %s, valid_until = %s,"
        " revision = revision + 1, updated_at = now()"
        " WHERE tenant_id = app.current_tenant() AND faq_id = %s",
        [category if category is not None else before.category,
         list(tags if tags is not None else before.tags), begins, ends, faq_id],
    )  # fmt: skip
    return await _written(conn, faq_id, wanted)


async def approve(conn: Conn, faq_id: str, by: str | None = None) -> Faq:
    """Show it to customers. Raises BadData while an answer is missing, NotFound."""
    faq = await get(conn, faq_id)
    _check_answers(faq.texts)
    return await _status(conn, faq_id, "approved", by)


async def retire(conn: Conn, faq_id: str) -> Faq:
    """Take it out of search; it stays listed. Raises NotFound."""
    return await _status(conn, faq_id, "retired", None)


async def delete(conn: Conn, faq_id: str) -> None:
    """Remove it altogether. Raises NotFound."""
    await get(conn, faq_id)
    await chunks.remove(conn, faq_id)
    await chunks.forget_uses(conn, faq_id)
    await conn.execute(
        "DELETE FROM faqs WHERE tenant_id = app.current_tenant() AND faq_id = %s", [faq_id]
    )


async def get(conn: Conn, faq_id: str) -> Faq:
    """One FAQ. Raises NotFound."""
    found = await _read(conn, "f.faq_id = %s", [faq_id])
    if not found:
        raise NotFound(f"there is no FAQ {faq_id}")
    return found[0]


async def authors_of(conn: Conn, faq_ids: Sequence[str]) -> list[str]:
    """Who wrote or approved these answers: they do not confirm replies made from them."""
    if not faq_ids:
        return []
    done = await conn.execute(
        "SELECT DISTINCT unnest(ARRAY[created_by, approved_by]) FROM faqs"
        " WHERE tenant_id = app.current_tenant() AND faq_id = ANY(%(ids)s)",
        {"ids": list(faq_ids)},
    )
    return sorted(str(row[0]) for row in await done.fetchall() if row[0])


async def list_faqs(
    conn: Conn, *, status: str | None = None, category: str | None = None, tag: str | None = None
) -> list[Faq]:
    """All FAQs, or those of a status, category and tag, newest first."""
    where, values = ["true"], []
    for clause, value in (
        ("f.status = %s", status), ("f.category = %s", category), ("%s = ANY (f.tags)", tag),
    ):  # fmt: skip
        if value is not None:
            where.append(clause)
            values.append(value)
    return await _read(conn, " AND ".join(where), values)


async def _status(conn: Conn, faq_id: str, status: str, by: str | None) -> Faq:
    await conn.execute(
        "UPDATE faqs SET status = %s, approved_by = coalesce(%s, approved_by), updated_at = now(),"
        " revision = revision + 1 WHERE tenant_id = app.current_tenant() AND faq_id = %s",
        [status, by, faq_id],
    )
    faq = await get(conn, faq_id)
    await _index(conn, faq)
    return faq


async def _written(conn: Conn, faq_id: str, texts: Mapping[str, FaqText]) -> Faq:
    await conn.execute(
        "DELETE FROM faq_texts WHERE tenant_id = app.current_tenant() AND faq_id = %s", [faq_id]
    )
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO faq_texts (faq_id, lang, question, variants, answer)"
            " VALUES (%s, %s, %s, %s, %s)",
            [
                (faq_id, lang, t.question.strip(), list(t.variants), t.answer.strip())
                for lang, t in texts.items()
            ],
        )
    faq = await get(conn, faq_id)
    await _index(conn, faq)
    return faq


async def _index(conn: Conn, faq: Faq) -> None:
    if faq.status != "approved":
        await chunks.remove(conn, faq.faq_id)
        return
    first = next(iter(faq.texts.values()))
    owner = Owner(
        faq.faq_id, faq.revision, "faq", first.question, faq.tags, faq.valid_from, faq.valid_until
    )
    for number, (lang, text) in enumerate(sorted(faq.texts.items())):
        asked = "\n".join((text.question, *text.variants))
        titled = Owner(
            owner.owner_id, owner.version, "faq", text.question, owner.tags, owner.valid_from,
            owner.valid_until,
        )  # fmt: skip
        await chunks.add(conn, titled, [Chunk("faq", text.answer, lang, asked=asked)], first=number)
    await chunks.switch(conn, faq.faq_id, faq.revision)


async def _read(conn: Conn, where: str, values: Sequence[object]) -> list[Faq]:
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT f.*, t.lang, t.question, t.variants, t.answer FROM faqs f"
            " JOIN faq_texts t USING (tenant_id, faq_id)"
            f" WHERE f.tenant_id = app.current_tenant() AND {where}"
            " ORDER BY f.created_at DESC, f.faq_id, t.lang",
            values,
        )
        rows = await cursor.fetchall()
    texts: dict[str, dict[str, FaqText]] = {}
    for row in rows:
        texts.setdefault(row["faq_id"], {})[row["lang"]] = FaqText(
            row["question"], row["answer"], tuple(row["variants"])
        )
    heads = {row["faq_id"]: row for row in rows}
    return [
        Faq(
            ident, texts[ident], row["category"], tuple(row["tags"]), row["status"], row["origin"],
            row["valid_from"], row["valid_until"], row["revision"], row["created_by"],
            row["approved_by"],
        )
        for ident, row in heads.items()
    ]  # fmt: skip


def _check(texts: Mapping[str, FaqText], begins: date | None, ends: date | None) -> None:
    if not texts:
        raise BadData("an FAQ needs a question in at least one language", field="texts")
    if empty := [lang for lang, text in texts.items() if not text.question.strip()]:
        raise BadData(f"the question is empty in {', '.join(empty)}", field="question")
    if begins and ends and ends < begins:
        raise BadData(f"valid until {ends} is before valid from {begins}", field="valid_until")


def _check_answers(texts: Mapping[str, FaqText]) -> None:
    if empty := [lang for lang, text in texts.items() if not text.answer.strip()]:
        raise BadData(
            f"the FAQ has no answer in {', '.join(empty)}: write it, then approve", field="answer"
        )

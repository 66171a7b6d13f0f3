"""Documents, FAQs, search and gaps: thin over `knowledge/`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from psycopg import AsyncConnection
from pydantic import BaseModel, Field

from invekto.errors import BadRequest
from invekto.knowledge import documents, faqs, gaps
from invekto.knowledge.answer import extract
from invekto.knowledge.blocks import Unreadable
from invekto.knowledge.dense import question_vector
from invekto.knowledge.documents import Document
from invekto.knowledge.faqs import Faq, FaqText
from invekto.knowledge.problems import explained, warned
from invekto.knowledge.search import search
from invekto.knowledge.unlocking import unlocked
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.jobs.care import enqueue_ingest
from invekto.server.shapes import Body, storable

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge"], route_class=Door)

PROTECTED = b"/Encrypt"
"""Stands in the trailer of a protected PDF."""
Conn = AsyncConnection[Any]
Language = Literal["tr", "en", "ar"]
Text = Annotated[str, Field(min_length=1, max_length=8_000)]
Tag = Annotated[str, Field(min_length=1, max_length=60)]
Tags = Annotated[list[Tag], Field(max_length=20)]


class DocumentSeen(BaseModel):
    document_id: str
    name: str
    title: str
    status: str
    version: int
    language: str | None
    pages: int
    chunk_count: int
    tags: list[str]
    valid_from: date | None
    valid_until: date | None
    stage: str = Field(description="Where reading the newest version stands.")
    pages_done: int
    pages_total: int
    error: str | None
    message: dict[str, str] | None = Field(
        None, description="Why the newest version was not read and what to do, in tr and en."
    )
    warnings: list[dict[str, Any]] = Field(
        description="What to look at in a file that was read, with its `message` in tr and en."
    )
    updated_at: datetime


class Uploaded(BaseModel):
    document_id: str
    version: int
    unchanged: bool = Field(description="These bytes are known already; nothing is read again.")


class FaqTextIn(Body):
    question: Text
    answer: Annotated[str, Field(max_length=8_000)] = ""
    variants: Annotated[list[Text], Field(max_length=50)] = Field([])


class FaqIn(Body):
    texts: Annotated[dict[Language, FaqTextIn], Field(min_length=1)] = Field(
        examples=[{"tr": {"question": "Otopark var mı?", "answer": "Evet, 2 saat ücretsiz."}}]
    )
    category: Annotated[str, Field(max_length=100)] = ""
    tags: Tags = Field([])
    valid_from: date | None = None
    valid_until: date | None = None
    approve: bool = Field(False, description="Show it to customers at once.")


class FaqSeen(BaseModel):
    faq_id: str
    texts: dict[str, FaqTextIn]
    category: str
    tags: list[str]
    status: str
    valid_from: date | None
    valid_until: date | None
    revision: int


class SearchIn(Body):
    question: Text = Field(examples=["kapıda ödeme var mı"])
    language: Language = "tr"
    k: Annotated[int, Field(ge=1, le=20)] = 6
    tags: Tags = Field([], description="Only sources with one of these tags.")
    why: bool = Field(False, description="Also what lost, and the reason.")


class PassageSeen(BaseModel):
    chunk_id: str
    document_id: str
    title: str
    kind: str
    text: str
    page: int | None
    citation: str
    score: float = Field(description="The chance that the passage answers the question.")
    why: dict[str, Any]


class Found(BaseModel):
    answer: str | None = Field(description="What would be quoted, or null: it is not answered.")
    answerability: float | None
    passages: list[PassageSeen]


class GapSeen(BaseModel):
    gap_id: str
    title: str
    unanswered_intent: str | None
    frequency: int
    languages: list[str]
    status: str
    first_seen: datetime
    last_seen: datetime


class GapClosing(Body):
    answered_by: Annotated[str, Field(max_length=128)] | None = Field(
        None, description="The FAQ or document that was written for it."
    )


class RerunSeen(BaseModel):
    question: str
    language: str
    answered: bool
    text: str
    citation: str


@router.get("/documents")
async def list_documents(caller: CurrentCaller, deps: Deps) -> list[DocumentSeen]:
    """Every document, with how far reading it has come."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await documents.list_documents(conn)
    return [document_seen(one) for one in found]


@router.get("/documents/{document_id}")
async def get_document(document_id: str, caller: CurrentCaller, deps: Deps) -> DocumentSeen:
    """One document."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        return document_seen(await documents.get_document(conn, document_id))


@router.post("/documents", status_code=202)
async def upload(
    caller: CurrentCaller,
    deps: Deps,
    file: Annotated[UploadFile, File(description="PDF, Word, Excel, HTML, Markdown or text.")],
    title: Annotated[str | None, Form(max_length=200)] = None,
    tags: Annotated[str, Form(max_length=600, description="Separated by commas.")] = "",
    valid_from: Annotated[date | None, Form()] = None,
    valid_until: Annotated[date | None, Form()] = None,
    password: Annotated[str | None, Form(max_length=200)] = None,
) -> Uploaded:
    """Upload a file, or the next version of the one of that name. It is read by a job; the
    version before is searched until the new one is complete. `password` opens a protected PDF,
    which is kept without; the password is not. 422 with the reason `password_needed` or
    `password_wrong` where it stays closed."""
    name = str(storable(file.filename or "")).strip()
    if not name or len(name) > 200:
        raise BadRequest("the file needs a name of at most 200 characters")
    data = await file.read()
    if password or (data.startswith(b"%PDF-") and PROTECTED in data):
        data = await _unlocked(data, password or "")
    async with deps.database.tenant(caller.tenant_id) as conn:
        accepted = await documents.accept(
            conn,
            name=name,
            data=data,
            title=storable(title),
            tags=[t for tag in tags.split(",") if (t := str(storable(tag)).strip())],
            valid_from=valid_from,
            valid_until=valid_until,
        )
        if not accepted.unchanged:
            await enqueue_ingest(conn, accepted.document_id, accepted.version)
        await audited(conn, caller, "document.uploaded", "document", accepted.document_id)
    return Uploaded.model_validate(accepted, from_attributes=True)


async def _unlocked(data: bytes, password: str) -> bytes:
    try:
        return await unlocked(data, password)
    except Unreadable as error:
        said = explained(error.problem, error.detail)["en"]
        raise BadRequest(said, reason=error.problem) from error


@router.delete("/documents/{document_id}", status_code=204)
async def delete_document(document_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Delete a document with everything that was read from it."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await documents.get_document(conn, document_id)
        await documents.delete_document(conn, document_id)
        await audited(conn, caller, "document.deleted", "document", document_id)
    return Response(status_code=204)


@router.get("/faqs")
async def list_faqs(
    caller: CurrentCaller,
    deps: Deps,
    status: Literal["draft", "approved", "retired"] | None = None,
    category: Annotated[str | None, Query(max_length=100)] = None,
) -> list[FaqSeen]:
    """FAQs, newest first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await faqs.list_faqs(conn, status=status, category=storable(category))
    return [faq_seen(one) for one in found]


@router.post("/faqs", status_code=201)
async def addfaq_seen(body: FaqIn, caller: CurrentCaller, deps: Deps) -> FaqSeen:
    """Write an FAQ; a draft unless `approve`."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        made = await faqs.create(
            conn,
            _texts(body),
            category=body.category,
            tags=body.tags,
            valid_from=body.valid_from,
            valid_until=body.valid_until,
            by=caller.subject,
            approve=body.approve,
        )
        await audited(conn, caller, "faq.created", "faq", made.faq_id)
        await close_gaps(conn, made, deps.clock())
    return faq_seen(made)


@router.get("/faqs/{faq_id}")
async def get_faq(faq_id: str, caller: CurrentCaller, deps: Deps) -> FaqSeen:
    """One FAQ in its languages."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        return faq_seen(await faqs.get(conn, faq_id))


@router.put("/faqs/{faq_id}")
async def changefaq_seen(faq_id: str, body: FaqIn, caller: CurrentCaller, deps: Deps) -> FaqSeen:
    """Replace an FAQ."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        changed = await faqs.edit(
            conn,
            faq_id,
            texts=_texts(body),
            category=body.category,
            tags=body.tags,
            valid=(body.valid_from, body.valid_until),
        )
        if body.approve:
            changed = await faqs.approve(conn, faq_id, caller.subject)
        await audited(conn, caller, "faq.changed", "faq", faq_id)
        await close_gaps(conn, changed, deps.clock())
    return faq_seen(changed)


@router.post("/faqs/{faq_id}/approve")
async def approvefaq_seen(faq_id: str, caller: CurrentCaller, deps: Deps) -> FaqSeen:
    """Show it to customers; gaps that it answers close."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        changed = await faqs.approve(conn, faq_id, caller.subject)
        await audited(conn, caller, "faq.approved", "faq", faq_id)
        await close_gaps(conn, changed, deps.clock())
    return faq_seen(changed)


@router.delete("/faqs/{faq_id}", status_code=204)
async def deletefaq_seen(faq_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Remove an FAQ altogether."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await faqs.delete(conn, faq_id)
        await audited(conn, caller, "faq.deleted", "faq", faq_id)
    return Response(status_code=204)


@router.post("/search")
async def search_knowledge(body: SearchIn, caller: CurrentCaller, deps: Deps) -> Found:
    """What a reply would find, and what it would quote."""
    embedding = deps.engine.deps.embedding
    vector = await question_vector(deps.database, caller.tenant_id, embedding, body.question)
    async with deps.database.tenant(caller.tenant_id) as conn:
        passages = await search(
            conn, body.question, language=body.language, k=body.k, why=body.why,
            tags=body.tags, today=deps.clock().date(), dense=vector,
        )  # fmt: skip
    found = extract(body.question, passages, body.language)
    return Found(
        answer=found.text if found else None,
        answerability=found.answerability if found else None,
        passages=[PassageSeen.model_validate(one, from_attributes=True) for one in passages],
    )


@router.get("/gaps")
async def list_gaps(
    caller: CurrentCaller,
    deps: Deps,
    status: Literal["open", "closed", "dismissed"] = "open",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[GapSeen]:
    """What customers asked and the knowledge did not answer, the most asked first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await gaps.list_gaps(conn, status=status, limit=limit)
    return [GapSeen.model_validate(one, from_attributes=True) for one in found]


@router.post("/gaps/{gap_id}/close")
async def close_gap(
    gap_id: str, body: GapClosing, caller: CurrentCaller, deps: Deps
) -> list[RerunSeen]:
    """Ask the gap's questions again; it closes when all are answered."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        reruns = await gaps.close_gap(conn, gap_id, by=body.answered_by, now=deps.clock())
    return [RerunSeen.model_validate(one, from_attributes=True) for one in reruns]


@router.post("/gaps/{gap_id}/dismiss", status_code=204)
async def dismiss_gap(gap_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Not something to answer."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await gaps.dismiss(conn, gap_id)
        await audited(conn, caller, "gap.dismissed", "gap", gap_id)
    return Response(status_code=204)


async def close_gaps(conn: Conn, faq: Faq, now: datetime) -> None:
    """Gaps that an FAQ shown to customers answers are gaps no longer."""
    if faq.status == "approved":
        asked = [
            (question, language)
            for language, text in faq.texts.items()
            for question in (text.question, *text.variants)
        ]
        await gaps.close_answered(conn, asked, by=faq.faq_id, now=now)


def document_seen(found: Document) -> DocumentSeen:
    seen = DocumentSeen.model_validate(found, from_attributes=True)
    seen.message = explained(found.error, found.detail) if found.error else None
    seen.warnings = [one | {"message": warned(one)} for one in found.warnings]
    return seen


def _texts(body: FaqIn) -> dict[str, FaqText]:
    return {
        language: FaqText(text.question, text.answer, tuple(text.variants))
        for language, text in body.texts.items()
    }


def faq_seen(faq: Faq) -> FaqSeen:
    return FaqSeen(
        faq_id=faq.faq_id,
        texts={
            language: FaqTextIn.model_construct(
                question=text.question, answer=text.answer, variants=list(text.variants)
            )
            for language, text in faq.texts.items()
        },
        category=faq.category,
        tags=list(faq.tags),
        status=faq.status,
        valid_from=faq.valid_from,
        valid_until=faq.valid_until,
        revision=faq.revision,
    )

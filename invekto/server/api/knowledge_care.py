"""The state of a business's knowledge, what it takes, what is said of its documents, and its FAQs
as a sheet."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile
from pydantic import BaseModel, Field

from invekto.knowledge import documents, faq_sheet, faqs
from invekto.knowledge.health import health
from invekto.server.api.knowledge import DocumentSeen, FaqSeen, Tags, document_seen, faq_seen
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge"], route_class=Door)


class DocumentIn(Body):
    title: Annotated[str, Field(min_length=1, max_length=200)]
    tags: Tags = Field([])
    valid_from: date | None = None
    valid_until: date | None = None


class ContradictionSeen(BaseModel):
    subject: str
    first: str
    first_says: str
    second: str
    second_says: str


class HealthSeen(BaseModel):
    score: int = Field(description="0 to 100; what takes from it stands beside.")
    contradictions: list[ContradictionSeen] = Field(
        description="Two documents that give one thing different prices."
    )
    stale: list[str] = Field(description="Documents untouched for a year, by title.")
    unused: list[str] = Field(description="Documents not quoted for a quarter, by title.")
    expiring: list[str]
    failed: list[str]
    open_gaps: int
    drafts: int


class StorageSeen(BaseModel):
    documents: int
    faqs: int
    chunks: int
    file_bytes: int
    text_bytes: int
    index_bytes: int


class SheetProblem(BaseModel):
    line: int
    tr: str
    en: str


class Imported(BaseModel):
    created: int
    changed: int
    unchanged: int
    problems: list[SheetProblem] = Field(description="Lines that were left out, and why.")


@router.put("/documents/{document_id}")
async def describe_document(
    document_id: str, body: DocumentIn, caller: CurrentCaller, deps: Deps
) -> DocumentSeen:
    """Its title, tags and validity; search goes by them at once, nothing is read again."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        changed = await documents.describe(
            conn,
            document_id,
            title=body.title,
            tags=body.tags,
            valid_from=body.valid_from,
            valid_until=body.valid_until,
        )
        await audited(conn, caller, "document.changed", "document", document_id)
    return document_seen(changed)


@router.get("/health")
async def knowledge_health(caller: CurrentCaller, deps: Deps) -> HealthSeen:
    """How well the knowledge is kept, and what to mend."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await health(conn, deps.clock().date())
    return HealthSeen.model_validate(found, from_attributes=True)


@router.get("/storage")
async def knowledge_storage(caller: CurrentCaller, deps: Deps) -> StorageSeen:
    """What the knowledge takes, in bytes and pieces."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await documents.storage(conn)
    return StorageSeen.model_validate(found, from_attributes=True)


@router.get("/faq-sheet", response_class=Response)
async def export_faqs(caller: CurrentCaller, deps: Deps) -> Response:
    """All FAQs as CSV, one line an FAQ and language; it can be taken in again."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        sheet = await faq_sheet.export_csv(conn)
    return Response("\ufeff" + sheet, media_type="text/csv; charset=utf-8")


@router.post("/faq-sheet")
async def import_faqs(
    caller: CurrentCaller,
    deps: Deps,
    file: Annotated[UploadFile, File(description="CSV as Excel or the export writes it.")],
) -> Imported:
    """Create and change FAQs from a sheet. New ones stay drafts unless their status says
    approved."""
    data = await file.read()
    async with deps.database.tenant(caller.tenant_id) as conn:
        done = await faq_sheet.import_csv(conn, data, by=caller.subject)
        await audited(conn, caller, "faqs.imported", "faq", f"{done.created + done.changed} FAQs")
    return Imported.model_validate(done, from_attributes=True)


@router.post("/faqs/{faq_id}/retire")
async def retire_faq(faq_id: str, caller: CurrentCaller, deps: Deps) -> FaqSeen:
    """Keep it, but show it to customers no longer."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        changed = await faqs.retire(conn, faq_id)
        await audited(conn, caller, "faq.retired", "faq", faq_id)
    return faq_seen(changed)

"""The knowledge manager's pages: documents with what was read from them, FAQs, gaps, test bench."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from psycopg import AsyncConnection
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from invekto.errors import BadRequest
from invekto.knowledge import documents, faqs, gaps
from invekto.knowledge.answer import extract
from invekto.knowledge.counts import count
from invekto.knowledge.dense import question_vector
from invekto.knowledge.faqs import Faq, FaqText
from invekto.knowledge.health import health
from invekto.knowledge.search import search
from invekto.server.api import knowledge as api
from invekto.server.api.knowledge_care import retire_faq
from invekto.server.api.knowledge_pages import get_picture, read_page
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Role
from invekto.server.console.bench import told
from invekto.server.console.pages import page, render, said
from invekto.server.console.settings.frame import form_of, text_of
from invekto.server.deps import Deps
from invekto.server.shapes import storable

router = APIRouter(prefix="/console/knowledge", include_in_schema=False)

Conn = AsyncConnection[Any]
EDITING = (Role.OWNER, Role.SUPERVISOR, Role.KNOWLEDGE_MANAGER)
Text = Annotated[str, Query(max_length=500)]
LONGEST = 8_000  # characters of an answer


@router.get("")
async def documents_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Documents, and where to drop new files; how healthy it all is comes after."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await documents.list_documents(conn)
        given = await _tabs(conn)
    return await page(
        request, "knowledge.html", caller, documents=found, edits=caller.role in EDITING, **given
    )


@router.get("/health")
async def health_box(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """How well the knowledge is kept, and what to mend; apart, because every price is read."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        state = await health(conn, deps.clock().date())
    return render(request, "knowledge_health.html", caller, health=state)


@router.get("/documents")
async def documents_list(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """The list alone, for watching files being read."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await documents.list_documents(conn)
    return render(
        request, "knowledge_documents.html", caller, documents=found, edits=caller.role in EDITING
    )


@router.post("/documents", status_code=204)
async def upload(
    caller: CurrentCaller, deps: Deps, file: Annotated[UploadFile, File()],
    password: Annotated[str | None, Form(max_length=200)] = None,
) -> None:  # fmt: skip
    """Take a file in; it is read in the background. A protected one says so."""
    await api.upload(caller, deps, file, password=password)


@router.get("/documents/{document_id}")
async def document_page(
    document_id: str, request: Request, caller: CurrentCaller, deps: Deps,
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1, chunk: Text = "",
) -> Response:  # fmt: skip
    """A page as it looks, with the chunks that were read from it over it."""
    found = await read_page(deps, caller.tenant_id, document_id, number)
    async with deps.database.tenant(caller.tenant_id) as conn:
        given = await _tabs(conn)
    return await page(
        request, "knowledge_document.html", caller, document=found.document, chunks=found.chunks,
        seen=found.seen, number=number, marked=chunk, edits=caller.role in EDITING, **given,
    )  # fmt: skip


@router.get("/documents/{document_id}/pages/{number}.png")
async def page_picture(
    document_id: str, number: int, caller: CurrentCaller, deps: Deps
) -> Response:
    """A page as a picture."""
    return await get_picture(document_id, number, caller, deps)


@router.post("/documents/{document_id}")
async def describe_document(
    document_id: str, request: Request, caller: CurrentCaller, deps: Deps
) -> Response:
    """Change a document's title, tags and validity."""
    form = await form_of(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        before = await documents.get_document(conn, document_id)
        begins, ends = _validity(form)
        await documents.describe(
            conn, document_id, title=text_of(form, "title", 200).strip() or before.title,
            tags=_tags(form), valid_from=begins, valid_until=ends,
        )  # fmt: skip
        await audited(conn, caller, "document.changed", "document", document_id)
    return RedirectResponse(f"/console/knowledge/documents/{document_id}", 303)


@router.post("/documents/{document_id}/delete")
async def delete_document(document_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Remove a document and everything read from it."""
    await api.delete_document(document_id, caller, deps)
    return RedirectResponse("/console/knowledge", 303)


@router.get("/faqs")
async def faqs_page(
    request: Request, caller: CurrentCaller, deps: Deps, status: Text = "", q: Text = ""
) -> Response:
    """All FAQs, drafts first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await faqs.list_faqs(conn, status=status or None)
        given = await _tabs(conn)
    wanted = q.strip().casefold()
    kept = [f for f in found if not wanted or wanted in _said(f)]
    kept.sort(key=lambda f: f.status != "draft")
    return await page(
        request, "knowledge_faqs.html", caller, faqs=kept, wanted_status=status, q=q,
        edits=caller.role in EDITING, **given,
    )  # fmt: skip


@router.get("/faqs/new")
async def new_faq(request: Request, caller: CurrentCaller, deps: Deps, gap: Text = "") -> Response:
    """An empty FAQ, or one that begins with a gap's question."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        asked = await gaps.questions_of(conn, gap) if gap else []
        given = await _tabs(conn)
    texts: dict[str, FaqText] = {}
    for question, language, _ in asked:
        known = texts.get(language)
        texts[language] = (
            FaqText(known.question, "", tuple(dict.fromkeys((*known.variants, question))))
            if known
            else FaqText(question)
        )
    return await page(
        request, "knowledge_faq.html", caller, faq=None, texts=texts, gap=gap, edits=True, **given
    )


@router.post("/faqs")
async def create_faq(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Write a new FAQ; one that was written for a gap asks the gap's questions again."""
    form = await form_of(request)
    begins, ends = _validity(form)
    async with deps.database.tenant(caller.tenant_id) as conn:
        made = await faqs.create(
            conn, _texts(form), category=str(form.get("category", ""))[:100], by=caller.subject,
            approve=form.get("approve") == "yes", tags=_tags(form), valid_from=begins,
            valid_until=ends,
        )  # fmt: skip
        gap = str(form.get("gap", ""))
        if gap and made.status == "approved":
            await gaps.close_gap(conn, gap, by=made.faq_id, now=deps.clock())
        await audited(conn, caller, "faq.created", "faq", made.faq_id)
        await api.close_gaps(conn, made, deps.clock())
    return RedirectResponse(f"/console/knowledge/faqs/{made.faq_id}", 303)


@router.get("/faqs/{faq_id}")
async def faq_page(faq_id: str, request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """One FAQ, its languages side by side."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        faq = await faqs.get(conn, faq_id)
        given = await _tabs(conn)
    return await page(
        request, "knowledge_faq.html", caller, faq=faq, texts=faq.texts, gap="",
        edits=caller.role in EDITING, **given,
    )  # fmt: skip


@router.post("/faqs/{faq_id}")
async def edit_faq(faq_id: str, request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Change an FAQ; languages that the page does not show stay."""
    form = await form_of(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        before = await faqs.get(conn, faq_id)
        unseen = {lang: t for lang, t in before.texts.items() if f"question_{lang}" not in form}
        changed = await faqs.edit(
            conn, faq_id, texts=unseen | _texts(form), tags=_tags(form), valid=_validity(form),
            category=str(form.get("category", ""))[:100],
        )  # fmt: skip
        await audited(conn, caller, "faq.changed", "faq", faq_id)
        await api.close_gaps(conn, changed, deps.clock())
    return RedirectResponse(f"/console/knowledge/faqs/{faq_id}", 303)


@router.post("/faqs/{faq_id}/status")
async def faq_status(
    faq_id: str, caller: CurrentCaller, deps: Deps,
    status: Annotated[Literal["approved", "retired"], Form()],
) -> Response:  # fmt: skip
    """Show an FAQ to customers, or take it out of search."""
    change = api.approvefaq_seen if status == "approved" else retire_faq
    await change(faq_id, caller, deps)
    return RedirectResponse(f"/console/knowledge/faqs/{faq_id}", 303)


@router.get("/gaps")
async def gaps_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """What customers asked and the knowledge did not answer, the most asked first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await gaps.list_gaps(conn)
        asked = {g.gap_id: await gaps.questions_of(conn, g.gap_id) for g in found[:20]}
        given = await _tabs(conn)
    return await page(
        request, "knowledge_gaps.html", caller, gaps=found, asked=asked,
        edits=caller.role in EDITING, **given,
    )  # fmt: skip


@router.post("/gaps/{gap_id}/dismiss")
async def dismiss(gap_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Not something to answer."""
    await api.dismiss_gap(gap_id, caller, deps)
    return RedirectResponse("/console/knowledge/gaps", 303)


@router.get("/bench")
async def bench(
    request: Request, caller: CurrentCaller, deps: Deps, q: Text = "",
    language: Annotated[Literal["tr", "en", "ar"], Query()] = "tr",
) -> Response:  # fmt: skip
    """Ask as a customer would: what is found, why, and what would be quoted."""
    w = said(request)
    passages, answer = [], None
    embedding = deps.engine.deps.embedding
    vector = await question_vector(deps.database, caller.tenant_id, embedding, q)
    async with deps.database.tenant(caller.tenant_id) as conn:
        given = await _tabs(conn)
        if q.strip():
            today = deps.clock().date()
            passages = await search(conn, q, language=language, today=today, why=True, dense=vector)
            answer = extract(q, passages, language)
    return await page(
        request, "knowledge_bench.html", caller, q=q, asked_in=language, answer=answer,
        passages=[told(one, w) for one in passages[:12]], **given,
    )  # fmt: skip


async def _tabs(conn: Conn) -> dict[str, Any]:
    """What the tabs count."""
    found = await count(conn)
    return {
        "tabs": {
            "documents": found.documents, "faqs": found.drafts + found.approved,
            "gaps": found.open_gaps,
        },
        "drafts": found.drafts,
    }  # fmt: skip


def _tags(form: FormData) -> list[str]:
    return [tag.strip()[:60] for tag in text_of(form, "tags", 600).split(",") if tag.strip()]


def _validity(form: FormData) -> tuple[date | None, date | None]:
    """First and last day. Raises BadRequest."""
    try:
        begins, ends = (
            date.fromisoformat(day) if (day := text_of(form, name, 10)) else None
            for name in ("valid_from", "valid_until")
        )
    except ValueError as error:
        raise BadRequest("a date is missing its day, month or year") from error
    return begins, ends


def _texts(form: Any) -> dict[str, FaqText]:
    """The languages of the form that have a question."""
    texts: dict[str, FaqText] = {}
    for language in ("tr", "en", "ar"):
        question = str(storable(str(form.get(f"question_{language}", ""))))[:LONGEST].strip()
        answer = str(storable(str(form.get(f"answer_{language}", ""))))[:LONGEST].strip()
        variants = str(storable(str(form.get(f"variants_{language}", ""))))[:LONGEST]
        lines = tuple(v.strip() for v in variants.splitlines() if v.strip())[:50]
        if question:
            texts[language] = FaqText(question, answer, lines)
    return texts


def _said(faq: Faq) -> str:
    return " ".join(f"{t.question} {t.answer}" for t in faq.texts.values()).casefold()

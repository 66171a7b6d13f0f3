"""A document's pages for those who show a source: the page as a picture, and where on it each chunk
was read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from invekto.errors import NotFound
from invekto.knowledge import documents
from invekto.knowledge.documents import Document
from invekto.knowledge.shown import chunks_on_page, file_content
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps, ServerDeps
from invekto.server.door import Door
from invekto.server.pdf_pages import PageSeen, find_boxes, render_png

router = APIRouter(
    prefix="/v1/knowledge/documents/{document_id}/pages", tags=["knowledge"], route_class=Door
)

Number = Annotated[int, Path(ge=1, le=10_000, description="From 1.")]
PDF = b"%PDF-"
PNG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}}}}


class BoxSeen(BaseModel):
    """In points from the page's upper left corner."""

    x: float
    y: float
    width: float
    height: float


class ChunkSeen(BaseModel):
    chunk_id: str
    kind: str
    heading: list[str]
    content: str
    flagged: bool = Field(description="Reads like an instruction: it is never quoted.")
    boxes: list[BoxSeen]


class DocumentPage(BaseModel):
    document_id: str
    version: int
    page: int
    pages: int
    width: float | None = Field(description="In points; null where the document has no picture.")
    height: float | None
    chunks: list[ChunkSeen] = Field(description="What was read here, in reading order.")


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page of a document with its chunks; `seen` is None where there is no picture of it."""

    document: Document
    chunks: list[Any]
    seen: PageSeen | None


@router.get("/{number}.png", response_class=Response, responses=PNG)
async def get_picture(document_id: str, number: int, caller: CurrentCaller, deps: Deps) -> Response:
    """The page as a picture, 1.6 pixels a point."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        document = await documents.get_document(conn, document_id)

    async def draw() -> bytes:
        async with deps.database.tenant(caller.tenant_id) as conn:
            data = await file_content(conn, document_id, document.version)
        if data is None or not data.startswith(PDF):
            raise NotFound("there is no picture of this document")
        return await asyncio.to_thread(render_png, data, number)

    key = (caller.tenant_id, document_id, str(document.version), str(number))
    picture = await deps.pictures.get(key, draw)
    return Response(
        picture, media_type="image/png", headers={"cache-control": "private, max-age=3600"}
    )


@router.get("/{number}")
async def get_page(
    document_id: str, number: Number, caller: CurrentCaller, deps: Deps
) -> DocumentPage:
    """A page's chunks, and where they stand on its picture."""
    found = await read_page(deps, caller.tenant_id, document_id, number)
    seen, document = found.seen, found.document
    boxes = seen.boxes if seen is not None else [[] for _ in found.chunks]
    return DocumentPage(
        document_id=document_id,
        version=document.version,
        page=number,
        pages=document.pages,
        width=seen.width if seen else None,
        height=seen.height if seen else None,
        chunks=[
            ChunkSeen(
                chunk_id=chunk.chunk_id,
                kind=chunk.kind,
                heading=list(chunk.heading or []),
                content=chunk.content,
                flagged=bool(chunk.flagged),
                boxes=[BoxSeen.model_validate(box, from_attributes=True) for box in there],
            )
            for chunk, there in zip(found.chunks, boxes, strict=True)
        ],
    )


async def read_page(deps: ServerDeps, tenant_id: str, document_id: str, number: int) -> ReadPage:
    """A page as far as it was read. Raises NotFound: no such document."""
    async with deps.database.tenant(tenant_id) as conn:
        document = await documents.get_document(conn, document_id)
        chunks = await chunks_on_page(conn, document_id, document.version, number)
        data = await file_content(conn, document_id, document.version)
    if data is None or not data.startswith(PDF) or number > max(1, document.pages):
        return ReadPage(document, chunks, None)
    texts = [str(chunk.content) for chunk in chunks]
    return ReadPage(document, chunks, await asyncio.to_thread(find_boxes, data, number, texts))

"""The knowledge offered to LlamaIndex: search as a `BaseRetriever`, our readers as a `BaseReader`,
our cutting as a `TransformComponent`. Import it only where LlamaIndex is used: it takes seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llama_index.core.readers.base import BaseReader
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import (
    BaseNode,
    Document,
    NodeWithScore,
    QueryBundle,
    TextNode,
    TransformComponent,
)

from invekto.contracts.passages import Passage
from invekto.db.pool import Database
from invekto.knowledge.blocks import Block, Page
from invekto.knowledge.cutting import Cutter
from invekto.knowledge.opening import Opened, read_pages
from invekto.knowledge.search import search

MOST_PAGES = 3_000


class KnowledgeRetriever(BaseRetriever):
    """A tenant's chunks and FAQs for any query engine or agent of LlamaIndex."""

    def __init__(
        self,
        database: Database,
        tenant_id: str,
        *,
        language: str = "tr",
        k: int = 6,
        tags: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._database = database
        self._tenant_id = tenant_id
        self._language = language
        self._k = k
        self._tags = tuple(tags)

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        async with self._database.tenant(self._tenant_id) as conn:
            found = await search(
                conn, query_bundle.query_str, language=self._language, k=self._k, tags=self._tags
            )
        return [node_of(passage) for passage in found]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        raise NotImplementedError("the database is asynchronous: call `await aretrieve(...)`")


def node_of(passage: Passage) -> NodeWithScore:
    """A passage with all that its citation needs as metadata."""
    metadata = {
        "document_id": passage.document_id, "title": passage.title, "page": passage.page,
        "heading": list(passage.heading), "language": passage.language, "kind": passage.kind,
        "version": passage.version, "citation": passage.citation,
    }  # fmt: skip
    return NodeWithScore(
        node=TextNode(id_=passage.chunk_id, text=passage.text, metadata=metadata),
        score=passage.score,
    )


class TenantFileReader(BaseReader):
    """Any file our readers know as LlamaIndex documents, one a page; the blocks (headings, text,
    table rows) travel in the metadata for `HeadingCutter`. Raises Unreadable."""

    async def aload_data(self, *args: Any, **kwargs: Any) -> list[Document]:
        """`aload_data(path, password=None)`."""
        return await self._read(Path(args[0]), kwargs.get("password"))

    def load_data(self, *args: Any, **kwargs: Any) -> list[Document]:
        """As `aload_data`, outside an event loop."""
        return asyncio.run(self._read(Path(args[0]), kwargs.get("password")))

    async def _read(self, path: Path, password: str | None) -> list[Document]:
        documents = []
        data = await asyncio.to_thread(path.read_bytes)
        pages = read_pages(data, path.name, password=password, most_pages=MOST_PAGES)
        async for item in pages:
            if isinstance(item, Opened):
                continue
            documents.append(_document(path.name, item))
        return documents


def _document(name: str, page: Page) -> Document:
    blocks = [
        {"kind": b.kind, "text": b.text, "page": b.page, "level": b.level} for b in page.blocks
    ]
    hidden = ["blocks"]
    return Document(
        text="\n".join(block.text for block in page.blocks),
        metadata={"title": name, "page": page.number, "blocks": blocks},
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
    )


class HeadingCutter(TransformComponent):
    """Pages from `TenantFileReader` cut as ingest cuts them: rows apart, headings kept."""

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[BaseNode]:
        """Nodes in, chunks out; one document's pages in order."""
        del kwargs
        cutters: dict[str, Cutter] = {}
        made: list[BaseNode] = []
        for node in nodes:
            title = str(node.metadata.get("title", ""))
            cutter = cutters.setdefault(title, Cutter())
            blocks = [Block(**block) for block in node.metadata.get("blocks", [])]
            for chunk in cutter.cut([Page(node.metadata.get("page"), blocks)]):
                metadata = {
                    "title": title, "page": chunk.page, "heading": list(chunk.heading),
                    "language": chunk.language, "kind": chunk.kind,
                }  # fmt: skip
                made.append(TextNode(text=chunk.content, metadata=metadata))
        return made

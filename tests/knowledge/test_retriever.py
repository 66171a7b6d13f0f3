"""The LlamaIndex faces: retriever, reader, transformation."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from invekto.db.pool import Database
from invekto.knowledge.ingest import ingest
from tests.conftest import TenantPair
from tests.knowledge import files


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """LlamaIndex warns while it is imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")

        import invekto.knowledge.retriever  # noqa: F401


async def test_search_is_a_llamaindex_retriever(db: Database, tenant_pair: TenantPair) -> None:
    from invekto.knowledge.retriever import KnowledgeRetriever

    await ingest(db, tenant_pair.ours, name="fiyat.md", data=files.PRICES.encode())
    found = await KnowledgeRetriever(db, tenant_pair.ours).aretrieve("implant kaç para")
    assert found[0].node.get_content().startswith("İmplant")
    assert found[0].node.metadata["citation"] == "fiyat.md"
    assert found[0].score is not None
    assert 0.5 < found[0].score <= 1


async def test_a_query_engine_of_llamaindex_answers_through_it(
    db: Database, tenant_pair: TenantPair
) -> None:
    """Its model is LlamaIndex's own echo, which says the prompt: the passages reach it."""
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import RetrieverQueryEngine

    from invekto.knowledge.retriever import KnowledgeRetriever

    await ingest(db, tenant_pair.ours, name="fiyat.md", data=files.PRICES.encode())
    retriever = KnowledgeRetriever(db, tenant_pair.ours, k=2)
    engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
    answer = await engine.aquery("implant kaç para")
    assert "İmplant (tek diş) · Fiyat: 25.000 TL" in str(answer)
    assert answer.source_nodes[0].node.metadata["citation"] == "fiyat.md"


async def test_our_reader_and_cutter_run_in_an_ingestion_pipeline(tmp_path: Path) -> None:
    from llama_index.core.ingestion import IngestionPipeline

    from invekto.knowledge.retriever import HeadingCutter, TenantFileReader

    path = tmp_path / "fiyat.md"
    path.write_text(files.PRICES, encoding="utf-8")
    documents = await TenantFileReader().aload_data(path)
    nodes = await IngestionPipeline(transformations=[HeadingCutter()]).arun(documents=documents)
    assert [node.metadata["kind"] for node in nodes] == ["row", "row", "row", "text"]
    assert nodes[3].metadata["heading"] == ["Fiyat listesi", "Randevu"]

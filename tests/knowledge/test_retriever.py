"""The LlamaIndex faces: retriever, reader, transformation."""

from __future__ import annotations

import warnings

import pytest

from invekto.knowledge.ingest import ingest
from tests.knowledge import files


@pytest.fixture(scope="module")
def faces():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from llama_index.core.ingestion import IngestionPipeline

        from invekto.knowledge import retriever
    return IngestionPipeline, retriever


async def test_search_is_a_llamaindex_retriever(faces, db, tenant_pair) -> None:
    _, retriever = faces
    await ingest(db, tenant_pair.ours, name="fiyat.md", data=files.PRICES.encode())
    found = await retriever.KnowledgeRetriever(db, tenant_pair.ours).aretrieve("implant kaç para")
    assert found[0].node.get_content().startswith("İmplant")
    assert found[0].node.metadata["citation"] == "fiyat.md"
    assert 0.5 < found[0].score <= 1


async def test_our_reader_and_cutter_run_in_an_ingestion_pipeline(faces, tmp_path) -> None:
    pipeline, retriever = faces
    path = tmp_path / "fiyat.md"
    path.write_text(files.PRICES, encoding="utf-8")
    documents = await retriever.TenantFileReader().aload_data(path)
    nodes = await pipeline(transformations=[retriever.HeadingCutter()]).arun(documents=documents)
    assert [node.metadata["kind"] for node in nodes] == ["row", "row", "row", "text"]
    assert nodes[3].metadata["heading"] == ["Fiyat listesi", "Randevu"]

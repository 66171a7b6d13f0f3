"""Every evaluation set says where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from invekto.errors import BadData
from invekto.evals.datasets import MANIFEST, SETS, digests, read_manifest, refresh, stale


def test_what_the_manifest_names_is_there() -> None:
    assert all((SETS / one.file).is_file() for one in read_manifest())
    assert all(one.origin and one.written for one in read_manifest())


def test_every_set_is_in_the_manifest_with_its_hash() -> None:
    kept = {str(p.relative_to(SETS)) for end in ("jsonl", "yaml") for p in SETS.glob(f"*/*.{end}")}
    assert {one.file for one in read_manifest()} == kept
    assert stale(read_manifest()) == [], "write them anew: python -m invekto.evals.datasets"


def test_refreshing_writes_hashes_and_nothing_else(tmp_path: Path) -> None:
    copy = tmp_path / "manifest.yaml"
    copy.write_text(MANIFEST.read_text("utf-8"), "utf-8")
    refresh(copy)
    assert stale(read_manifest(copy)) == []
    before = [one.model_copy(update={"sha256": ""}) for one in read_manifest()]
    assert [one.model_copy(update={"sha256": ""}) for one in read_manifest(copy)] == before
    some = SETS / read_manifest(copy)[0].file
    assert digests([some, tmp_path]) == {some.name: read_manifest(copy)[0].sha256}


def test_a_broken_manifest_is_told(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("sets: [{file: x}]")
    with pytest.raises(BadData, match="manifest"):
        read_manifest(path)

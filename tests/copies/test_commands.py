"""The commands as an operator types them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from invekto.cli.app import app
from invekto.errors import BadRequest, Conflict, SchemaOutdated
from invekto.settings import settings
from tests.conftest import TestDatabase
from tests.copies.conftest import NEIGHBOUR, OURS, Street, rows, without

Typed = Callable[..., Result]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Typed]:
    """`invekto …` on a database."""

    def run(made: TestDatabase, *words: object) -> Result:
        monkeypatch.setenv("INVEKTO_DATABASE_URL", made.owner_dsn)
        settings.cache_clear()
        return CliRunner().invoke(app, [str(word) for word in words])

    yield run
    monkeypatch.undo()
    settings.cache_clear()


def test_from_one_database_to_another_and_back(
    street: Street, elsewhere: TestDatabase, typed: Typed, tmp_path: Path
) -> None:
    everything, ours = tmp_path / "all.zip", tmp_path / "ours.zip"
    before = street.rows()
    said = typed(street.made, "backup", everything)
    assert (said.exit_code, "2 tenants" in said.output) == (0, True), said.output
    assert typed(elsewhere, "restore", everything).exit_code == 0
    assert without(rows(elsewhere.owner_dsn)) == without(before)
    assert isinstance(typed(elsewhere, "restore", everything).exception, Conflict)

    assert typed(elsewhere, "tenant", "export", OURS, ours).exit_code == 0
    assert isinstance(typed(elsewhere, "tenant", "delete", OURS).exception, BadRequest)
    said = typed(elsewhere, "tenant", "delete", OURS, "--for-good")
    assert (said.exit_code, "rows deleted" in said.output) == (0, True), said.output
    assert rows(elsewhere.owner_dsn, OURS) == {}
    assert rows(elsewhere.owner_dsn, NEIGHBOUR) == without(street.rows(NEIGHBOUR))
    assert f"{OURS} is here" in typed(elsewhere, "tenant", "import", ours).output
    assert len(rows(elsewhere.owner_dsn, OURS)) > 60
    assert typed(elsewhere, "audit", "verify", "--tenant", NEIGHBOUR).output


async def test_a_backup_of_nothing_is_refused(
    make_database: Callable[..., Any], typed: Typed, tmp_path: Path
) -> None:
    async with make_database("template1") as made:
        said = await asyncio.to_thread(typed, made, "backup", tmp_path / "all.zip")
        assert isinstance(said.exception, SchemaOutdated)
        assert not (tmp_path / "all.zip").exists()

"""A turn's reads: so many turns of a process are at work at once, and none that waits."""

from __future__ import annotations

import asyncio

import pytest

from invekto.agent.deps import Reader
from invekto.db.pool import AT_WORK, Database
from invekto.errors import NotFound
from tests.conftest import MakeDatabase


async def test_only_so_many_turns_are_at_work_and_those_that_wait_outside_are_not(
    make_database: MakeDatabase,
) -> None:
    async with make_database() as made, Database(made.app_dsn, size=2 * AT_WORK) as database:
        readers = [Reader(database, "t-1") for _ in range(AT_WORK + 2)]
        for reader in readers[:AT_WORK]:
            await reader.conn()
        fourth = asyncio.create_task(readers[AT_WORK].conn())
        await asyncio.sleep(0.05)
        assert not fourth.done()
        await readers[0].pause()  # it asks a model
        await asyncio.wait_for(fourth, 2)
        last = asyncio.create_task(readers[AT_WORK + 1].conn())
        await asyncio.sleep(0.05)
        assert not last.done()
        last.cancel()
        for reader in readers:
            await reader.pause()
        again = await asyncio.wait_for(readers[0].conn(), 2)
        assert (await (await again.execute("SELECT app.current_tenant()")).fetchone()) == ("t-1",)
        await readers[0].pause()
        assert not database.at_work.locked()


async def test_a_place_is_given_back_where_no_transaction_could_be_opened(
    make_database: MakeDatabase,
) -> None:
    async with make_database() as made, Database(made.app_dsn) as database:
        reader = Reader(database, "\0")
        for _ in range(AT_WORK + 1):
            with pytest.raises(NotFound):
                await asyncio.wait_for(reader.conn(), 2)
            await reader.pause()

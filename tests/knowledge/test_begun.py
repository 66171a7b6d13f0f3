"""A coroutine that is begun before it is awaited."""

from __future__ import annotations

import asyncio

import pytest

from invekto.knowledge.begun import Begun


async def test_it_runs_to_its_first_wait_and_gives_its_result_or_error() -> None:
    told: list[str] = []

    async def asked(answer: asyncio.Future[int]) -> int:
        told.append("asked")
        first = await answer
        await asyncio.sleep(0)
        return first + 1

    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    begun = Begun(asked(answer))
    assert told == ["asked"]
    asyncio.get_running_loop().call_soon(answer.set_result, 1)
    assert await begun == 2
    failing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    begun = Begun(asked(failing))
    failing.set_exception(OSError("gone"))
    with pytest.raises(OSError, match="gone"):
        await begun
    assert await Begun(asyncio.sleep(0, "nothing to wait for")) == "nothing to wait for"


async def test_who_is_cancelled_cancels_it() -> None:
    ended: list[str] = []

    async def asked() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cleaned up")

    async def asking() -> None:
        await Begun(asked())

    task = asyncio.create_task(asking())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["cleaned up"]

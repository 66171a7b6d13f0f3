"""The suite's own fences: no network but this machine's, no model."""

from __future__ import annotations

import asyncio
import socket

import pytest

from invekto.settings import settings


def test_no_connection_leaves_this_machine() -> None:
    with socket.socket() as line, pytest.raises(RuntimeError, match="no network"):
        line.connect(("192.0.2.1", 80))


def test_no_name_is_looked_up() -> None:
    with pytest.raises(RuntimeError, match="no network"):
        socket.getaddrinfo("example.com", 443)


async def test_not_by_asyncio_either() -> None:
    with pytest.raises(RuntimeError, match="no network"):
        await asyncio.open_connection("example.com", 443)


async def test_this_machine_is_open() -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("localhost", port, family=socket.AF_INET)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


def test_no_model_is_called() -> None:
    assert not settings().model_configured

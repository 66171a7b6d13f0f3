"""`invekto replay`: past conversations through a version of the assistant."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rich.console import Console

from invekto.agent.shadow import Version, version_named
from invekto.cli.opened import opened
from invekto.errors import NotFound
from invekto.evals.replay.replaying import replay_file
from invekto.evals.replay.telling import show
from invekto.evals.report import Report
from invekto.evals.run import as_json, write


def run_replay(
    tenant: str, file: Path, *, version: str, json_out: Path | None, html: Path | None
) -> None:
    """Replay, print, write.

    Raises:
        BadRequest: no such version.
        NotFound: no such file or tenant.
    """
    chosen = version_named(version)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}") from error
    report = asyncio.run(_replay(tenant, file.name, data, chosen))
    show(report, Console())
    if json_out is not None:
        write(json_out, as_json(report, predictions=True))
    if html is not None:
        from invekto.evals.page import page

        write(html, page([report]))


async def _replay(tenant: str, name: str, data: bytes, version: Version) -> Report:
    async with opened() as engine:
        return await replay_file(engine, tenant, name, data, version=version)

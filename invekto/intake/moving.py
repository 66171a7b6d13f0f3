"""A tenant leaves, comes, or takes a copy along; each is told in its audit log."""

from __future__ import annotations

import asyncio
from pathlib import Path

from invekto.db.archive import ArchiveReader, Kind, Manifest
from invekto.db.backup import require_key
from invekto.db.copying import copying, is_active
from invekto.db.opening import OpenDatabase
from invekto.db.sealing import Sealer
from invekto.db.tenant_copy import (
    read_tenant,
    remove,
    require_unchanged,
    switch,
    write_tenant,
)
from invekto.errors import TryAgain
from invekto.records import audit

SETTLE_SECONDS = 2.0
"""What had begun when the tenant was switched off ends within this, or is noticed later."""
ATTEMPTS = 10


async def export_tenant(
    at: OpenDatabase, sealer: Sealer, tenant_id: str, path: Path, kind: Kind,
    *, settle: float = SETTLE_SECONDS,
) -> Manifest:  # fmt: skip
    """Write a tenant to `path`. A move switches it off first, parks its jobs, and may be repeated.

    Raises:
        NotFound: no such tenant. TryAgain: its jobs keep running, or it changes all the time.
    """
    async with copying(at.owner_dsn) as conn:
        active = await is_active(conn, tenant_id)
    await _tell(at, tenant_id, "tenant.exported", kind)
    if kind == "move" and active:
        await _switch_off(at, tenant_id, settle)
    for attempt in range(ATTEMPTS):
        try:
            async with copying(at.owner_dsn) as conn:
                return await write_tenant(conn, tenant_id, path, kind, sealer.fingerprints()[0])
        except TryAgain:
            if attempt == ATTEMPTS - 1:
                raise
            await asyncio.sleep(settle)
    raise TryAgain(f"{tenant_id} cannot be exported now")


async def delete_tenant(
    at: OpenDatabase, tenant_id: str, exported: Path | None, *, settle: float = SETTLE_SECONDS
) -> dict[str, int]:
    """Delete everything of a tenant; returns how many rows by table.

    Args:
        exported: the move that must hold exactly what is deleted; None: for good.

    Raises:
        NotFound: no such tenant. Conflict: something came after the move. TryAgain: a job runs.
    """
    async with copying(at.owner_dsn) as conn:
        active = await is_active(conn, tenant_id)
    if exported is not None:
        with ArchiveReader(exported) as archive:
            manifest = archive.manifest
        async with copying(at.owner_dsn, quiet=True) as conn:
            await require_unchanged(conn, tenant_id, manifest)
            return await remove(conn, tenant_id)
    if active:
        await _switch_off(at, tenant_id, settle)
    async with copying(at.owner_dsn, quiet=True) as conn:
        return await remove(conn, tenant_id)


async def import_tenant(at: OpenDatabase, sealer: Sealer, path: Path) -> str:
    """Take a tenant in from its archive, serve it from here on; returns its name.

    Raises:
        BadData: the archive is damaged, or none of a tenant. Conflict: it is here already.
        OperatorNeeded: a move from under another secret key. SchemaOutdated: of newer code.
    """
    with ArchiveReader(path) as archive:
        if archive.manifest.kind == "move":
            require_key(archive.manifest, sealer.fingerprints())
        async with copying(at.owner_dsn, quiet=True) as conn:
            tenant_id = await read_tenant(conn, archive)
            await switch(conn, tenant_id, active=True)
    await _tell(at, tenant_id, "tenant.imported", archive.manifest.kind)
    return tenant_id


async def resume_tenant(at: OpenDatabase, tenant_id: str) -> None:
    """Call a move off: serve the tenant here again, its jobs included. Raises NotFound."""
    async with copying(at.owner_dsn) as conn:
        await is_active(conn, tenant_id)
        await switch(conn, tenant_id, active=True)
    await _tell(at, tenant_id, "tenant.resumed", "move")


async def _switch_off(at: OpenDatabase, tenant_id: str, settle: float) -> None:
    async with copying(at.owner_dsn) as conn:
        await switch(conn, tenant_id, active=False)
    await asyncio.sleep(settle)


async def _tell(at: OpenDatabase, tenant_id: str, event_type: str, kind: Kind) -> None:
    async with at.pool("app", size=1) as database, database.tenant(tenant_id) as conn:
        await audit.record(
            conn, event_type, actor_kind="system", resource_type="tenant", resource_id=tenant_id,
            detail={"kind": kind},
        )  # fmt: skip

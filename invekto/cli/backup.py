"""`invekto backup`, `restore` and `tenant export|import|delete|resume`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from invekto.db.archive import Kind, Manifest
from invekto.db.backup import back_up, dated, restore, surplus
from invekto.db.opening import open_database
from invekto.db.roles import LOGIN_ROLES, role_password
from invekto.db.sealing import Sealer
from invekto.errors import BadRequest
from invekto.intake.moving import delete_tenant, export_tenant, import_tenant, resume_tenant
from invekto.settings import settings


def run_backup(path: Path, keep: int | None) -> None:
    """Write the whole database to `path`, in a folder under the moment's name. Of those `keep`
    stay.

    Raises:
        BadRequest: `keep` for a single file.
    """
    if keep is not None and not path.is_dir():
        raise BadRequest(f"{path} is no folder: --keep is for a folder of backups")
    target = path / dated(datetime.now(UTC)) if path.is_dir() else path

    async def run() -> Manifest:
        async with await open_database(settings(), migrating=False) as at:
            return await back_up(at.owner_dsn, target, _sealer().fingerprints()[0])

    _say(target, asyncio.run(run()))
    for old in surplus(path, keep) if keep is not None else ():
        old.unlink()


def run_restore(path: Path) -> None:
    """Put a backup into the configured, empty database."""

    async def run() -> Manifest:
        passwords = {role: role_password(settings(), role) for role in LOGIN_ROLES}
        async with await open_database(settings(), migrating=False) as at:
            return await restore(at.owner_dsn, path, _sealer().fingerprints(), passwords)

    _say(path, asyncio.run(run()))


def run_export(tenant: str, path: Path, *, move: bool) -> None:
    """Write one tenant to `path`."""
    kind: Kind = "move" if move else "portable"

    async def run() -> Manifest:
        async with await open_database(settings()) as at:
            return await export_tenant(at, _sealer(), tenant, path, kind)

    _say(path, asyncio.run(run()))


def run_import(path: Path) -> None:
    """Take one tenant in."""

    async def run() -> str:
        async with await open_database(settings()) as at:
            return await import_tenant(at, _sealer(), path)

    Console().print(f"{asyncio.run(run())} is here and served", markup=False, soft_wrap=True)


def run_delete(tenant: str, exported: Path | None, *, for_good: bool) -> None:
    """Delete one tenant.

    Raises:
        BadRequest: neither a move of it nor the word that there shall be none.
    """
    if (exported is None) is not for_good:
        raise BadRequest("say --exported FILE (its move) or --for-good, one of the two")

    async def run() -> dict[str, int]:
        async with await open_database(settings()) as at:
            return await delete_tenant(at, tenant, exported)

    gone = asyncio.run(run())
    Console().print(f"{tenant}: {sum(gone.values())} rows deleted in {len(gone)} tables")


def run_resume(tenant: str) -> None:
    """Call a move off."""

    async def run() -> None:
        async with await open_database(settings()) as at:
            await resume_tenant(at, tenant)

    asyncio.run(run())
    Console().print(f"{tenant} is served here again", markup=False, soft_wrap=True)


def _sealer() -> Sealer:
    return Sealer.from_settings(settings())


def _say(path: Path, manifest: Manifest) -> None:
    rows = sum(entry.rows for entry in manifest.tables.values())
    told = f"{path}: {len(manifest.tenants)} tenants, {rows} rows, {len(manifest.tables)} tables"
    Console().print(told, markup=False, soft_wrap=True)

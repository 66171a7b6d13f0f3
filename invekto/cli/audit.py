"""`invekto audit verify`: is the audit log whole?"""

from __future__ import annotations

import asyncio
import json

from rich.console import Console

from invekto.db.opening import OpenDatabase, open_database
from invekto.errors import BadData
from invekto.records import audit, routing
from invekto.settings import settings


def run_verify(tenant: str | None, *, as_json: bool) -> None:
    """Walk the chain of one tenant, or of all of them, and print what was found.

    Raises:
        BadData: a chain is broken.
    """

    async def run() -> list[tuple[str, audit.ChainReport]]:
        async with await open_database(settings()) as at:
            return await verify(at, tenant, audit.audit_key(settings()))

    found = asyncio.run(run())
    if as_json:
        told = {
            t: {"sealed": r.sealed, "unsealed": r.unsealed, "broken": r.broken} for t, r in found
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        console = Console()
        for name, report in found:
            state = "whole" if report.whole else "BROKEN"
            told_of = f"{name}: {state}, {report.sealed} sealed, {report.unsealed} waiting"
            console.print(told_of, markup=False, soft_wrap=True)
            for fault in report.broken:
                console.print(f"  {fault}", markup=False, soft_wrap=True)
    broken = [name for name, report in found if not report.whole]
    if broken:
        raise BadData(
            f"the audit log of {', '.join(broken)} is not what was written: keep the database as it"
            " is and compare it with a backup"
        )


async def verify(
    at: OpenDatabase, tenant: str | None, key: bytes
) -> list[tuple[str, audit.ChainReport]]:
    """Walk the chain of a tenant, or of every active one."""
    async with at.pool("worker", size=1) as database:  # the API's role may not list tenants
        async with database.routing() as conn:
            names = [tenant] if tenant else await routing.active_tenants(conn)
        found = []
        for name in names:
            async with database.tenant(name) as conn:
                found.append((name, await audit.verify(conn, key)))
    return found

"""`invekto eval promote`: corrections of production into an evaluation set, line by line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from invekto.contracts.clock import system_clock
from invekto.db.opening import open_database
from invekto.errors import BadRequest
from invekto.evals.promotion import Promoted, as_file, promote
from invekto.evals.run import write
from invekto.settings import settings


def run_promote(
    tenant: str | None,
    *,
    approve: Sequence[str],
    refuse: Sequence[str],
    by: str | None,
    out: Path | None,
) -> None:
    """Print what waits for a person; decide what is named; write what is approved.

    Raises:
        BadRequest: no tenant, or a decision without a name.
        NotFound: no such tenant or line.
    """
    if tenant is None:
        raise BadRequest("`invekto eval promote` needs --tenant")
    told = asyncio.run(_promote(tenant, approve, refuse, by))
    console = Console()
    for line in told.proposed:
        said = f"{line.line_id}  {line.line['intent']}  {line.line['lang']}  {line.line['text']}"
        console.print(said, markup=False, soft_wrap=True)
    console.print(f"{len(told.proposed)} proposed, {len(told.approved)} approved")
    if out is not None:
        write(out, as_file(told.approved))


async def _promote(
    tenant: str, approve: Sequence[str], refuse: Sequence[str], by: str | None
) -> Promoted:
    async with await open_database(settings()) as at, at.pool("app", size=2) as database:
        return await promote(database, tenant, system_clock, approve=approve, refuse=refuse, by=by)

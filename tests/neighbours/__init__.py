"""What a neighbour gets from every records function: nothing.

One file a records module, `tests/neighbours/<module>.py`, with

    async def seed(conn: Conn) -> object    rows of ours, made in our tenant transaction; what it
                                            returns (ids) is handed to every call
    CALLS = {"get_order": lambda conn, ours: get_order(conn, ours.order_id), ...}
    EXEMPT = {"create_order": "writes a row of the caller's own, reads none"}

tests/test_tenancy.py makes each call twice. As the neighbour it must give nothing (None, False,
0, empty) or raise NotFound, and leave every row of ours as it was. As us it must give something,
raise nothing, or change a row: else the call proves nothing. Every public async function in
`invekto/records/` whose first parameter is `conn` needs an entry in one of the two.
"""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection

Conn = AsyncConnection[Any]

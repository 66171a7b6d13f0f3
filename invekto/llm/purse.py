"""What a tenant may spend on a model: tokens and money a day, calls at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from invekto.db.pool import Database
from invekto.errors import ModelUnavailable
from invekto.records.model_usage import Usage, add_usage, spent


@dataclass(frozen=True, slots=True)
class Limits:
    """A tenant's limits; money in the currency of the endpoint's bill."""

    tokens_a_day: int = 500_000
    money_a_day: Decimal = Decimal(5)
    at_once: int = 4

    @classmethod
    def of(cls, settings: dict[str, Any]) -> Limits:
        """From the tenant's `model` settings; what is not set keeps its default."""
        own, usual = settings.get("model", {}), cls()
        return cls(
            tokens_a_day=int(own.get("tokens_a_day", usual.tokens_a_day)),
            money_a_day=Decimal(str(own.get("money_a_day", usual.money_a_day))),
            at_once=int(own.get("at_once", usual.at_once)),
        )


class Turnstiles:
    """Calls at once, per tenant, within this process."""

    def __init__(self) -> None:
        self._inside: dict[str, int] = {}

    @asynccontextmanager
    async def enter(self, tenant_id: str, at_once: int) -> AsyncIterator[None]:
        """Hold a place.

        Raises:
            ModelUnavailable: all places are taken.
        """
        if self._inside.get(tenant_id, 0) >= at_once:
            raise ModelUnavailable(
                f"{at_once} model calls of this tenant are under way already", outcome="busy"
            )
        self._inside[tenant_id] = self._inside.get(tenant_id, 0) + 1
        try:
            yield
        finally:
            self._inside[tenant_id] -= 1
            if self._inside[tenant_id] == 0:
                del self._inside[tenant_id]


@dataclass(frozen=True, slots=True)
class Purse:
    """One turn's access to the tenant's budget."""

    database: Database
    tenant_id: str
    day: date
    limits: Limits

    async def check(self) -> None:
        """Before a call.

        Raises:
            ModelUnavailable: the day's tokens or money are spent.
        """
        async with self.database.tenant(self.tenant_id) as conn:
            tokens, money = await spent(conn, self.day)
        if tokens >= self.limits.tokens_a_day or money >= self.limits.money_a_day:
            raise ModelUnavailable(
                f"today's model budget is spent ({tokens} tokens, {money:.2f}): it renews at"
                " midnight, or raise it in the settings",
                outcome="over_budget",
            )

    async def pay(
        self, operation: str, tokens_in: int, tokens_out: int, cost: Decimal, *, failed: bool
    ) -> None:
        """After a call, whether it worked or not."""
        usage = Usage(self.day, operation, 1, int(failed), tokens_in, tokens_out, cost)
        async with self.database.tenant(self.tenant_id) as conn:
            await asyncio.shield(add_usage(conn, usage))

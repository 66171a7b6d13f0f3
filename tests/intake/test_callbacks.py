"""What providers call reaches its tenant, and nobody else's token does."""

from __future__ import annotations

import json

import pytest

from invekto.db.pool import Database
from invekto.errors import NotFound, NotSignedIn
from invekto.intake.accounts import connect
from invekto.intake.callbacks import callback_address, receive
from invekto.tools.gateways import TenantGateways
from tests.doubles import trendyol
from tests.intake.test_sync import KEYS, NOW, SEALER
from tests.tools.houses import tenant


async def test_a_webhook_finds_its_account(db: Database) -> None:
    house = await tenant(db, "ecommerce")
    async with db.tenant(house.id) as conn:
        ident = await connect(conn, SEALER, house.id, "trendyol", trendyol.SELLER, KEYS)
        silent = await connect(conn, SEALER, house.id, "hepsiburada", "m", {"password": "p"})
        address = await callback_address(conn, "http://127.0.0.1:8010/", ident)
        with pytest.raises(NotFound):
            await callback_address(conn, "http://127.0.0.1", silent)
    assert address.startswith("http://127.0.0.1:8010/callbacks/")
    token = address.rpartition("/")[2]
    body = json.dumps(trendyol.package("1001", NOW, ident=1)).encode()
    told = (db, SEALER, TenantGateways(SEALER))
    assert await receive(*told, token, {"x-api-key": "hook"}, body, NOW) is True
    assert await receive(*told, token, {"x-api-key": "hook"}, body, NOW) is False
    with pytest.raises(NotSignedIn):
        await receive(*told, token, {}, body, NOW)
    with pytest.raises(NotFound):
        await receive(*told, "no-token", {"x-api-key": "hook"}, body, NOW)

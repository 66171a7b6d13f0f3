"""A shop and a clinic, fresh for every test."""

from __future__ import annotations

import pytest

from invekto.db.pool import Database
from tests.tools.houses import SHOP_PROFILE, SHOP_SETTINGS, House, fill_clinic, fill_shop, tenant


@pytest.fixture
async def shop(db: Database) -> House:
    house = await tenant(db, "ecommerce", profile=SHOP_PROFILE, settings=SHOP_SETTINGS)
    async with db.tenant(house.id) as conn:
        await fill_shop(conn)
    return house


@pytest.fixture
async def clinic(db: Database) -> House:
    house = await tenant(db, "dental", health=True)
    async with db.tenant(house.id) as conn:
        await fill_clinic(conn)
    return house

"""A WhatsApp number of a tenant, and customers who write to it over the real webhook. What the
webhook does not take is delivered again, as WhatsApp does."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

import httpx

from invekto.records import tenants
from invekto.records.routing import token_hash
from invekto.server.senders import account_purpose
from tests.doubles import whatsapp
from tests.server.conftest import House

TEXTS = ("merhaba", "bir insan lütfen", "adres nerede", "patla", "bambaşka bir konu")


@dataclass
class Number:
    """A connected number. `number` is WhatsApp's id of it."""

    house: House
    channel: httpx.AsyncClient
    path: str
    number: str
    taken: int = 0
    refused: int = 0

    async def post(self, body: bytes, *, attempts: int = 60, pause: float = 0.2) -> None:
        """Deliver a webhook until it is taken."""
        for _ in range(attempts):
            answer = await self.channel.post(self.path, content=body, headers=whatsapp.signed(body))
            if answer.status_code == 200:
                self.taken += 1
                return
            assert answer.status_code in (429, 500, 503), answer.text
            self.refused += 1
            await asyncio.sleep(pause)
        raise AssertionError("the webhook was never taken")

    async def write(self, customer: int, message_id: str, text: str) -> None:
        await self.post(self.written(customer, message_id, text))

    def written(self, customer: int, message_id: str, text: str) -> bytes:
        """The webhook of a message."""
        return whatsapp.text_message(self.number, f"9053200{customer:05}", message_id, text)

    async def traffic(self, chance: random.Random, round_: str, customers: int) -> None:
        """A message of every customer, some delivered twice."""
        for n in range(customers):
            body = self.written(n, f"wamid.{round_}.{n}", chance.choice(TEXTS))
            for _ in range(chance.choice((1, 1, 2))):
                await self.post(body)


async def connected(house: House, channel: httpx.AsyncClient, number: str) -> Number:
    """Give the tenant a number of its own."""
    secrets = {"access_token": whatsapp.TOKEN, "app_secret": whatsapp.APP_SECRET}
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await tenants.add_channel_account(
            conn,
            channel="whatsapp",
            external_id=number,
            token_hash=token_hash(f"the token of {number}"),
            secret_encrypted=house.deps.sealer.seal_json(secrets, account_purpose(house.tenant_id)),
        )
    return Number(house, channel, f"/webhooks/whatsapp/the token of {number}", number)

"""The real engine over the demo businesses: real model, real tools, real rails."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from invekto.agent.assembly import Engine, build_engine
from invekto.agent.handling import Handled, handle, store
from invekto.agent.state import Draft
from invekto.contracts.clock import fixed_clock
from invekto.contracts.handover import HandOver
from invekto.contracts.messages import Attachment, InboundMessage
from invekto.contracts.understanding import Understanding
from invekto.db.pool import Database
from invekto.server.logs import configure_logs
from invekto.settings import Settings
from tests.conftest import HOME, MakeDatabase

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
"""A Wednesday, half past ten in Istanbul."""
AYSE, MEHMET, EMMA, ZAINAB = "+905321112233", "+905334445566", "+447700900123", "+9647701234567"
numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Answer(Handled):
    """A turn that was handled, with those of its parts that a test means to be there."""

    @property
    def reply(self) -> str:
        assert self.committed.reply is not None, f"{self.committed.outcome} without a reply"
        return self.committed.reply

    @property
    def suggestion_id(self) -> str:
        assert self.committed.suggestion_id is not None, f"{self.committed.outcome}: none suggested"
        return self.committed.suggestion_id

    @property
    def understanding(self) -> Understanding:
        assert self.worked.state.understanding is not None, "nothing was understood"
        return self.worked.state.understanding

    @property
    def draft(self) -> Draft:
        assert self.worked.state.draft is not None, "nothing was composed"
        return self.worked.state.draft

    @property
    def handover(self) -> HandOver:
        assert self.worked.state.handover is not None, f"{self.committed.outcome}: to no person"
        return self.worked.state.handover


@dataclass
class Desk:
    """Writes as customers and hands back what the engine did."""

    engine: Engine
    phones: dict[str, str] = field(default_factory=dict)

    async def say(
        self, tenant: str, phone: str, text: str, *, verified: bool = True, **more: Any
    ) -> Answer:
        """One message, one turn."""
        conversation_id = await self.put(tenant, phone, text, verified=verified, **more)
        handled = await handle(self.engine, tenant, conversation_id)
        assert handled is not None
        return Answer(handled.committed, handled.worked)

    async def put(
        self, tenant: str, phone: str, text: str, *, verified: bool = True, **more: Any
    ) -> str:
        """Store a message without answering it yet; returns its conversation."""
        message = inbound(phone, text, verified=verified, **more)
        return (await store(self.engine, tenant, message)).conversation_id


def inbound(phone: str, text: str, *, verified: bool = True, **more: Any) -> InboundMessage:
    """A message with an id of its own."""
    return InboundMessage(
        "whatsapp", phone.lstrip("+"), f"wamid.{next(numbers)}", text, NOW, phone=phone,
        phone_verified=verified, **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
async def engine(make_database: MakeDatabase, demo_businesses: str) -> AsyncIterator[Engine]:
    configure_logs(Settings(log_level="CRITICAL"))
    async with make_database(demo_businesses) as made, Database(made.app_dsn) as pool:
        yield build_engine(Settings(data_dir=HOME), pool, clock=fixed_clock(NOW))


@pytest.fixture(scope="module")
def desk(engine: Engine) -> Desk:
    return Desk(engine)


__all__ = ["AYSE", "EMMA", "MEHMET", "ZAINAB", "Attachment"]

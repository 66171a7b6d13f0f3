"""What is logged of a full run: ids, times, outcomes; never what a person wrote or is called."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from invekto.db.worker import drain
from invekto.server.jobs.tasks import all_tasks
from invekto.server.logs import configure_logs
from tests.conftest import TestDatabase
from tests.server.conftest import PASSWORDS, House, token

PERSONAL = ("Zeynep", "Karabulut", "905441112233", "10000000146", "gizli sipariş", "zeynep@ornek")


@pytest.fixture
def logged(house: House) -> Iterator[io.StringIO]:
    """Everything that is logged, at the most talkative level."""
    chatty = house.deps.settings.model_copy(update={"log_level": "DEBUG"})
    configure_logs(chatty)
    root, stream = logging.getLogger(), io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    configure_logs(house.deps.settings)


async def test_nobody_can_be_recognised_in_the_logs(
    house: House, database: TestDatabase, logged: io.StringIO
) -> None:
    shown = token(house.tenant_id, "agent")
    async with house.program() as program, house.client(authorization=f"Bearer {shown}") as agent:
        for n, text in enumerate(
            (
                "merhaba ben Zeynep Karabulut, zeynep@ornek.example",
                "TC 10000000146 gizli sipariş için insan",
                "patla gizli sipariş",
            )
        ):
            sender = {"id": "905441112233", "name": "Zeynep Karabulut", "phone": "+905441112233"}
            body = {"message_id": f"log{n}", "from": sender, "text": text}
            assert (await program.post("/v1/messages", json=body)).status_code == 202
            await drain(database.worker_dsn, all_tasks(house.deps))
        bad = {"message_id": "x", "from": {"id": "Zeynep"}, "sent_at": "gizli sipariş"}
        assert (await program.post("/v1/messages", json=bad)).status_code == 422
        await agent.get("/v1/conversations", params={"cursor": "Zeynep"})
        credentials = {"tenant_id": house.tenant_id, "email": "zeynep@ornek.example"}
        await agent.post("/v1/sessions", json={**credentials, "password": PASSWORDS})
    text = logged.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) > 5
    assert {"turn_failed", "request"} <= {line["event"] for line in lines}
    for secret in (*PERSONAL, house.api_key, shown, PASSWORDS):
        assert secret not in text, secret

"""What each of WhatsApp's answers means for a message: has it, never will, not yet, who knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from invekto.channels.sending import FateUnknown, NotTaken, Outgoing, RefusedForGood
from invekto.channels.whatsapp_sending import WhatsAppSender
from invekto.contracts.clock import fixed_clock
from invekto.errors import InvektoError
from tests.doubles import whatsapp
from tests.doubles.whatsapp import WhatsApp

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
HELLO = Outgoing("out_1", "905321112233", "Merhaba", last_inbound_at=NOW - timedelta(hours=1))


def sender(http: httpx.AsyncClient, **templates: dict[str, Any]) -> WhatsAppSender:
    return WhatsAppSender(
        http, whatsapp.BASE_URL, "77", whatsapp.TOKEN, templates, fixed_clock(NOW)
    )


@pytest.mark.parametrize(
    ("fault", "error", "wait"),
    [
        (130429, NotTaken, 5.0),
        (4, NotTaken, 60.0),
        (131056, NotTaken, 4.0),
        (190, NotTaken, 300.0),
        (131026, RefusedForGood, None),
        (131050, RefusedForGood, None),
        (100, RefusedForGood, None),
        (999, RefusedForGood, None),
        ("500", FateUnknown, None),
        ("accept_then_500", FateUnknown, None),
        ("garbage", FateUnknown, None),
    ],
)
async def test_faults_are_told_apart(
    fault: int | str, error: type[InvektoError], wait: float | None
) -> None:
    graph = WhatsApp(faults=[fault])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(graph.app)) as http:
        with pytest.raises(error) as raised:
            await sender(http).send(HELLO)
    assert raised.value.detail.get("retry_after") == wait


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (httpx.ConnectError("refused"), NotTaken),
        (httpx.ConnectTimeout("slow"), NotTaken),
        (httpx.ReadTimeout("slow"), FateUnknown),
        (httpx.RemoteProtocolError("cut"), FateUnknown),
        (httpx.ReadError("reset"), FateUnknown),
    ],
)
async def test_what_was_never_sent_is_known_not_to_have_arrived(
    broken: httpx.TransportError, error: type[InvektoError]
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise broken

    async with httpx.AsyncClient(transport=httpx.MockTransport(fail)) as http:
        with pytest.raises(error):
            await sender(http).send(HELLO)


async def test_the_pair_limit_is_waited_for_longer_each_time() -> None:
    graph = WhatsApp(faults=[131056] * 3)
    waits = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(graph.app)) as http:
        for attempt in (1, 2, 3):
            with pytest.raises(NotTaken) as raised:
                await sender(http).send(
                    Outgoing("o", "905", "x", last_inbound_at=NOW, attempt=attempt)
                )
            waits.append(raised.value.detail["retry_after"])
    assert waits == [4.0, 16.0, 64.0]


async def test_the_window_may_close_while_we_think_it_open() -> None:
    graph = WhatsApp(faults=[131047])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(graph.app)) as http:
        taken = await sender(http, reply={"name": "yanit", "language": "tr"}).send(HELLO)
    [accepted] = graph.log
    assert (taken.provider_message_id, accepted.body["type"]) == (accepted.id, "template")


async def test_too_long_a_text_is_not_tried() -> None:
    graph = WhatsApp()
    long = Outgoing("o", "905", "x" * 5000, last_inbound_at=NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(graph.app)) as http:
        with pytest.raises(RefusedForGood, match="4096"):
            await sender(http).send(long)
    assert graph.requests == 0

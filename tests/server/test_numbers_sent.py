"""An agent about to send somebody's identity or account number is asked first."""

from __future__ import annotations

import pytest

from invekto.server.answering import personal_numbers
from tests.server.conftest import House

TCKN = "10000000146"
IBAN = "TR330006100519786457841326"
SPACED = "TR33 0006 1005 1978 6457 8413 26"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"kimlik numaranız {TCKN} olarak kayıtlı", {TCKN}),
        (f"şu hesaba yatırın: {SPACED}", {IBAN.lower()}),
        (f"{IBAN.lower()} ve {TCKN}", {IBAN.lower(), TCKN}),
        (f"{SPACED} hesabına yatırın lütfen", {IBAN.lower()}),
        ("رقم الهوية ١٠٠٠٠٠٠٠١٤٦", {TCKN}),
        ("takip numaranız 27504188362, sipariş 104233", set()),
        ("kimlik 10000000147", set()),
        ("", set()),
    ],
)
def test_numbers_with_a_right_checksum_are_seen(text: str, found: set[str]) -> None:
    assert personal_numbers(text) == found


async def test_the_agent_is_asked_and_may_send_all_the_same(house: House) -> None:
    async with house.program() as program, house.role("agent") as agent:
        message = {"message_id": "n1", "from": {"id": "n"}, "text": "selam"}
        made = (await program.post("/v1/assist", json={"message": message})).json()
        path = f"/v1/conversations/{made['conversation_id']}/messages"
        reply = {"text": f"IBAN: {SPACED}", "key": "k1"}
        asked = await agent.post(path, json={**reply, "mind_numbers": True})
        assert asked.status_code == 409
        assert "personal_number" in asked.text
        assert "6457" not in asked.text
        assert (await agent.post(path, json=reply)).status_code == 202

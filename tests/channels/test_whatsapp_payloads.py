"""WhatsApp payloads: what is understood of them, and that nothing in them breaks the reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invekto.channels.whatsapp import check_signature, read_payload
from invekto.contracts.messages import InboundMessage
from invekto.errors import BadRequest, NotSignedIn
from tests.doubles.whatsapp import payload, signed, status, text_message

KEYS = (
    "entry", "changes", "field", "value", "metadata", "phone_number_id", "messages", "statuses",
    "contacts", "id", "from", "from_user_id", "type", "text", "body", "timestamp", "wa_id",
    "user_id", "profile", "name", "image", "location", "interactive", "errors", "status",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["messages", "text", "image", "sent", "1764064800"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=40,
)  # fmt: skip


CHOSEN = {"id": "2", "title": "2. olan"}


def wrapped(value: object) -> bytes:
    change = {"field": "messages", "value": value}
    return json.dumps({"entry": [{"changes": [change]}]}).encode()


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_no_payload_breaks_the_reader(value: object) -> None:
    for body in (json.dumps(value).encode(), wrapped(value)):
        try:
            for delivery in read_payload(body):
                for message in delivery.messages:
                    assert message.channel_user_id
                    assert message.sent_at.tzinfo is not None
        except BadRequest:
            assert not isinstance(value, dict)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff", b"{", b"[" * 200_000])
def test_what_is_no_payload(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read_payload(body)


def one(message: dict[str, Any], contact: dict[str, Any] | None = None) -> InboundMessage:
    base = {"from": "905321112233", "id": "wamid.1", "timestamp": "1764064800"}
    contacts = [contact or {"profile": {"name": "Ayşe"}, "wa_id": "905321112233"}]
    [delivery] = read_payload(payload("77", contacts=contacts, messages=[{**base, **message}]))
    [found] = delivery.messages
    return found


@pytest.mark.parametrize(
    ("message", "text", "kinds"),
    [
        ({"type": "text", "text": {"body": "merhaba"}}, "merhaba", []),
        ({"type": "button", "button": {"text": "Evet", "payload": "x"}}, "Evet", []),
        (
            {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": CHOSEN}},
            "2. olan",
            [],
        ),
        ({"type": "image", "image": {"id": "m1", "caption": "bu geldi"}}, "bu geldi", ["image"]),
        ({"type": "audio", "audio": {"id": "m2", "voice": True}}, "", ["audio"]),
        ({"type": "location", "location": {"latitude": 41.0, "longitude": 29.0}}, "", ["location"]),
        ({"type": "unsupported", "errors": [{"code": 131051}]}, "", ["unsupported"]),
    ],
)  # fmt: skip
def test_kinds_of_messages(message: dict[str, Any], text: str, kinds: list[str]) -> None:
    found = one(message)
    assert (found.text, [a.kind for a in found.attachments]) == (text, kinds)
    assert (found.phone, found.phone_verified, found.name) == ("+905321112233", True, "Ayşe")


def test_a_number_that_whatsapp_does_not_give_is_not_verified() -> None:
    found = one({"from": None, "from_user_id": "TR.1", "type": "text"}, {"user_id": "TR.1"})
    assert (found.channel_user_id, found.phone, found.phone_verified) == ("TR.1", None, False)


def test_statuses_carry_our_own_id_and_the_reason() -> None:
    [delivery] = read_payload(status("77", "wamid.2", "failed", "out_1", 131026))
    [said] = delivery.statuses
    assert (said.status, said.own_id, said.reason) == (
        "failed", "out_1", "131026: Message undeliverable",
    )  # fmt: skip


def test_signatures() -> None:
    body = text_message("77", "905", "wamid.3", "selam")
    check_signature(signed(body)["x-hub-signature-256"], body, "an app secret")
    for header in (
        "",
        "sha256=",
        "sha256=ü",
        "sha1=" + "0" * 40,
        signed(body, "x")["x-hub-signature-256"],
    ):
        with pytest.raises(NotSignedIn):
            check_signature(header, body, "an app secret")

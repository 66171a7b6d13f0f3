"""Standard Webhooks, against the vector of its reference libraries."""

from __future__ import annotations

import pytest

from invekto.channels.signing import new_secret, signed_headers, verify
from invekto.errors import BadData, NotSignedIn

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
NOW = 1614265330.0


def test_the_reference_vector() -> None:
    assert signed_headers(HEADERS["webhook-id"], int(NOW), BODY, [SECRET]) == HEADERS
    assert verify(HEADERS, BODY, [SECRET], NOW) == HEADERS["webhook-id"]


def test_while_secrets_rotate_either_fits() -> None:
    old, new = new_secret(), new_secret()
    headers = signed_headers("m", int(NOW), BODY, [new, old])
    for secret in (old, new):
        assert verify(headers, BODY, [secret], NOW) == "m"


@pytest.mark.parametrize(
    ("change", "body", "now"),
    [
        ({}, BODY + b" ", NOW),
        ({}, BODY, NOW + 301),
        ({}, BODY, NOW - 301),
        ({"webhook-id": "another"}, BODY, NOW),
        ({"webhook-id": ""}, BODY, NOW),
        ({"webhook-timestamp": "1614265331"}, BODY, NOW),
        ({"webhook-timestamp": "١٦١٤٢٦٥٣٣٠"}, BODY, NOW),
        ({"webhook-timestamp": "-1"}, BODY, NOW),
        ({"webhook-signature": "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}, BODY, NOW),
        ({"webhook-signature": "v1,ü"}, BODY, NOW),
    ],
)
def test_anything_else_does_not(change: dict[str, str], body: bytes, now: float) -> None:
    with pytest.raises(NotSignedIn):
        verify({**HEADERS, **change}, body, [SECRET], now)


def test_a_secret_that_is_none() -> None:
    with pytest.raises(BadData):
        signed_headers("m", 1, BODY, ["whsec_not base64!"])

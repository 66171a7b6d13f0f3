"""Addresses that tenants give are called only where anybody could be: whatever they are written
as, whatever their names stand for, whenever the names change, wherever they redirect to."""

from __future__ import annotations

import ast
import asyncio
import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import invekto
from invekto.channels.addresses import PublicTransport, checked_url, is_public, resolved
from invekto.channels.generic import GenericSender
from invekto.channels.sending import NotTaken, Outgoing, RefusedForGood
from invekto.errors import BadRequest

PACKAGE = Path(invekto.__file__).parent
PUBLIC = "93.184.215.14"
NOT_PUBLIC = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/29", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
    "::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8", "2001:db8::/32", "100::/64",
]  # fmt: skip


@st.composite
def not_public(draw: st.DrawFn) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    network = ipaddress.ip_network(draw(st.sampled_from(NOT_PUBLIC)))
    return network[draw(st.integers(0, min(network.num_addresses - 1, 2**64)))]


def disguises(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterator[str]:
    """Ways of writing an address."""
    if isinstance(address, ipaddress.IPv6Address):
        yield f"[{address}]"
        yield f"[{address.exploded}]"
        return
    number, octets = int(address), address.packed
    yield str(address)
    yield f"[::ffff:{address}]"
    yield f"[64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}]"
    yield f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::1]"
    yield str(number)
    yield hex(number)
    yield ".".join(f"0{octet:o}" for octet in octets)
    yield f"{octets[0]}.{number & 0xFFFFFF}"
    yield f"{address}."


@given(not_public())
@example(ipaddress.ip_address("169.254.169.254"))
@example(ipaddress.ip_address("127.0.0.1"))
def test_no_way_of_writing_a_private_address_passes(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert not is_public(address)
    for host in disguises(address):
        with pytest.raises(BadRequest):
            checked_url(f"https://{host}/hook")


def test_public_addresses_pass() -> None:
    for host in (
        "example.com",
        PUBLIC,
        "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]",
        "xn--bcher-kva.example",
    ):
        assert checked_url(f"https://{host}:8443/hook").port == 8443


class Names:
    """A resolver whose answers change."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def getaddrinfo(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in found]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Any:
    async def install(*answers: list[str]) -> Names:
        names = Names(*answers)
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", names.getaddrinfo)
        return names

    return install


@pytest.mark.parametrize("found", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["::1"], ["fe80::1%eth0"]])
async def test_a_name_that_stands_for_a_private_address_is_refused(
    resolver: Any, found: list[str]
) -> None:
    await resolver(found)
    with pytest.raises(BadRequest, match="not on the public internet"):
        await resolved("https://shop.example/hook")


class Taken(httpx.AsyncBaseTransport):
    """Where a connection would have gone, and what would have been said there."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers) or [httpx.Response(200)]
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def test_a_name_cannot_change_its_mind_between_look_up_and_connection(resolver: Any) -> None:
    """DNS rebinding: the second answer is private, and nobody asks a second time."""
    names, line = await resolver([PUBLIC], ["127.0.0.1"]), Taken()
    async with httpx.AsyncClient(transport=PublicTransport(inner=line)) as http:
        await http.post("https://shop.example:8443/hook", content=b"{}")
        [sent] = line.requests
        assert (sent.url.host, sent.url.port) == (PUBLIC, 8443)
        assert sent.headers["host"] == "shop.example:8443"
        assert sent.extensions["sni_hostname"] == "shop.example"
        assert names.asked == ["shop.example"]
        with pytest.raises(httpx.ConnectError, match="not on the public internet"):
            await http.post("https://shop.example:8443/hook", content=b"{}")
    assert len(line.requests) == 1


async def test_a_redirect_is_checked_as_well(resolver: Any) -> None:
    await resolver([PUBLIC])
    inside = httpx.Response(307, headers={"location": "https://169.254.169.254/latest/meta-data"})
    line = Taken(inside)
    transport = PublicTransport(inner=line)
    async with httpx.AsyncClient(transport=transport, follow_redirects=True) as http:
        with pytest.raises(httpx.ConnectError, match="not on the public internet"):
            await http.get("https://shop.example/")
    assert len(line.requests) == 1


MESSAGE = Outgoing("m1", "905321112233", "merhaba", "answer", conversation_id="cv_1")


async def test_the_generic_channel_follows_no_redirect_and_calls_nobody_inside(
    resolver: Any,
) -> None:
    line = Taken(httpx.Response(302, headers={"location": "http://127.0.0.1/"}))
    async with httpx.AsyncClient(transport=line) as http:
        sender = GenericSender(http, "https://shop.example/in", ["whsec_c2VjcmV0"])
        await resolver([PUBLIC])
        with pytest.raises((RefusedForGood, NotTaken)):
            await sender.send(MESSAGE)
        assert [str(r.url) for r in line.requests] == [f"https://{PUBLIC}/in"]
        await resolver(["192.168.1.1"])
        with pytest.raises(RefusedForGood, match="address"):
            await sender.send(MESSAGE)
    assert len(line.requests) == 1


WHOSE = {
    "channels/addresses.py": "the guard itself",
    "channels/generic.py": "guarded",
    "channels/whatsapp_sending.py": "the operator's: whatsapp_api_url",
    "connectors/http.py": "the operator's: trendyol_url, hepsiburada_url, iyzico_url",
    "llm/chat.py": "the operator's, or guarded by llm/endpoints.py",
    "llm/reach.py": "guarded",
    "server/jobs/webhook.py": "guarded",
    "server/jwks.py": "the operator's: jwt_jwks_url",
    "server/process.py": "makes the client that the others call with",
    "tools/paid.py": "makes a client for connectors",
    "tools/gateways.py": "makes a client for connectors",
}
"""Every module that calls out, and whose addresses it calls."""
CALLS = {"AsyncClient", "Client", "post", "get", "request", "stream", "send", "AsyncHTTPTransport"}


def test_whoever_calls_out_says_whose_address_it_is() -> None:
    """A new caller has to be added here, and to use the guard where a tenant gives the address."""
    calling = {
        str(path.relative_to(PACKAGE)): path.read_text("utf-8")
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] != "evals" and _calls_out(path)
    }
    assert set(calling) == set(WHOSE)
    for name, said in WHOSE.items():
        text = calling[name]
        assert ("resolved(" in text or "PublicTransport(" in text) or said != "guarded", name
        assert "follow_redirects=True" not in text, name


def _calls_out(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if node.func.attr in CALLS and (owner == "httpx" or owner.split(".")[-1] == "http"):
                return True
            if owner in {"urllib.request", "requests"}:
                return True
    return False

"""Addresses that tenants give us to call: public ones only, and the one that was checked.

The name is resolved here and the connection goes to the address that was checked, with the name
kept for TLS and the Host header, so that a name cannot change its mind between the two.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

import httpx

from invekto.errors import BadRequest, ProviderUnavailable

SCHEMES = {"https": 443, "http": 80}
LONGEST = 2_000  # characters
NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
"""A last label that makes some resolvers read the name as an IPv4 address (URL standard, "ends in
a number")."""
CARRIER_GRADE = ipaddress.ip_network("100.64.0.0/10")


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, and what to say there."""

    url: httpx.URL
    host: str
    server_name: str

    @property
    def extensions(self) -> dict[str, str]:
        """For httpx: the name that the certificate must be for."""
        return {"sni_hostname": self.server_name}


def checked_url(raw: str, *, private: bool = False) -> httpx.URL:
    """The parsed address of a receiver; numbers that are not public are refused at once.

    Args:
        private: allow plain http and addresses of this machine and network (demo, tests).

    Raises:
        BadRequest: no http(s) address, with credentials, or not public.
    """
    try:
        url = httpx.URL(raw)
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise BadRequest("this is no URL") from error
    if len(raw) > LONGEST or url.scheme not in SCHEMES or not url.host:
        raise BadRequest("give a full https:// address")
    if url.userinfo:
        raise BadRequest("an address with a user name or password in it is not accepted")
    if private:
        return url
    if url.scheme != "https":
        raise BadRequest("give a full https:// address")
    literal = _literal(url.host)
    if literal is not None and not is_public(literal):
        raise BadRequest("this address is not on the public internet")
    if literal is None and NUMBER.fullmatch(url.host.rstrip(".").rpartition(".")[2]):
        raise BadRequest("write the address as a name, or as four numbers")
    return url


async def resolved(raw: str, *, private: bool = False) -> Target:
    """Look a receiver's name up and check every address it has.

    Raises:
        BadRequest: as `checked_url`, or the name stands for an address that is not public.
        ProviderUnavailable: the name cannot be looked up.
    """
    url = checked_url(raw, private=private)
    port = url.port or SCHEMES[url.scheme]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            url.host, port, type=socket.SOCK_STREAM
        )
    except OSError as error:
        raise ProviderUnavailable(f"the name {url.host} cannot be looked up") from error
    except UnicodeError as error:
        raise BadRequest(f"{url.host!r} is no host name") from error
    addresses = [str(entry[4][0]) for entry in found]
    _refuse_private(url.host, addresses, private)
    host_header = url.netloc.decode("ascii")
    return Target(url.copy_with(host=addresses[0]), host_header, url.host)


def _refuse_private(host: str, addresses: Iterable[str], private: bool) -> None:
    for address in addresses:
        if not private and not is_public(ipaddress.ip_address(address.partition("%")[0])):
            raise BadRequest(f"{host} stands for an address that is not on the public internet")


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether anybody on the internet could have this address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo is not None:
            return False
        if inner is not None:
            return is_public(inner)
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    shared = isinstance(address, ipaddress.IPv4Address) and address in CARRIER_GRADE
    return address.is_global and not address.is_multicast and not shared


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


class PublicTransport(httpx.AsyncBaseTransport):
    """For clients that call where a tenant said: every request, a redirection's included, goes to
    an address that was looked up and checked for it; the name stays for Host and the certificate.

    Args:
        private: allow plain http and addresses of this machine and network (demo, tests).
    """

    def __init__(
        self, *, private: bool = False, inner: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._private = private
        self._inner = inner or httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.ConnectError where the address is not public or has no name."""
        try:
            target = await resolved(str(request.url), private=self._private)
        except (BadRequest, ProviderUnavailable) as error:
            raise httpx.ConnectError(error.message, request=request) from error
        pinned = httpx.Request(
            request.method, target.url, headers=request.headers, stream=request.stream,
            extensions={**request.extensions, **target.extensions},
        )  # fmt: skip
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

"""Links lead to allowed hosts only."""

from __future__ import annotations

import re

from invekto.contracts.guard import Outcome
from invekto.guardrails.claims import find_claims, host_of
from invekto.guardrails.flat import flat
from invekto.guardrails.reply import Check

_WHOLE = re.compile(
    r"(?<![\w.-])(?:https?://|www\.)?[\w-]{1,40}(?:\.[\w-]{1,40}){1,4}/[^\s<>()\",;،؛]{1,300}"
)
_MAYBE = re.compile(r"https?:|www\.|\.[a-z]{2,7}(?:/|\b)")


def check(check: Check) -> None:
    """Hosts come from the policy, the facts and the tenant's published contacts."""
    if not _MAYBE.search(check.flat):
        return
    links = [
        c
        for c in find_claims(check.reply.text, check.flat, check.reply.language)
        if c.kind == "link"
    ]
    if not links:
        return
    for link in links:
        quote = check.reply.text[link.start : link.end]
        if _altered(quote, check):
            check.find("links", "bad_link", Outcome.BLOCK, quote, "no such address in the facts")
    allowed = _allowed(check)
    for link in links:
        host = link.value[0]
        if not any(host == a or host.endswith(f".{a}") for a in allowed):
            quote = check.reply.text[link.start : link.end]
            check.find("links", "bad_link", Outcome.BLOCK, quote, f"{host} is no allowed host")


def _altered(link: str, check: Check) -> bool:
    """The facts have an address of this host, and not this one."""
    said = _address(link)
    told = [
        _address(a) for text in [*check.reply.facts, *check.reply.own] for a in _WHOLE.findall(text)
    ]
    same = [a for a in told if "/" in a and a.split("/")[0] == said.split("/")[0]]
    return "/" in said and bool(same) and not any(a.startswith(said) for a in same)


def _address(link: str) -> str:
    """Host and path without what stands before and after them; the host in small letters."""
    bare = re.sub(r"^[a-zA-Z]+://|^www\.", "", link).rstrip(".,;:!?'\")/،؛؟")
    host, slash, path = bare.removeprefix("www.").partition("/")
    return host.lower() + slash + path


def _allowed(check: Check) -> set[str]:
    hosts = {host_of(h) for h in check.policy.allowed_hosts}
    for text in [*check.reply.facts, *check.reply.own]:
        for claim in find_claims(text, flat(text), check.reply.language):
            if claim.kind == "link":
                hosts.add(claim.value[0])
        hosts.update(_address(address).split("/")[0] for address in _WHOLE.findall(text))
    return hosts

"""What a policy would have done with replies already sent: tried before it is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from invekto.contracts.guard import Finding
from invekto.contracts.policy import Policy
from invekto.guardrails import disclaimer, language, links, medical, phrases, promises
from invekto.guardrails.reply import Check, ReplyUnderCheck

EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A reply that the policies judge differently; `found` what only the judging one objects to."""

    text: str
    found: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """`stopped` and `released` are counts; `reasons` those of the stopped. Examples are the first
    of each, personal values as they were sent."""

    checked: int
    stopped: int
    released: int
    reasons: dict[str, int]
    stopped_examples: tuple[Change, ...]
    released_examples: tuple[Change, ...]


def try_policy(policy: Policy, current: Policy, replies: Iterable[ReplyUnderCheck]) -> Trial:
    """Judge sent replies by a draft and by the policy in force, by what a policy decides: whether
    the facts bear a reply out does not depend on it, and they are not kept with what was sent."""
    checked = 0
    stopped: list[Change] = []
    released: list[Change] = []
    for reply in replies:
        checked += 1
        after, before = _findings(reply, policy), _findings(reply, current)
        if after and not before:
            stopped.append(Change(reply.text, after))
        if before and not after:
            released.append(Change(reply.text, before))
    reasons = Counter(reason for change in stopped for reason in {f.reason for f in change.found})
    return Trial(
        checked,
        len(stopped),
        len(released),
        dict(reasons.most_common()),
        tuple(stopped[:EXAMPLES]),
        tuple(released[:EXAMPLES]),
    )


def _findings(reply: ReplyUnderCheck, policy: Policy) -> tuple[Finding, ...]:
    check = Check(reply, policy)
    for rail in (medical, phrases, promises, links, language, disclaimer):
        rail.check(check)
    return tuple(check.findings)

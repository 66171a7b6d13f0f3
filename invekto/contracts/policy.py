"""What a tenant's replies may say: the rules of one tenant, sector defaults filled in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from invekto.errors import BadData


@dataclass(frozen=True, slots=True)
class Policy:
    """Published per tenant, else the sector's. Two equal policies have the same `version`."""

    name: str
    """Sector or tenant it was written for, for people to read."""
    banned: tuple[str, ...] = ()
    """Phrases never sent, any inflection of them."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts a link may point to, subdomains included; hosts named in the facts count as well."""
    max_discount: float = 0.0
    """Highest percentage a reply may grant that the facts do not state."""
    disclaimers: dict[str, str] = field(default_factory=dict)
    """Language → sentence that goes with health information."""
    person_promises: tuple[str, ...] = ()
    """Kinds of promise only a person may make: refund, compensation, free_service, deadline,
    guarantee, exception."""
    max_length: dict[str, int] = field(default_factory=dict)
    """Channel → characters; `default` for the others."""
    health: bool = False
    """Whether the rules for health advertising and medical advice apply."""

    @property
    def version(self) -> str:
        """Hash of all rules: part of the behaviour version."""
        canonical = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def as_data(self) -> dict[str, Any]:
        """For storing; `policy_from_data` reads it back."""
        return asdict(self)


PROMISES = frozenset(
    {"refund", "compensation", "free_service", "deadline", "guarantee", "exception", "discount"}
)


def policy_from_data(data: dict[str, Any], base: Policy | None = None) -> Policy:
    """A policy from stored or written data; what is missing comes from `base`.

    Raises:
        BadData: unknown key, wrong type, or rules that contradict each other.
    """
    known = {f.name for f in fields(Policy)}
    unknown = set(data) - known
    if unknown:
        raise BadData(
            f"a policy has no {', '.join(sorted(unknown))}: use {', '.join(sorted(known))}"
        )
    merged = {**(base.as_data() if base else {}), **data}
    try:
        policy = Policy(
            name=str(merged["name"]),
            banned=_words(merged, "banned"),
            allowed_hosts=tuple(h.lower() for h in _words(merged, "allowed_hosts")),
            max_discount=float(merged.get("max_discount", 0)),
            disclaimers={str(k): str(v) for k, v in dict(merged.get("disclaimers", {})).items()},
            person_promises=_words(merged, "person_promises"),
            max_length={str(k): int(v) for k, v in dict(merged.get("max_length", {})).items()},
            health=bool(merged.get("health", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadData(f"the policy cannot be read: {error!r}") from error
    _check(policy)
    return policy


def _words(data: dict[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key, ())
    if isinstance(value, str) or not all(isinstance(v, str) for v in value):
        raise BadData(f"`{key}` of a policy must be a list of words, got {value!r}")
    return tuple(v.strip() for v in value if v.strip())


def _check(policy: Policy) -> None:
    if not 0 <= policy.max_discount <= 100:
        raise BadData(f"max_discount is a percentage from 0 to 100, got {policy.max_discount:g}")
    unknown = set(policy.person_promises) - PROMISES
    if unknown:
        raise BadData(
            f"unknown promise kinds {', '.join(sorted(unknown))}: use {', '.join(sorted(PROMISES))}"
        )
    short = {c: n for c, n in policy.max_length.items() if n < 40}
    if short:
        raise BadData(f"max_length under 40 characters would block every reply: {short}")
    for language, sentence in policy.disclaimers.items():
        tight = {c: n for c, n in policy.max_length.items() if n <= len(sentence)}
        if tight:
            raise BadData(
                f"the {language} disclaimer has {len(sentence)} characters, more than a whole reply"
                f" may have: {tight}"
            )
        said = [b for b in policy.banned if b.casefold() in sentence.casefold()]
        if said:
            raise BadData(
                f"the {language} disclaimer contains the banned phrase {said[0]!r}:"
                " change one of them"
            )

"""The rules for replies: drafted, tried on what was sent last week, published, rolled back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from psycopg import AsyncConnection
from pydantic import BaseModel, Field

from invekto.contracts.policy import Policy, policy_from_data
from invekto.errors import NotFound
from invekto.guardrails import pii
from invekto.guardrails.rails import sector_policy
from invekto.guardrails.trial import Change
from invekto.records import policies
from invekto.records.policies import PolicyVersion
from invekto.records.tenants import get_tenant
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.policy_trial import tried
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/policies", tags=["policies"], route_class=Door)

Version = Annotated[int, Path(ge=1, le=2_000_000_000)]
Phrase = Annotated[str, Field(min_length=1, max_length=200)]
Language = Annotated[str, Field(min_length=2, max_length=8)]
Sentence = Annotated[str, Field(max_length=400)]
Conn = AsyncConnection[Any]


class Rules(BaseModel):
    """What replies may say."""

    banned: list[str] = Field(description="Phrases never sent, in any inflection.")
    allowed_hosts: list[str] = Field(description="Hosts that links may point to.")
    max_discount: float = Field(description="Highest percentage that no fact has to state.")
    disclaimers: dict[str, str] = Field(description="By language, with health information.")
    person_promises: list[str] = Field(description="Kinds of promise only a person makes.")
    max_length: dict[str, int] = Field(description="Characters by channel; `default` for others.")
    health: bool = Field(description="Whether the rules of health advertising apply.")


class InForce(BaseModel):
    """`version` is null while the sector's rules apply."""

    version: int | None
    rules: Rules


class VersionSeen(BaseModel):
    version: int
    status: str = Field(description="draft, published or retired")
    author: str
    note: str
    created_at: datetime
    published_at: datetime | None
    rules: Rules


class PolicyIn(Body):
    """What is not named is taken from the rules in force."""

    banned: Annotated[list[Phrase], Field(max_length=500)] | None = Field(
        None, examples=[["garanti", "en ucuz"]]
    )
    allowed_hosts: Annotated[list[Phrase], Field(max_length=200)] | None = Field(
        None, examples=[["nehirmoda.example"]]
    )
    max_discount: Annotated[float, Field(ge=0, le=100)] | None = Field(None, examples=[10])
    disclaimers: Annotated[dict[Language, Sentence], Field(max_length=20)] | None = None
    person_promises: Annotated[list[Phrase], Field(max_length=20)] | None = Field(
        None, examples=[["refund", "guarantee"]]
    )
    max_length: (
        Annotated[dict[Phrase, Annotated[int, Field(ge=40, le=4000)]], Field(max_length=20)] | None
    ) = Field(None, examples=[{"default": 900}])
    note: Annotated[str, Field(max_length=200)] = Field("", examples=["kampanya bitti"])


class ChangeSeen(BaseModel):
    text: str = Field(description="The reply, personal values masked.")
    reasons: list[str]
    explanations: list[str]


class TrialSeen(BaseModel):
    """What the version would have done with the replies of the last days, against the rules in
    force: how many it would have stopped, how many let go."""

    days: int
    checked: int
    stopped: int
    released: int
    reasons: dict[str, int]
    stopped_examples: list[ChangeSeen]
    released_examples: list[ChangeSeen]


@router.get("")
async def list_policies(caller: CurrentCaller, deps: Deps) -> list[VersionSeen]:
    """Every version, newest first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        return [_seen(one) for one in await policies.history(conn)]


@router.get("/current")
async def current_policy(caller: CurrentCaller, deps: Deps) -> InForce:
    """The rules in force."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        return await _in_force(conn)


@router.post("", status_code=201)
async def draft_policy(body: PolicyIn, caller: CurrentCaller, deps: Deps) -> VersionSeen:
    """Keep a draft; nothing is in force yet. Rules that contradict each other are refused."""
    asked = {
        name: value
        for name, value in body.model_dump(exclude={"note"}).items()
        if value is not None
    }
    async with deps.database.tenant(caller.tenant_id) as conn:
        wanted = policy_from_data(asked, await _policy(conn))
        made = await policies.draft(conn, wanted, caller.subject, body.note)
        await audited(conn, caller, "policy.drafted", "policy", str(made), rules=sorted(asked))
        return _seen(await _version(conn, made))


@router.get("/{version}/trial")
async def try_version(
    version: Version,
    caller: CurrentCaller,
    deps: Deps,
    days: Annotated[int, Query(ge=1, le=31, description="How far back.")] = 7,
) -> TrialSeen:
    """What this version would have done with the replies of the last days."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        draft = (await _version(conn, version)).policy
        current = await _policy(conn)
        await audited(conn, caller, "policy.tried", "policy", str(version), days=days)
    found = await tried(deps, caller.tenant_id, draft, current, days)
    return TrialSeen(
        days=days,
        checked=found.checked,
        stopped=found.stopped,
        released=found.released,
        reasons=found.reasons,
        stopped_examples=[_change(one) for one in found.stopped_examples],
        released_examples=[_change(one) for one in found.released_examples],
    )


@router.post("/{version}/publish")
async def publish_policy(version: Version, caller: CurrentCaller, deps: Deps) -> VersionSeen:
    """Put a draft in force from the next reply on; an older version again is the way back."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await _version(conn, version)
        made = await policies.publish(conn, version)
        await audited(conn, caller, "policy.published", "policy", str(version))
    return _seen(made)


@router.delete("/current", status_code=204)
async def back_to_sector(caller: CurrentCaller, deps: Deps) -> Response:
    """The sector's rules again; the versions stay."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if await policies.withdraw(conn):
            await audited(conn, caller, "policy.withdrawn", "policy")
    return Response(status_code=204)


async def _policy(conn: Conn) -> Policy:
    return await policies.published(conn) or sector_policy((await get_tenant(conn)).sector)


async def _in_force(conn: Conn) -> InForce:
    held = [one.version for one in await policies.history(conn) if one.status == "published"]
    return InForce(version=held[0] if held else None, rules=_rules(await _policy(conn)))


async def _version(conn: Conn, version: int) -> PolicyVersion:
    found = next((one for one in await policies.history(conn) if one.version == version), None)
    if found is None:
        raise NotFound(f"there is no policy version {version}: draft it first", version=version)
    return found


def _rules(policy: Policy) -> Rules:
    return Rules.model_validate(policy, from_attributes=True)


def _seen(one: PolicyVersion) -> VersionSeen:
    return VersionSeen(
        version=one.version,
        status=one.status,
        author=one.author,
        note=one.note,
        created_at=one.created_at,
        published_at=one.published_at,
        rules=_rules(one.policy),
    )


def _change(one: Change) -> ChangeSeen:
    return ChangeSeen(
        text=pii.mask(one.text, pii.find(one.text)),
        reasons=sorted({finding.reason for finding in one.found}),
        explanations=sorted({finding.explanation for finding in one.found if finding.explanation}),
    )

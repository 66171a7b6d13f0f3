"""The fixed texts: drafted, published, rolled back. They are sent word for word, outside the trust
curve."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from invekto.server import fixed_texts
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/notices", tags=["notices"], route_class=Door)

Language = Annotated[str, Field(min_length=2, max_length=8)]
Version = Annotated[int, Path(ge=1, le=2_000_000_000)]


class VersionSeen(BaseModel):
    version: int
    status: str = Field(description="draft, published or retired")
    texts: dict[str, str]
    author: str
    created_at: datetime
    published_at: datetime | None


class NoticeSeen(BaseModel):
    name: str
    usual: dict[str, str] = Field(description="The sector's wording by language.")
    own: dict[str, str] = Field(description="The business's own that is in force.")
    versions: list[VersionSeen] = Field(description="Newest first.")


class DraftIn(Body):
    texts: Annotated[
        dict[Language, Annotated[str, Field(max_length=4000)]], Field(min_length=1, max_length=20)
    ] = Field(
        description="By language; where one is missing the sector's wording goes out.",
        examples=[{"tr": "Mesajınızı aldık, birazdan yazacağız."}],
    )


class Drafted(BaseModel):
    version: int


@router.get("")
async def list_notices(caller: CurrentCaller, deps: Deps) -> list[NoticeSeen]:
    """Every fixed text with its versions."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await fixed_texts.fixed_texts(conn, deps, caller.tenant_id)
    return [NoticeSeen.model_validate(one, from_attributes=True) for one in found]


@router.post("/{name}/drafts", status_code=201)
async def draft_notice(name: str, body: DraftIn, caller: CurrentCaller, deps: Deps) -> Drafted:
    """Keep a wording that is not in force yet, in the place of an earlier draft."""
    return Drafted(version=await fixed_texts.draft(deps, caller, name, dict(body.texts)))


@router.post("/{name}/versions/{version}/publish", status_code=204)
async def publish_notice(
    name: str, version: Version, caller: CurrentCaller, deps: Deps
) -> Response:
    """Put a wording in force from the next turn on, also an older one again."""
    await fixed_texts.publish(deps, caller, name, version)
    return Response(status_code=204)


@router.delete("/{name}/versions/{version}", status_code=204)
async def discard_draft(name: str, version: Version, caller: CurrentCaller, deps: Deps) -> Response:
    """Throw a draft away."""
    await fixed_texts.discard(deps, caller, name, version)
    return Response(status_code=204)


@router.delete("/{name}", status_code=204)
async def withdraw_notice(name: str, caller: CurrentCaller, deps: Deps) -> Response:
    """The sector's wording again; the versions stay."""
    await fixed_texts.withdraw(deps, caller, name)
    return Response(status_code=204)

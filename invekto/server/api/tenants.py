"""A new tenant: asked for by an owner of the main product, with a token that names it already."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from invekto.errors import NotAllowed, NotSignedIn
from invekto.intake.run import create_tenant
from invekto.records import audit
from invekto.server.caller import Role
from invekto.server.deps import Deps
from invekto.server.shapes import Body
from invekto.server.tokens import caller_of_token

router = APIRouter(prefix="/v1/tenants", tags=["tenants"])


class TenantIn(Body):
    sector: Annotated[str, Field(min_length=1, max_length=60)] = Field(examples=["dental"])
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, examples=["İnci Diş Kliniği"]
    )


class TenantMade(BaseModel):
    tenant_id: str
    name: str
    sector: str
    languages: list[str]
    timezone: str
    currency: str


@router.post("", status_code=201)
async def add_tenant(body: TenantIn, request: Request, deps: Deps) -> TenantMade:
    """Create the tenant that the caller's token names, with what its sector brings. 409: it
    exists."""
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not shown.strip():
        raise NotSignedIn("show the main product's token of an owner of the new tenant")
    caller = await caller_of_token(shown.strip(), deps)
    if caller.role is not Role.OWNER:
        raise NotAllowed(f"the role {caller.role} may not do this: it is for owner")
    made = await create_tenant(deps.database, caller.tenant_id, body.sector, body.name)
    async with deps.database.tenant(made.tenant_id) as conn:
        await audit.record(
            conn, "tenant.created", actor_kind="user", actor_id=caller.subject,
            resource_type="tenant", resource_id=made.tenant_id, detail={"sector": made.sector},
        )  # fmt: skip
    return TenantMade.model_validate(made, from_attributes=True)

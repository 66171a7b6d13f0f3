"""The stored tenant as tools see it."""

from __future__ import annotations

from invekto.records.tenants import Tenant
from invekto.tools.contract import TenantView


def tenant_view(tenant: Tenant) -> TenantView:
    """What tools and templates may know of a stored tenant."""
    return TenantView(
        tenant_id=tenant.tenant_id,
        name=tenant.name,
        sector=tenant.sector,
        timezone=tenant.timezone,
        currency=tenant.currency,
        default_language=tenant.default_language,
        languages=tuple(tenant.languages),
        tone=tenant.tone,
        health=tenant.health,
        profile=tenant.profile,
        settings=tenant.settings,
    )

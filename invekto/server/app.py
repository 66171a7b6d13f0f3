"""The app: every route, behind one door."""

from __future__ import annotations

from functools import partial

from fastapi import Depends, FastAPI

from invekto import __version__
from invekto.server.access import ACCESS
from invekto.server.api import (
    appointments,
    audit_log,
    business,
    canned,
    connections,
    conversations,
    events,
    figures,
    health,
    imports,
    keys,
    knowledge,
    knowledge_care,
    knowledge_pages,
    leads,
    marks,
    messages,
    model,
    notices,
    policies,
    privacy,
    replay,
    requests,
    rights,
    sessions,
    setup,
    suggestions,
    tenants,
    tools,
    trust,
    users,
    webhooks,
)
from invekto.server.auth import authorise
from invekto.server.console import add_console
from invekto.server.deps import ServerDeps
from invekto.server.frame import Frame
from invekto.server.openapi import describe
from invekto.server.problems import add_problem_handlers
from invekto.server.webhooks import generic, providers, whatsapp
from invekto.server.widget import routes as widget

ABOUT = """Grounded replies to customer messages, suggested or sent as far as trust was earned.

Show an API key (`Authorization: Bearer ik_…`) or the main product's token. Errors are
problem+json. Lists are paged by `cursor`. Every POST takes an `Idempotency-Key`."""

ROUTERS = (
    health.router,
    sessions.router,
    messages.router,
    suggestions.router,
    conversations.router,
    marks.router,
    business.router,
    canned.router,
    setup.router,
    users.router,
    privacy.router,
    rights.router,
    audit_log.router,
    keys.router,
    events.router,
    tools.router,
    knowledge.router,
    knowledge_care.router,
    knowledge_pages.router,
    trust.router,
    figures.router,
    replay.router,
    model.router,
    notices.router,
    policies.router,
    webhooks.router,
    connections.router,
    appointments.router,
    requests.router,
    leads.router,
    imports.router,
    tenants.router,
    whatsapp.router,
    generic.router,
    providers.router,
    widget.router,
    widget.script,
)


def create_app(deps: ServerDeps) -> FastAPI:
    """The app over dependencies that are open already.

    `app.state.access` and `app.state.public` say who may call what; who adds a router adds its
    addresses there. `app.state.error_page(request, error)` may answer browsers with a page,
    `app.state.said(request, message)` may word an error's message.
    """
    app = FastAPI(
        title="Invekto AI",
        version=__version__,
        description=ABOUT,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(authorise)],
    )
    app.state.deps = deps
    app.state.access = dict(ACCESS)
    app.state.public = set()
    for router in ROUTERS:
        app.include_router(router)
    add_console(app)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    add_problem_handlers(app)
    app.add_middleware(Frame, tracer=deps.engine.deps.tracer)
    return app

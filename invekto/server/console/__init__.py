"""The people's side: pages for agents, knowledge managers, supervisors and owners."""

from __future__ import annotations

from fastapi import FastAPI

from invekto.server.console import (
    access,
    api_docs,
    dashboard,
    entry,
    inbox,
    knowledge,
    live,
    replay,
    replying,
    requests,
    settings,
    simulated,
    trust,
)
from invekto.server.console.pages import error_page, told
from invekto.server.console.static_files import static_files

ROUTERS = (
    entry.router,
    api_docs.router,
    inbox.router,
    replying.router,
    live.router,
    simulated.router,
    replay.router,
    requests.router,
    trust.router,
    dashboard.router,
    knowledge.router,
    *settings.ROUTERS,
)


def add_console(app: FastAPI) -> None:
    """Give an app the console: routes, who may call them, static files and error pages."""
    for router in ROUTERS:
        app.include_router(router)
    app.state.access.update(access.ACCESS)
    app.state.public |= access.PUBLIC
    app.state.error_page = error_page
    app.state.said = told
    app.mount("/static/console", static_files(), name="console-static")

"""Every address of the app."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute


def addresses(app: FastAPI) -> set[tuple[str, str]]:
    """(method, path template) of every route, whatever router it came by."""
    found = set()
    for route in _routes(app.router.routes):
        for method in (route.methods or set()) - {"HEAD"}:
            found.add((method, route.path_format))
    return found


def _routes(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):  # how FastAPI keeps an included router
            yield from _routes(route.original_router.routes)

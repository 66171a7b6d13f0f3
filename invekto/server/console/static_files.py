"""The console's own scripts and styles, addressed by their content's hash."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"


class Hashed(StaticFiles):
    """Files that browsers may keep for a year: a change moves their address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200 and b"v=" in scope.get("query_string", b""):
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def static_files() -> Hashed:
    """The app that serves the folder."""
    return Hashed(directory=os.fspath(FOLDER))


@cache
def asset(name: str) -> str:
    """The address of a file in the folder."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
    return f"/static/console/{name}?v={digest}"

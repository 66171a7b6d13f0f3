"""A receiver of webhooks: checks signatures, keeps what it got, fails as it is told."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invekto.channels.signing import verify
from invekto.errors import NotSignedIn


@dataclass
class Receiver:
    """`answers`: statuses for the next requests, then 200."""

    secrets: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/hook", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        try:
            message_id = verify(request.headers, body, self.secrets, time.time())
        except NotSignedIn:
            return Response(status_code=401)
        self.got.append((message_id, json.loads(body)))
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

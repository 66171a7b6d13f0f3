"""Pages of lists: a cursor is the place after the last row, opaque to the caller."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from invekto.errors import BadRequest

Item = TypeVar("Item")

PageSize = Annotated[int, Query(ge=1, le=100, description="Rows of a page.")]
PageCursor = Annotated[
    str | None, Query(max_length=400, description="`next_cursor` of the page before.")
]


class Page(BaseModel, Generic[Item]):
    """One page; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None = Field(default=None)


def to_cursor(*place: str | int | datetime) -> str:
    """An opaque cursor of a place."""
    plain = [p.isoformat() if isinstance(p, datetime) else p for p in place]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def from_cursor(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The place of a cursor, of these types.

    Raises:
        BadRequest: it is none of ours.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded.encode(), altchars=b"-_", validate=True))
        if not isinstance(place, list) or len(place) != len(kinds):
            raise ValueError
        return tuple(_typed(value, kind) for value, kind in zip(place, kinds, strict=True))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise BadRequest("the cursor is not one that was given out here") from error


def _typed(value: object, kind: type) -> object:
    if kind is datetime:
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError
        return moment
    if type(value) is not kind or (isinstance(value, int) and abs(value) >= 2**63):
        raise ValueError
    return value.replace("\0", "") if isinstance(value, str) else value


def paged(found: list[Any], limit: int) -> tuple[list[Any], bool]:
    """Rows of this page, of `limit` + 1 that were asked for, and whether more follow."""
    return found[:limit], len(found) > limit

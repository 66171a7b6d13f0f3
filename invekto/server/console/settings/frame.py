"""What the settings pages share: their sections, the way back, reading forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Form, Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from invekto.errors import BadRequest
from invekto.server.caller import Caller, Role
from invekto.server.console.pages import page
from invekto.server.shapes import Body, storable

HERE = "/console/settings"
Short = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=4000)]
Fitting = TypeVar("Fitting", bound=Body)


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the settings' own menu."""

    name: str
    path: str
    owner: bool = False


SECTIONS = (
    Section("start", "/start"),
    Section("general", ""),
    Section("hours", "/hours"),
    Section("rules", "/rules"),
    Section("notices", "/notices"),
    Section("channels", "/channels"),
    Section("people", "/people"),
    Section("keys", "/keys", owner=True),
    Section("webhooks", "/webhooks"),
    Section("connections", "/connections"),
    Section("model", "/model"),
    Section("privacy", "/privacy"),
    Section("audit", "/audit", owner=True),
)


async def settings_page(
    request: Request, template: str, caller: Caller, tab: str, **given: Any
) -> Response:
    """A page of the settings, beside the menu of those that the caller may open."""
    owns = caller.role is Role.OWNER
    sections = [s for s in SECTIONS if owns or not s.owner]
    return await page(
        request, template, caller, tab=tab, sections=sections, owns=owns, here=HERE, **given
    )


def to(part: str) -> Response:
    """Back to a settings page after a change."""
    return RedirectResponse(f"{HERE}{part}", 303)


def body_of(
    kind: type[Fitting], unfit: str = "the request does not fit", /, **given: Any
) -> Fitting:
    """What a form says, as the body that the API takes for the same.

    Raises:
        BadRequest: it does not fit; said as `unfit`.
    """
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise BadRequest(unfit) from error


async def form_of(request: Request) -> FormData:
    """The fields of a form. Files that nobody asked for are closed."""
    form = await request.form()
    await form.close()
    return form


def text_of(form: FormData, name: str, most: int = 4000) -> str:
    """A field as it can be stored; empty where it is not there.

    Raises:
        BadRequest: longer than `most` characters.
    """
    value = str(storable(str(form.get(name, "")))).strip()
    if len(value) > most:
        raise BadRequest(f"at most {most} characters", field=name)
    return value


def lines_of(form: FormData, name: str, most: int = 200) -> list[str]:
    """The lines of a field, each once, empty ones left out.

    Raises:
        BadRequest: more than `most` lines.
    """
    lines = [line.strip() for line in text_of(form, name, 20_000).splitlines()]
    found = list(dict.fromkeys(line for line in lines if line))
    if len(found) > most:
        raise BadRequest(f"at most {most} lines", field=name)
    return found


def number_of(form: FormData, name: str, low: float, high: float) -> float:
    """A number of a form between two bounds; a decimal comma is understood.

    Raises:
        BadRequest: none, or out of bounds.
    """
    try:
        value = float(text_of(form, name, 40).replace(",", "."))
    except ValueError as error:
        raise BadRequest("this must be a number", field=name) from error
    if not low <= value <= high:
        raise BadRequest(f"between {low:g} and {high:g}", field=name)
    return value

"""How a business answers: tone, languages, opening hours and holidays. The pages' own rules too."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from psycopg import AsyncConnection
from pydantic import BaseModel, Field, model_validator

from invekto.errors import BadRequest, NotFound
from invekto.records import openings, tenants
from invekto.records.openings import Holiday
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1", tags=["settings"], route_class=Door)

Conn = AsyncConnection[Any]
AHEAD = timedelta(days=400)
TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
LANGUAGES = ("tr", "en", "ar")
Language = Literal["tr", "en", "ar"]
ToneName = Literal["formal", "short", "friendly"]
DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[DayName, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Clock = Annotated[str, Field(pattern=TIME, examples=["09:00"])]
Span = Annotated[list[Clock], Field(min_length=2, max_length=2, examples=[["09:00", "18:30"]])]
Day = Annotated[date, Path(examples=["2026-10-29"])]
ODD_SPAN = "a day opens before it closes: give both times, or none"
LANGUAGES_TOLD = "Those customers are answered in; the default is one of them."


class SettingsSeen(BaseModel):
    name: str
    sector: str
    timezone: str
    currency: str
    tone: ToneName
    languages: list[str] = Field(description=LANGUAGES_TOLD)
    default_language: str
    hours: dict[str, list[str] | None] | None = Field(
        description="By weekday, local time; null where closed, or where nobody has said."
    )
    off_hours_reply: bool = Field(
        description="Whether who is handed over outside opening hours is told that nobody is there."
    )


class SettingsChange(Body):
    """What is not named keeps its value."""

    tone: ToneName | None = Field(None, examples=["friendly"])
    languages: Annotated[list[Language], Field(min_length=1, max_length=3)] | None = Field(
        None, description=LANGUAGES_TOLD, examples=[["tr", "en"]]
    )
    default_language: Language | None = Field(None, examples=["tr"])
    hours: dict[DayName, Span | None] | None = Field(
        None,
        description="The whole week; a day that is null or missing is closed.",
        examples=[{"mon": ["09:00", "18:30"], "sat": ["10:00", "17:00"], "sun": None}],
    )
    off_hours_reply: bool | None = None

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> SettingsChange:
        for day, span in (self.hours or {}).items():
            check_span(span, day)
        return self


class HolidaySeen(BaseModel):
    day: date
    name: str
    open_from: time | None = Field(description="Null: closed all day.")
    open_until: time | None


class HolidayIn(Body):
    """A day with hours of its own, or closed."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        examples=["Cumhuriyet Bayramı"]
    )
    open: Span | None = Field(None, description="Null: closed all day.")


def check_span(span: list[str] | None, day: str) -> None:
    """Raises BadRequest where a day closes before it opens."""
    if span is not None and span[1] <= span[0]:
        raise BadRequest(ODD_SPAN, field=day)


@router.get("/settings")
async def get_settings(caller: CurrentCaller, deps: Deps) -> SettingsSeen:
    """How the business answers."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        return await _seen(conn)


@router.patch("/settings")
async def change_settings(body: SettingsChange, caller: CurrentCaller, deps: Deps) -> SettingsSeen:
    """Change how the business answers, from the next message on."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if body.tone is not None:
            await tenants.set_tone(conn, body.tone)
            await _noted(conn, caller, "tone")
        if body.languages is not None or body.default_language is not None:
            await _set_languages(conn, caller, body)
        if body.hours is not None:
            await tenants.update_profile(conn, {"hours": {d: body.hours.get(d) for d in DAYS}})
            await _noted(conn, caller, "hours")
        if body.off_hours_reply is not None:
            await tenants.update_settings(conn, {"off_hours_reply": body.off_hours_reply})
            await _noted(conn, caller, "off_hours_reply", on=body.off_hours_reply)
        return await _seen(conn)


@router.get("/holidays")
async def list_holidays(caller: CurrentCaller, deps: Deps) -> list[HolidaySeen]:
    """Holidays from today on, as far as they are known."""
    today = deps.clock().date()
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await openings.holidays(conn, today, today + AHEAD)
    return [HolidaySeen.model_validate(one, from_attributes=True) for one in found]


@router.put("/holidays/{day}", status_code=204)
async def save_holiday(day: Day, body: HolidayIn, caller: CurrentCaller, deps: Deps) -> Response:
    """Close a day, or give it hours of its own."""
    check_span(body.open, "holiday")
    begin, until = (time.fromisoformat(one) for one in body.open) if body.open else (None, None)
    async with deps.database.tenant(caller.tenant_id) as conn:
        await openings.save_holiday(conn, Holiday(day, body.name.strip(), {}, begin, until))
        await audited(conn, caller, "holiday.saved", "holiday", day.isoformat())
    return Response(status_code=204)


@router.delete("/holidays/{day}", status_code=204)
async def delete_holiday(day: Day, caller: CurrentCaller, deps: Deps) -> Response:
    """An ordinary day again."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if not await openings.delete_holiday(conn, day):
            raise NotFound(f"{day} is no holiday")
        await audited(conn, caller, "holiday.deleted", "holiday", day.isoformat())
    return Response(status_code=204)


async def _set_languages(conn: Conn, caller: Caller, body: SettingsChange) -> None:
    before = await tenants.get_tenant(conn)
    asked = body.languages or before.languages
    default = body.default_language or before.default_language
    wanted = [one for one in LANGUAGES if one in asked]
    await tenants.set_languages(conn, wanted, default)
    await _noted(conn, caller, "languages", languages=wanted)


async def _noted(conn: Conn, caller: Caller, what: str, **detail: Any) -> None:
    await audited(conn, caller, f"tenant.{what}_changed", "tenant", caller.tenant_id, **detail)


async def _seen(conn: Conn) -> SettingsSeen:
    tenant = await tenants.get_tenant(conn)
    return SettingsSeen(
        name=tenant.name,
        sector=tenant.sector,
        timezone=tenant.timezone,
        currency=tenant.currency,
        tone=tenant.tone,
        languages=tenant.languages,
        default_language=tenant.default_language,
        hours=tenant.profile.get("hours"),
        off_hours_reply=tenant.settings.get("off_hours_reply", True),
    )

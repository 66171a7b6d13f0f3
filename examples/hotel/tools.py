"""What the assistant can do for hotel guests: three typed functions over the PMS."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field

from examples.hotel.pms import Reservation, RoomType, Wish, ask_reception, open_pms
from invekto.contracts.evidence import Risk
from invekto.errors import Refused
from invekto.text.say import say_date, say_money
from invekto.tools.contract import (
    Effect,
    Identity,
    Preview,
    Tool,
    ToolArgs,
    ToolContext,
    ToolResult,
)
from invekto.tools.window import Window, read

MAX_NIGHTS = 30


class StayArgs(ToolArgs):
    """The nights asked for; one night where only a day was named."""

    day: Window
    nights: int | None = Field(None, ge=1, le=MAX_NIGHTS)
    guests: int = Field(2, ge=1, le=12)


class FreeRoom(ToolResult):
    name: str
    sleeps: int
    left: int
    total: Decimal
    currency: str


class Availability(ToolResult):
    """Rooms free for the whole stay, cheapest first."""

    arrival: date
    departure: date
    rooms: list[FreeRoom]

    @property
    def nights(self) -> int:
        """Nights of the stay."""
        return (self.departure - self.arrival).days

    def facts(self, language: str) -> list[str]:
        stay = f"{say_date(self.arrival, language)} – {say_date(self.departure, language)}"
        return [stay, f"{self.nights} gece, {self.nights} nights"] + [
            f"{r.name}: {say_money(r.total, r.currency, language, short=True)}, {r.left}, {stay}"
            for r in self.rooms
        ]


async def availability(ctx: ToolContext, args: StayArgs) -> Availability:
    """Which rooms are free for a stay, and what the stay costs."""
    arrival, departure = _stay(args, ctx.now.date())
    pms = open_pms(ctx.now.date())
    fitting = [
        (room, pms.free(room, arrival, departure)) for room in pms.rooms
        if room.sleeps >= args.guests
    ]  # fmt: skip
    rooms = [
        _free(ctx, room, left, (departure - arrival).days) for room, left in fitting if left > 0
    ]
    return Availability(
        arrival=arrival, departure=departure, rooms=sorted(rooms, key=lambda r: r.total)
    )


def _stay(args: StayArgs, today: date) -> tuple[date, date]:
    first = _day(args.day.start)
    last = _day(args.day.end or args.day.start)
    if first is None or last is None:
        raise Refused("which_days", "Hangi tarihler için bakayım?")
    if first < today:
        raise Refused("past_date", f"{first:%d.%m.%Y} geçmişte kaldı. Hangi tarihler için bakayım?")
    nights = args.nights or max((last - first).days, 1)
    if nights > MAX_NIGHTS:
        raise Refused("too_long", f"En fazla {MAX_NIGHTS} gecelik konaklamaya bakabiliyorum.")
    return first, first + timedelta(days=nights)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    moment = read(text)
    return (
        moment.date() if hasattr(moment, "date") else moment if isinstance(moment, date) else None
    )


def _free(ctx: ToolContext, room: RoomType, left: int, nights: int) -> FreeRoom:
    language = ctx.contact.language if ctx.contact else ctx.tenant.default_language
    return FreeRoom(
        name=room.names.get(language, room.names["tr"]),
        sleeps=room.sleeps,
        left=left,
        total=room.price * nights,
        currency=room.currency,
    )


class BookingArgs(ToolArgs):
    """A reservation number; with the surname where the phone is another."""

    number: str | None = Field(None, max_length=20)
    surname: str | None = Field(None, max_length=80)


class Booking(ToolResult):
    number: str
    room: str
    arrival: date
    departure: date
    paid: bool
    check_in: str
    check_out: str

    def facts(self, language: str) -> list[str]:
        return [
            f"{self.number}: {self.room}, {say_date(self.arrival, language)} – "
            f"{say_date(self.departure, language)}, {'ödendi' if self.paid else 'ödenmedi'}",
            f"{self.check_in}, {self.check_out}",
        ]


async def reservation(ctx: ToolContext, args: BookingArgs) -> Booking:
    """The guest's own reservation: dates, room, paid or not."""
    today = ctx.now.date()
    pms = open_pms(today)
    found = _own(ctx, args, today)
    room = next(r for r in pms.rooms if r.code == found.room)
    language = ctx.contact.language if ctx.contact else ctx.tenant.default_language
    return Booking(
        number=found.number,
        room=room.names.get(language, room.names["tr"]),
        arrival=found.arrival,
        departure=found.departure,
        paid=found.paid,
        check_in=pms.check_in,
        check_out=pms.check_out,
    )


def _own(ctx: ToolContext, args: BookingArgs, today: date) -> Reservation:
    """Whose reservation it is: by verified phone, else number and surname."""
    pms, contact = open_pms(today), ctx.contact
    if contact is not None and contact.phone_verified and contact.phone:
        own = pms.by_phone(contact.phone, today)
        if args.number is not None:
            own = tuple(r for r in own if r == pms.by_number(args.number or ""))
        if own:
            return own[0]
    if args.number is None:
        raise Refused("number", "Rezervasyon numaranızı yazar mısınız?")
    found = pms.by_number(args.number)
    surname = found.guest.split()[-1].casefold() if found else None
    if args.surname is None or surname != args.surname.strip().casefold():
        raise Refused("identity", "Güvenliğiniz için rezervasyondaki soyadı da yazar mısınız?")
    assert found is not None
    return found


class TimeArgs(BookingArgs):
    """What the guest would like."""

    wish: Literal["early_check_in", "late_check_out"]
    note: str | None = Field(None, max_length=300)


class TimeAsked(ToolResult):
    number: str
    wish: str


async def check_request_time(ctx: ToolContext, args: TimeArgs) -> Preview:
    """Whether there is a reservation to ask this for."""
    found = _own(ctx, args, ctx.now.date())
    words = {
        "early_check_in": {"tr": "erken giriş", "en": "early check-in"},
        "late_check_out": {"tr": "geç çıkış", "en": "late check-out"},
    }[args.wish]
    return Preview(
        summary={
            "tr": f"{found.number} için {words['tr']} isteğini resepsiyona ilet",
            "en": f"Ask reception for {words['en']} of {found.number}",
        },
        facts=[f"{found.number} {words['tr']} {words['en']}"],
    )


async def request_time(ctx: ToolContext, args: TimeArgs) -> TimeAsked:
    """Ask reception for an early check-in or a late check-out."""
    found = _own(ctx, args, ctx.now.date())
    wish = Wish(ctx.idempotency_key or "-", found.number, args.wish, args.note or "")
    await asyncio.to_thread(ask_reception, wish)
    return TimeAsked(number=found.number, wish=args.wish)


TOOLS = (
    Tool("hotel.availability", availability, StayArgs, Availability, Effect.READ),
    Tool("hotel.reservation", reservation, BookingArgs, Booking, Effect.READ),
    Tool(
        "hotel.request_time", request_time, TimeArgs, TimeAsked, Effect.WRITE, Risk.LOW,
        Identity.CONTACT, check=check_request_time, outside=True,
    ),
)  # fmt: skip

"""What the business says of itself: hours today and in the week, holidays, address, shipping."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from invekto.records import openings
from invekto.records.openings import Holiday
from invekto.text.say import say_time
from invekto.tools.contract import Effect, Tool, ToolArgs, ToolContext, ToolResult
from invekto.tools.profile import hours_on, in_language, number, section
from invekto.tools.window import Window, read
from invekto.tools.wording import Price, fact, label, refuse, speaks

TEXTS = (
    "address", "district", "city", "map_link", "phone", "whatsapp", "email", "website", "parking",
    "directions", "gallery_link", "review_link", "returns_note", "referral_note",
)  # fmt: skip
"""Parts of the profile that may be told as they stand."""


class InfoArgs(ToolArgs):
    """The day asked about; today where none was named."""

    day: Window | None = None


class DayHours(ToolResult):
    """One day: open from and until, or closed; the holiday's name where it is one."""

    day: date
    open_from: time | None
    open_until: time | None
    holiday: str | None = None

    @property
    def open(self) -> bool:
        """Whether the business opens that day."""
        return self.open_from is not None

    def hours_text(self, language: str) -> str:
        """`09.00–18.30`."""
        return hours_said(self.open_from, self.open_until, language)


class Branch(ToolResult):
    """Another address of the business."""

    name: str
    address: str
    phone: str | None


class Info(ToolResult):
    """The profile as customers may be told; `asked` is the day they asked about."""

    business: str
    asked: DayHours
    is_today: bool
    open_now: bool
    next_opening: datetime | None
    week: list[DayHours]
    texts: dict[str, str]
    branches: list[Branch]
    social: dict[str, str]
    shipping_fee: Decimal | None
    free_shipping_from: Decimal | None
    delivery_days: list[int]
    couriers: list[str]
    return_days: int | None
    exchange_days: int | None
    currency: str

    def text(self, name: str) -> str | None:
        """A part of the profile, if it is there."""
        return self.texts.get(name)

    def facts(self, language: str) -> list[str]:
        return [*self._hours(language), *self._texts(language), *self._shipping(language)]

    def _hours(self, language: str) -> list[str]:
        name, said = self.business, []
        said.append(self._day_fact(self.asked, language))
        if self.asked.holiday:
            said.append(fact("info.holiday", language, day=self.asked.day, name=self.asked.holiday))
        if self.is_today:
            key = "info.open_now" if self.open_now else "info.closed_now"
            said.append(fact(key, language, business=name))
        if self.next_opening is not None:
            said.append(fact("info.next_open", language, business=name, moment=self.next_opening))
        for n, day in enumerate(self.week, 1):
            weekday = label("weekday", str(n), language)
            if day.open:
                hours = day.hours_text(language)
                said.append(
                    fact("info.weekly", language, business=name, weekday=weekday, hours=hours)
                )
            else:
                said.append(fact("info.weekly_closed", language, business=name, weekday=weekday))
        return said + [
            fact("info.holiday", language, day=d.day, name=d.holiday)
            for d in self.week
            if d.holiday
        ]

    def _day_fact(self, day: DayHours, language: str) -> str:
        if not day.open:
            return fact("info.closed", language, business=self.business, day=day.day)
        hours = day.hours_text(language)
        return fact("info.open", language, business=self.business, day=day.day, hours=hours)

    def _texts(self, language: str) -> list[str]:
        name = self.business
        said = [
            fact("info.item", language, business=name, key=label("info", key, language), value=text)
            for key, text in self.texts.items()
        ]
        said += [
            fact("info.item", language, business=f"{name} {b.name}",
                 key=label("info", "address", language), value=b.address)
            for b in self.branches
        ]  # fmt: skip
        return said + [
            fact("info.item", language, business=name, key=key, value=url)
            for key, url in self.social.items()
        ]

    def _shipping(self, language: str) -> list[str]:
        name, said = self.business, []
        prices = {"shipping_fee": self.shipping_fee, "shipping_free": self.free_shipping_from}
        for key, amount in prices.items():
            if amount is not None:
                price = Price(amount, self.currency)
                said.append(fact(f"info.{key}", language, business=name, price=price))
        if self.delivery_days:
            days = "–".join(map(str, self.delivery_days))
            said.append(fact("info.delivery_days", language, business=name, days=days))
        if self.couriers:
            couriers = ", ".join(self.couriers)
            said.append(fact("info.couriers", language, business=name, couriers=couriers))
        periods = {"return_days": self.return_days, "exchange_days": self.exchange_days}
        return said + [
            fact(f"info.{key}", language, business=name, days=days)
            for key, days in periods.items()
            if days
        ]


def hours_said(begin: time | None, end: time | None, language: str) -> str:
    """`09.00–18.30`, `09:00–18:30`."""
    if begin is None or end is None:
        return ""
    return f"{say_time(begin, language)}–{say_time(end, language)}"


async def info(ctx: ToolContext, args: InfoArgs) -> Info:
    """Opening hours of a day (holidays known), address, contact, shipping and return rules."""
    if not ctx.tenant.profile:
        raise refuse(ctx, "no_profile")
    today = ctx.now.date()
    asked = _asked(args.day, today)
    monday = today - timedelta(days=today.weekday())
    last = max(asked, today) + timedelta(days=14)
    found = {h.day: h for h in await openings.holidays(ctx.conn, min(monday, asked), last)}
    shown = hours_of(ctx, asked, found)
    return Info(
        business=ctx.tenant.name,
        asked=shown,
        is_today=asked == today,
        open_now=_open_at(hours_of(ctx, today, found), ctx.now),
        next_opening=_next_opening(ctx, found),
        week=[_usual(ctx, monday + timedelta(days=n)) for n in range(7)],
        texts=_texts(ctx),
        branches=_branches(ctx.tenant.profile.get("branches")),
        social={str(k): str(v) for k, v in section(ctx.tenant, "social").items()},
        currency=ctx.tenant.currency,
        **_terms(ctx),
    )


def _asked(window: Window | None, today: date) -> date:
    if window is None or window.start is None:
        return today
    moment = read(window.start)
    if isinstance(moment, datetime):
        return moment.date()
    return moment if isinstance(moment, date) else today


def hours_of(ctx: ToolContext, day: date, holidays: dict[date, Holiday]) -> DayHours:
    """One day's hours, a holiday's own where it is one."""
    holiday = holidays.get(day)
    if holiday is not None:
        return DayHours(
            day=day, open_from=holiday.open_from, open_until=holiday.open_until,
            holiday=holiday.named(speaks(ctx)) or None,
        )  # fmt: skip
    return _usual(ctx, day)


def _usual(ctx: ToolContext, day: date) -> DayHours:
    hours = hours_on(ctx.tenant, day.isoweekday())
    return DayHours(
        day=day, open_from=hours[0] if hours else None, open_until=hours[1] if hours else None
    )


def _open_at(day: DayHours, moment: datetime) -> bool:
    if day.open_from is None or day.open_until is None:
        return False
    return day.open_from <= moment.time() < day.open_until


def _next_opening(ctx: ToolContext, holidays: dict[date, Holiday]) -> datetime | None:
    for offset in range(15):
        day = hours_of(ctx, ctx.now.date() + timedelta(days=offset), holidays)
        if day.open_from is None:
            continue
        opens = datetime.combine(day.day, day.open_from, tzinfo=ctx.tenant.zone)
        if opens > ctx.now:
            return opens
    return None


def _texts(ctx: ToolContext) -> dict[str, str]:
    language, own = speaks(ctx), ctx.tenant.default_language
    found = {key: in_language(ctx.tenant.profile.get(key), language, own) for key in TEXTS}
    return {key: text for key, text in found.items() if text is not None}


def _branches(listed: Any) -> list[Branch]:
    rows = [row for row in listed or [] if isinstance(row, dict)]
    return [
        Branch(
            name=str(row.get("name", "")), address=str(row.get("address", "")),
            phone=row.get("phone"),
        )
        for row in rows
    ]  # fmt: skip


def _terms(ctx: ToolContext) -> dict[str, Any]:
    shipping, returns = section(ctx.tenant, "shipping"), section(ctx.tenant, "returns")
    days = shipping.get("delivery_days") or []
    return {
        "shipping_fee": number(shipping.get("fee")),
        "free_shipping_from": number(shipping.get("free_from")),
        "delivery_days": [int(d) for d in (days if isinstance(days, list) else [days])],
        "couriers": [str(c) for c in shipping.get("couriers") or []],
        "return_days": returns.get("return_window_days"),
        "exchange_days": returns.get("exchange_window_days"),
    }


TOOLS = (Tool("business.info", info, InfoArgs, Info, Effect.READ),)

"""When the business may write of its own accord, and when it had better not. Pure.

One gate for every proactive message, in this order: opt-out, consent (health tenants: explicit
consent before any automation; commercial messages: marketing consent, law 6563), too late, quiet
hours, the channel's 24-hour window and its approved templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

WINDOW = timedelta(hours=24)
"""After the customer's last message, free text is allowed on WhatsApp; outside only templates."""
WINDOWED = frozenset({"whatsapp"})
REMINDERS = (
    ("appointment_reminder_48h", timedelta(hours=48), timedelta(hours=26)),
    ("appointment_reminder_2h", timedelta(hours=2), timedelta(minutes=30)),
)
"""Kind, how long before the start, and how long before the start it has become useless."""
EXTRA = ("appointment_reminder_24h", timedelta(hours=24), timedelta(hours=4))
"""For people who missed appointments before."""
BOOKED = "appointment_booked"
"""The confirmation of what was booked outside a conversation."""
ASKS_TO_CONFIRM = frozenset({REMINDERS[0][0], EXTRA[0]})
"""Kinds that ask whether the person is coming: needless once they said so."""
MISSED = 2
"""From this many missed appointments on there is the extra reminder."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Local hours in which messages of a class may arrive; `until` is exclusive."""

    begin: time
    until: time

    def allow(self, moment: datetime) -> bool:
        """Whether a local moment is within."""
        return self.begin <= moment.time() < self.until

    def next_allowed(self, moment: datetime) -> datetime:
        """The moment itself, or the next opening."""
        if self.allow(moment):
            return moment
        day = moment.date() + timedelta(days=0 if moment.time() < self.begin else 1)
        return datetime.combine(day, self.begin, tzinfo=moment.tzinfo)

    def last_allowed(self, moment: datetime) -> datetime:
        """The moment itself, or the last one before it that is allowed."""
        if self.allow(moment):
            return moment
        day = moment.date() - timedelta(days=1 if moment.time() < self.begin else 0)
        latest = datetime.combine(day, self.until, tzinfo=moment.tzinfo)
        return latest - timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Etiquette:
    """A tenant's hours and templates. `templates` holds the kinds approved for WhatsApp."""

    zone: ZoneInfo
    transactional: Hours = Hours(time(8), time(22))
    commercial: Hours = Hours(time(10), time(20))
    templates: Mapping[str, Any] | None = None
    health: bool = False

    def hours(self, message_class: str) -> Hours:
        """The hours of a message class."""
        return self.commercial if message_class == "commercial" else self.transactional


def etiquette(zone: ZoneInfo, settings: Mapping[str, Any], *, health: bool) -> Etiquette:
    """The tenant's rules from its settings: `quiet_hours` {"from", "until"} and `templates`."""
    quiet = settings.get("quiet_hours") or {}
    base = Etiquette(zone, templates=settings.get("templates") or {}, health=health)
    if not quiet:
        return base
    hours = Hours(time.fromisoformat(quiet["until"]), time.fromisoformat(quiet["from"]))
    commercial = Hours(
        max(hours.begin, base.commercial.begin), min(hours.until, base.commercial.until)
    )
    return Etiquette(zone, hours, commercial, base.templates, health)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder to plan: when it goes and from when on it is useless."""

    kind: str
    due_at: datetime
    not_after: datetime


def reminders(
    starts_at: datetime, now: datetime, rules: Etiquette, *, missed: int = 0
) -> list[Reminder]:
    """The reminders of an appointment. One that would fall into quiet hours goes before them;
    one whose time has passed is left out."""
    wanted: Iterable[tuple[str, timedelta, timedelta]] = REMINDERS
    if missed >= MISSED:
        wanted = (REMINDERS[0], EXTRA, REMINDERS[1])
    planned = []
    for kind, before, useless in wanted:
        local = (starts_at - before).astimezone(rules.zone)
        due = rules.transactional.last_allowed(local)
        if due > now and due < starts_at:
            planned.append(Reminder(kind, due, starts_at - useless))
    return planned


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that wants to go now, and what is known of its contact."""

    kind: str
    message_class: str
    channel: str
    not_after: datetime | None = None
    opted_out: bool = False
    consent: str | None = None
    marketing_consent: bool = False
    last_inbound_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`send` (with the template where one is needed), `wait` until a moment, `suppress` with a
    reason, or `expire`."""

    action: Literal["send", "wait", "suppress", "expire"]
    reason: str = ""
    until: datetime | None = None
    template: Any = None


def gate(asked: Asked, rules: Etiquette, now: datetime) -> Verdict:
    """Whether a message may go now."""
    if asked.opted_out:
        return Verdict("suppress", "opted_out")
    if rules.health and asked.consent != "given":
        return Verdict("suppress", "no_consent")
    if asked.message_class == "commercial" and not asked.marketing_consent:
        return Verdict("suppress", "no_marketing_consent")
    if asked.not_after is not None and now > asked.not_after:
        return Verdict("expire", "too_late")
    local = now.astimezone(rules.zone)
    opening = rules.hours(asked.message_class).next_allowed(local)
    if opening > local:
        if asked.not_after is not None and opening > asked.not_after:
            return Verdict("expire", "quiet_hours")
        return Verdict("wait", "quiet_hours", until=opening)
    return _by_channel(asked, rules, now)


def _by_channel(asked: Asked, rules: Etiquette, now: datetime) -> Verdict:
    last = asked.last_inbound_at
    if asked.channel not in WINDOWED or (last is not None and now - last < WINDOW):
        return Verdict("send")
    template = (rules.templates or {}).get(asked.kind)
    if template is None:
        return Verdict("suppress", "no_template")
    return Verdict("send", "template", template=template)

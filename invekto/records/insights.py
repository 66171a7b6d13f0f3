"""The dashboard's figures: each a query over what happened in a period, `begin` to `end`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

Conn = AsyncConnection[Any]

MINUTES_AUTOMATIC = 3
"""What a person takes to read, look up and answer one message; told on the page."""
MINUTES_ACCEPTED = 2
MINUTES_EDITED = 1


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts and medians of a period.

    Attributes:
        messages: that customers wrote.
        answered, suggested, handed_over: turns by outcome.
        drafts, unchanged, edited: drafts that people decided on, sent as they were, sent edited.
        assisted: replies that a person sent from a draft.
        auto_seconds: median from a customer's message to its automatic reply.
        reply_seconds: median from a customer's message to the first reply of anybody.
    """

    messages: int
    answered: int
    suggested: int
    handed_over: int
    drafts: int
    unchanged: int
    edited: int
    wrong: int
    auto_seconds: float | None
    reply_seconds: float | None

    @property
    def turns(self) -> int:
        return self.answered + self.suggested + self.handed_over

    @property
    def assisted(self) -> int:
        return self.unchanged + self.edited

    @property
    def minutes_saved(self) -> int:
        """By the fixed minutes above."""
        return (
            self.answered * MINUTES_AUTOMATIC
            + self.unchanged * MINUTES_ACCEPTED
            + self.edited * MINUTES_EDITED
        )


@dataclass(frozen=True, slots=True)
class Slice:
    """The turns of a day, intent, language or channel by outcome."""

    name: str
    answered: int
    suggested: int
    handed_over: int

    @property
    def total(self) -> int:
        return self.answered + self.suggested + self.handed_over

    @property
    def automatic(self) -> float:
        """Share that was answered without a person, 0 to 1."""
        return self.answered / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many of the contacts that began something came to its end."""

    name: str
    began: int
    ended: int


OVERVIEW = """
WITH t AS (SELECT * FROM turns WHERE tenant_id = app.current_tenant()
               AND created_at >= %(begin)s AND created_at < %(end)s),
     s AS (SELECT status FROM suggested_replies WHERE tenant_id = app.current_tenant()
               AND resolved_at >= %(begin)s AND resolved_at < %(end)s
               AND status IN ('sent', 'edited', 'rejected', 'taken_over', 'ignored')),
     v AS (SELECT DISTINCT turn_id, kind FROM trust_verdicts
               WHERE tenant_id = app.current_tenant() AND at >= %(begin)s AND at < %(end)s),
     asked AS (SELECT conversation_id, seq, sent_at, turn_id FROM messages
               WHERE tenant_id = app.current_tenant() AND author = 'customer'
                 AND sent_at >= %(begin)s AND sent_at < %(end)s),
     waits AS (SELECT extract(epoch FROM r.sent_at - a.sent_at) AS seconds, r.author, r.turn_id
               FROM asked a JOIN LATERAL (SELECT sent_at, author, turn_id FROM messages m
                   WHERE m.tenant_id = app.current_tenant()
                     AND m.conversation_id = a.conversation_id AND m.seq > a.seq
                     AND m.author IN ('ai', 'person', 'person_for_ai')
                   ORDER BY m.seq LIMIT 1) r ON true)
SELECT (SELECT count(*) FROM asked) AS messages,
    (SELECT count(*) FROM t WHERE outcome = 'answered') AS answered,
    (SELECT count(*) FROM t WHERE outcome = 'suggested') AS suggested,
    (SELECT count(*) FROM t WHERE outcome = 'handed_over') AS handed_over,
    (SELECT count(*) FROM s) AS drafts,
    (SELECT count(*) FROM s WHERE status = 'sent') AS unchanged,
    (SELECT count(*) FROM s WHERE status = 'edited') AS edited,
    (SELECT count(DISTINCT turn_id) FROM v WHERE kind IN
        ('audit_wrong', 'auto_wrong_agent', 'auto_wrong_customer')) AS wrong,
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM waits WHERE author = 'ai')
        AS auto_seconds,
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM waits) AS reply_seconds
"""


async def turns_by_day(conn: Conn, begin: datetime, end: datetime, *, zone: str) -> list[Slice]:
    """Turns by outcome by day of the business's calendar, in order."""
    async with conn.cursor(row_factory=class_row(Slice)) as cur:
        await cur.execute(
            """SELECT to_char(created_at AT TIME ZONE %(zone)s, 'YYYY-MM-DD') AS name,
                    count(*) FILTER (WHERE outcome = 'answered') AS answered,
                    count(*) FILTER (WHERE outcome = 'suggested') AS suggested,
                    count(*) FILTER (WHERE outcome = 'handed_over') AS handed_over
                FROM turns
                WHERE tenant_id = app.current_tenant() AND created_at >= %(begin)s
                  AND created_at < %(end)s
                  AND outcome IN ('answered', 'suggested', 'handed_over')
                GROUP BY 1 ORDER BY 1""",
            {"begin": begin, "end": end, "zone": zone},
        )
        return await cur.fetchall()


async def overview(conn: Conn, begin: datetime, end: datetime) -> Overview:
    """The period's counts and medians."""
    async with conn.cursor(row_factory=class_row(Overview)) as cur:
        await cur.execute(OVERVIEW, {"begin": begin, "end": end})
        found = await cur.fetchone()
    assert found is not None
    return found


EACH = ("intent", "language", "channel")


async def turns_by_each(conn: Conn, begin: datetime, end: datetime) -> dict[str, list[Slice]]:
    """Turns by outcome by each of `EACH`, the most frequent first, in one statement."""
    done = await conn.execute(
        """SELECT i.intent, t.language, v.channel,
                count(*) FILTER (WHERE t.outcome = 'answered'),
                count(*) FILTER (WHERE t.outcome = 'suggested'),
                count(*) FILTER (WHERE t.outcome = 'handed_over')
            FROM turns t JOIN conversations v USING (tenant_id, conversation_id)
            CROSS JOIN LATERAL (SELECT t.intents[1] AS intent) i
            WHERE t.tenant_id = app.current_tenant() AND t.created_at >= %s AND t.created_at < %s
              AND t.outcome IN ('answered', 'suggested', 'handed_over')
            GROUP BY GROUPING SETS ((i.intent), (t.language), (v.channel))
            ORDER BY count(*) DESC, 1, 2, 3""",
        [begin, end],
    )
    found: dict[str, list[Slice]] = {name: [] for name in EACH}
    for *names, answered, suggested, handed_over in await done.fetchall():
        for name, value in zip(EACH, names, strict=True):
            if value is not None:
                found[name].append(Slice(value, answered, suggested, handed_over))
    return found


async def hand_over_reasons(conn: Conn, begin: datetime, end: datetime) -> list[tuple[str, int]]:
    """(reason, count), the most frequent first."""
    done = await conn.execute(
        """SELECT reason, count(*) FROM handovers WHERE tenant_id = app.current_tenant()
               AND created_at >= %s AND created_at < %s GROUP BY 1 ORDER BY 2 DESC, 1""",
        [begin, end],
    )
    return [(str(reason), int(count)) for reason, count in await done.fetchall()]


async def price_to_appointment(conn: Conn, begin: datetime, end: datetime) -> Funnel:
    """Contacts who asked for a price, and those of them who booked afterwards."""
    done = await conn.execute(
        """WITH asked AS (SELECT v.contact_id, min(t.created_at) AS at FROM turns t
               JOIN conversations v USING (tenant_id, conversation_id)
               WHERE t.tenant_id = app.current_tenant() AND 'price_query' = ANY (t.intents)
                 AND t.created_at >= %s AND t.created_at < %s GROUP BY 1)
           SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM appointments a
               WHERE a.tenant_id = app.current_tenant() AND a.contact_id = asked.contact_id
                 AND a.created_at >= asked.at AND a.status <> 'cancelled'))
           FROM asked""",
        [begin, end],
    )
    row = await done.fetchone()
    assert row is not None
    return Funnel("price_to_appointment", int(row[0]), int(row[1]))


async def lead_to_appointment(conn: Conn, begin: datetime, end: datetime) -> Funnel:
    """Leads of the period, and those of them whose contact booked afterwards."""
    done = await conn.execute(
        """SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM appointments a
               WHERE a.tenant_id = app.current_tenant() AND a.contact_id = l.contact_id
                 AND a.created_at >= l.created_at AND a.status <> 'cancelled'))
           FROM leads l WHERE tenant_id = app.current_tenant()
             AND created_at >= %s AND created_at < %s""",
        [begin, end],
    )
    row = await done.fetchone()
    assert row is not None
    return Funnel("lead_to_appointment", int(row[0]), int(row[1]))


async def shown_up(conn: Conn, begin: datetime, end: datetime) -> Funnel:
    """Appointments of the period that are over, and those of them that were kept."""
    done = await conn.execute(
        """SELECT count(*), count(*) FILTER (WHERE status = 'completed') FROM appointments
           WHERE tenant_id = app.current_tenant() AND starts_at >= %s AND starts_at < %s
             AND status IN ('completed', 'no_show')""",
        [begin, end],
    )
    row = await done.fetchone()
    assert row is not None
    return Funnel("shown_up", int(row[0]), int(row[1]))


async def deflected(conn: Conn, begin: datetime, end: datetime) -> tuple[Funnel, Decimal]:
    """Returns for which something else was offered, those kept, and the revenue kept with them."""
    done = await conn.execute(
        """SELECT count(*), count(*) FILTER (WHERE was_deflected),
                  coalesce(sum(saved_revenue) FILTER (WHERE was_deflected), 0)
           FROM return_deflections
           WHERE tenant_id = app.current_tenant() AND created_at >= %s AND created_at < %s""",
        [begin, end],
    )
    row = await done.fetchone()
    assert row is not None
    return Funnel("deflected", int(row[0]), int(row[1])), Decimal(row[2])


async def lead_pipeline(conn: Conn) -> list[tuple[str, int]]:
    """(status, count) of all leads."""
    done = await conn.execute(
        "SELECT pipeline_status, count(*) FROM leads WHERE tenant_id = app.current_tenant()"
        " GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return [(str(status), int(count)) for status, count in await done.fetchall()]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers who first wrote in one week. `shares` is, by week from then on, the share of
    their messages answered without a person; None where they wrote nothing."""

    week: date
    customers: int
    shares: list[float | None]


async def cohorts(conn: Conn, now: datetime, zone: str, *, weeks: int = 8) -> list[Cohort]:
    """The last weeks' cohorts, the oldest first."""
    done = await conn.execute(
        """WITH asked AS (SELECT v.contact_id, t.outcome,
                   date_trunc('week', t.created_at AT TIME ZONE %(zone)s)::date AS week
               FROM turns t JOIN conversations v USING (tenant_id, conversation_id)
               WHERE t.tenant_id = app.current_tenant()
                 AND t.outcome IN ('answered', 'suggested', 'handed_over')),
             firsts AS (SELECT contact_id, min(week) AS first FROM asked GROUP BY 1)
           SELECT f.first, (a.week - f.first) / 7, count(DISTINCT a.contact_id), count(*),
               count(*) FILTER (WHERE a.outcome = 'answered')
           FROM asked a JOIN firsts f USING (contact_id)
           WHERE f.first > (date_trunc('week', %(now)s AT TIME ZONE %(zone)s)
                            - make_interval(weeks => %(weeks)s))::date
           GROUP BY 1, 2 ORDER BY 1, 2""",
        {"zone": zone, "now": now, "weeks": weeks},
    )
    found: dict[date, dict[int, tuple[int, int, int]]] = {}
    for first, age, customers, total, answered in await done.fetchall():
        found.setdefault(first, {})[int(age)] = (customers, total, answered)
    return [_cohort(week, ages) for week, ages in found.items()]


def _cohort(week: date, ages: dict[int, tuple[int, int, int]]) -> Cohort:
    shares = [ages[age][2] / ages[age][1] if age in ages else None for age in range(max(ages) + 1)]
    return Cohort(week, ages[0][0], shares)


async def first_value(conn: Conn) -> timedelta | None:
    """From the first message of a customer to the first automatic reply; None before it."""
    row = await (
        await conn.execute(
            """SELECT (SELECT min(created_at) FROM turns WHERE tenant_id = app.current_tenant()
                           AND outcome = 'answered')
                    - (SELECT min(sent_at) FROM messages WHERE tenant_id = app.current_tenant()
                           AND author = 'customer')"""
        )
    ).fetchone()
    return row[0] if row else None


@dataclass(frozen=True, slots=True)
class Stock:
    """What answers can rest on: FAQs in force, and products or services with a price."""

    faqs: int
    offers: int


async def stock_of_knowledge(conn: Conn) -> Stock:
    """How much there is to answer from."""
    async with conn.cursor(row_factory=class_row(Stock)) as cur:
        await cur.execute(
            """SELECT
                (SELECT count(*) FROM faqs WHERE tenant_id = app.current_tenant()
                     AND status = 'approved') AS faqs,
                (SELECT count(*) FROM products WHERE tenant_id = app.current_tenant()
                     AND status = 'active')
                + (SELECT count(*) FROM services WHERE tenant_id = app.current_tenant()
                     AND active) AS offers"""
        )
        found = await cur.fetchone()
    return found or Stock(0, 0)


async def first_automatic(conn: Conn) -> datetime | None:
    """When the first reply went by itself."""
    row = await (
        await conn.execute(
            "SELECT min(created_at) FROM turns WHERE tenant_id = app.current_tenant()"
            " AND outcome = 'answered'"
        )
    ).fetchone()
    return row[0] if row else None


def by_week(days: Sequence[Slice]) -> list[Slice]:
    """Days as the weeks they lie in, named by their Mondays."""
    weeks: dict[str, list[Slice]] = {}
    for one in days:
        day = date.fromisoformat(one.name)
        weeks.setdefault((day - timedelta(days=day.weekday())).isoformat(), []).append(one)
    return [
        Slice(
            monday,
            sum(d.answered for d in group),
            sum(d.suggested for d in group),
            sum(d.handed_over for d in group),
        )
        for monday, group in weeks.items()
    ]


def every_day(slices: Sequence[Slice], begin: date, days: int) -> list[Slice]:
    """The same with the days on which nothing happened."""
    found = {one.name: one for one in slices}
    names = [(begin + timedelta(days=n)).isoformat() for n in range(days)]
    return [found.get(name, Slice(name, 0, 0, 0)) for name in names]

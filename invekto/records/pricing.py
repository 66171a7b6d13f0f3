"""What services, packages and campaigns cost, coupons, and quotes given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Service:
    """A treatment or procedure. `prices` holds other currencies: {"EUR": [400, 600]}."""

    service_id: str
    name: str
    duration_minutes: int
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    currency: str = "TRY"
    names: dict[str, str] = field(default_factory=dict)
    synonyms: list[str] = field(default_factory=list)
    category: str = ""
    description: str = ""
    descriptions: dict[str, str] = field(default_factory=dict)
    buffer_before: int = 0
    buffer_after: int = 0
    prices: dict[str, list[float]] = field(default_factory=dict)
    starts_from: bool = False
    instalments: int = 0
    deposit: Decimal | None = None
    sessions: str = ""
    recovery_days: int | None = None
    aftercare: dict[str, str] = field(default_factory=dict)
    bookable: bool = True
    valid_until: date | None = None
    active: bool = True
    search_text: str = ""

    def named(self, language: str) -> str:
        """The name in a language, else the tenant's own."""
        return self.names.get(language) or self.name

    def described(self, language: str) -> str:
        """The description in a language, else the tenant's own."""
        return self.descriptions.get(language) or self.description


@dataclass(frozen=True, slots=True)
class Package:
    package_id: str
    name: str
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    currency: str = "TRY"
    names: dict[str, str] = field(default_factory=dict)
    description: str = ""
    descriptions: dict[str, str] = field(default_factory=dict)
    service_ids: list[str] = field(default_factory=list)
    product_ids: list[str] = field(default_factory=list)
    includes: dict[str, list[str]] = field(default_factory=dict)
    prices: dict[str, list[float]] = field(default_factory=dict)
    starts_from: bool = False
    deposit: Decimal | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    active: bool = True
    search_text: str = ""

    def named(self, language: str) -> str:
        """The name in a language, else the tenant's own."""
        return self.names.get(language) or self.name

    def described(self, language: str) -> str:
        """The description in a language, else the tenant's own."""
        return self.descriptions.get(language) or self.description


@dataclass(frozen=True, slots=True)
class Campaign:
    """`percent` or `amount` off; empty lists mean everything."""

    campaign_id: str
    name: str
    valid_from: date
    valid_until: date | None = None
    names: dict[str, str] = field(default_factory=dict)
    description: str = ""
    descriptions: dict[str, str] = field(default_factory=dict)
    code: str | None = None
    percent: Decimal | None = None
    amount: Decimal | None = None
    min_total: Decimal | None = None
    currency: str = "TRY"
    categories: list[str] = field(default_factory=list)
    product_ids: list[str] = field(default_factory=list)
    service_ids: list[str] = field(default_factory=list)
    active: bool = True

    def named(self, language: str) -> str:
        """The name in a language, else the tenant's own."""
        return self.names.get(language) or self.name

    def described(self, language: str) -> str:
        """The description in a language, else the tenant's own."""
        return self.descriptions.get(language) or self.description


@dataclass(frozen=True, slots=True)
class Coupon:
    code: str
    valid_from: datetime
    valid_until: datetime
    percent: Decimal | None = None
    amount: Decimal | None = None
    min_total: Decimal | None = None
    currency: str = "TRY"
    contact_id: str | None = None
    reason: str = ""
    max_uses: int = 1
    used: int = 0
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Quote:
    """`lines` are [{"kind", "id", "name", "quantity", "min", "max"}], money as strings."""

    quote_id: str
    number: str
    lines: list[dict[str, Any]]
    total_min: Decimal
    total_max: Decimal
    currency: str
    valid_until: datetime
    status: str = "open"
    deposit: Decimal | None = None
    contact_id: str | None = None
    conversation_id: str | None = None


SERVICE = ", ".join(Service.__dataclass_fields__)
PACKAGE = ", ".join(Package.__dataclass_fields__)
CAMPAIGN = ", ".join(Campaign.__dataclass_fields__)
COUPON = ", ".join(Coupon.__dataclass_fields__)
QUOTE = ", ".join(Quote.__dataclass_fields__)


async def services(conn: Conn, service_ids: Iterable[str] | None = None) -> list[Service]:
    """Active services, all or those named."""
    ids = None if service_ids is None else list(service_ids)
    async with conn.cursor(row_factory=class_row(Service)) as cur:
        await cur.execute(
            f"""SELECT {SERVICE} FROM services WHERE tenant_id = app.current_tenant() AND active
                AND (%(ids)s::text[] IS NULL OR service_id = ANY (%(ids)s)) ORDER BY name""",
            {"ids": ids},
        )
        return await cur.fetchall()


async def service_names(conn: Conn) -> list[tuple[str, str, bool]]:
    """(name, id, bookable) of every active service, in all languages and with synonyms."""
    rows = await conn.execute(
        """SELECT name || E'\\n' || array_to_string(synonyms || ARRAY(
                   SELECT value FROM jsonb_each_text(names)), E'\\n'), service_id, bookable
           FROM services WHERE tenant_id = app.current_tenant() AND active ORDER BY service_id"""
    )
    return [
        (name, service_id, bookable)
        for names, service_id, bookable in await rows.fetchall()
        for name in names.split("\n")
    ]


async def packages(conn: Conn, day: date) -> list[Package]:
    """Packages on offer on a day."""
    async with conn.cursor(row_factory=class_row(Package)) as cur:
        await cur.execute(
            f"""SELECT {PACKAGE} FROM packages WHERE tenant_id = app.current_tenant() AND active
                AND (valid_from IS NULL OR valid_from <= %(day)s)
                AND (valid_until IS NULL OR valid_until >= %(day)s) ORDER BY name""",
            {"day": day},
        )
        return await cur.fetchall()


async def campaigns(conn: Conn, day: date, *, coming_until: date | None = None) -> list[Campaign]:
    """Campaigns that run on a day, and those that begin until `coming_until`."""
    async with conn.cursor(row_factory=class_row(Campaign)) as cur:
        await cur.execute(
            f"""SELECT {CAMPAIGN} FROM campaigns WHERE tenant_id = app.current_tenant() AND active
                AND valid_from <= %(until)s AND (valid_until IS NULL OR valid_until >= %(day)s)
                ORDER BY valid_from, campaign_id""",
            {"day": day, "until": coming_until or day},
        )
        return await cur.fetchall()


async def save_service(conn: Conn, service: Service) -> None:
    """Create or replace a service."""
    await _save(
        conn, "services", "service_id", service, ("names", "descriptions", "prices", "aftercare")
    )


async def save_package(conn: Conn, package: Package) -> None:
    """Create or replace a package."""
    await _save(
        conn, "packages", "package_id", package, ("names", "descriptions", "prices", "includes")
    )


async def save_campaign(conn: Conn, campaign: Campaign) -> None:
    """Create or replace a campaign."""
    await _save(conn, "campaigns", "campaign_id", campaign, ("names", "descriptions"))


async def _save(conn: Conn, table: str, key: str, row: Any, documents: tuple[str, ...]) -> None:
    values = {name: getattr(row, name) for name in row.__dataclass_fields__}
    values |= {name: Jsonb(values[name]) for name in documents}
    await conn.execute(
        f"""INSERT INTO {table} ({", ".join(values)})
            VALUES ({", ".join(f"%({n})s" for n in values)})
            ON CONFLICT (tenant_id, {key}) DO UPDATE SET
            {", ".join(f"{n} = excluded.{n}" for n in values if n != key)}""",
        values,
    )


async def add_coupon(conn: Conn, coupon: Coupon, key: str, now: datetime) -> Coupon:
    """Make a coupon once per idempotency key; the one made before is returned as is."""
    values = {name: getattr(coupon, name) for name in Coupon.__dataclass_fields__}
    async with conn.cursor(row_factory=class_row(Coupon)) as cur:
        await cur.execute(
            f"""INSERT INTO coupons ({COUPON}, idempotency_key, created_at)
                VALUES ({", ".join(f"%({n})s" for n in values)}, %(key)s, %(now)s)
                ON CONFLICT (tenant_id, idempotency_key)
                DO UPDATE SET idempotency_key = excluded.idempotency_key RETURNING {COUPON}""",
            {**values, "key": key, "now": now},
        )
        made = await cur.fetchone()
    assert made is not None
    return made


async def coupon_by_key(conn: Conn, key: str) -> Coupon | None:
    """The coupon made under an idempotency key."""
    async with conn.cursor(row_factory=class_row(Coupon)) as cur:
        await cur.execute(
            f"""SELECT {COUPON} FROM coupons
                WHERE tenant_id = app.current_tenant() AND idempotency_key = %s""",
            (key,),
        )
        return await cur.fetchone()


async def coupons_of(conn: Conn, contact_id: str, since: datetime) -> list[Coupon]:
    """Coupons made for a contact since a moment."""
    async with conn.cursor(row_factory=class_row(Coupon)) as cur:
        await cur.execute(
            f"""SELECT {COUPON} FROM coupons WHERE tenant_id = app.current_tenant()
                AND contact_id = %s AND created_at > %s ORDER BY created_at DESC""",
            (contact_id, since),
        )
        return await cur.fetchall()


async def add_quote(conn: Conn, quote: Quote, key: str, now: datetime) -> Quote:
    """Give a quote once per idempotency key; the one given before is returned as is."""
    values = {name: getattr(quote, name) for name in Quote.__dataclass_fields__}
    values["lines"] = Jsonb(quote.lines)
    async with conn.cursor(row_factory=class_row(Quote)) as cur:
        await cur.execute(
            f"""INSERT INTO quotes ({QUOTE}, idempotency_key, created_at)
                VALUES ({", ".join(f"%({n})s" for n in values)}, %(key)s, %(now)s)
                ON CONFLICT (tenant_id, idempotency_key)
                DO UPDATE SET idempotency_key = excluded.idempotency_key RETURNING {QUOTE}""",
            {**values, "key": key, "now": now},
        )
        made = await cur.fetchone()
    assert made is not None
    return made


async def get_quote(conn: Conn, reference: str) -> Quote | None:
    """A quote by id or number."""
    async with conn.cursor(row_factory=class_row(Quote)) as cur:
        await cur.execute(
            f"""SELECT {QUOTE} FROM quotes WHERE tenant_id = app.current_tenant()
                AND (quote_id = %(ref)s OR number = upper(%(ref)s))""",
            {"ref": reference},
        )
        return await cur.fetchone()


async def quote_by_key(conn: Conn, key: str) -> Quote | None:
    """The quote given under an idempotency key."""
    async with conn.cursor(row_factory=class_row(Quote)) as cur:
        await cur.execute(
            f"""SELECT {QUOTE} FROM quotes
                WHERE tenant_id = app.current_tenant() AND idempotency_key = %s""",
            (key,),
        )
        return await cur.fetchone()


async def open_quotes(conn: Conn, contact_id: str, now: datetime) -> list[tuple[Quote, datetime]]:
    """A contact's quotes that are valid and not paid, with when they were given; newest first."""
    columns = ", ".join(f"q.{name}" for name in Quote.__dataclass_fields__)
    rows = await conn.execute(
        f"""SELECT {columns}, q.created_at FROM quotes q
            WHERE q.tenant_id = app.current_tenant() AND q.contact_id = %(contact)s
              AND q.status = 'open' AND q.valid_until >= %(now)s
              AND NOT EXISTS (
                  SELECT 1 FROM payment_links p
                  WHERE p.tenant_id = app.current_tenant() AND p.purpose = 'quote'
                    AND p.reference_id = q.quote_id AND p.status = 'paid')
            ORDER BY q.created_at DESC, q.quote_id DESC LIMIT 5""".encode(),
        {"contact": contact_id, "now": now},
    )
    return [(Quote(*row[:-1]), row[-1]) for row in await rows.fetchall()]


def new_quote_number() -> str:
    """A short number that can be read out, `T-` and six signs without lookalikes."""
    tail = new_id("q")[-10:]
    return "T-" + "".join("23456789ACDEFGHJKMNPQRTUVWXYZ"[int(c, 16) % 29] for c in tail[:6])

"""Products with variants, services, packages and the people who give them: what there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Name:
    """One name of something the tenant offers, for finding it in messages. `kind` is product,
    service, package or practitioner; `language` is empty for a synonym and the tenant's own."""

    kind: str
    id: str
    name: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One size and colour of a product; `price` where it differs from the product's."""

    variant_id: str
    product_id: str
    sku: str
    size: str = ""
    colour: str = ""
    price: Decimal | None = None
    stock_qty: int = 0
    barcode: str | None = None
    back_on: date | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Product:
    """`names` and `descriptions` hold other languages; `search_text` is folded by the caller."""

    product_id: str
    sku: str
    name: str
    price: Decimal
    currency: str = "TRY"
    names: dict[str, str] = field(default_factory=dict)
    category: str = ""
    brand: str = ""
    description: str = ""
    descriptions: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    margin_tier: str = "medium"
    status: str = "active"
    url: str | None = None
    search_text: str = ""
    source: str = "own"

    def named(self, language: str) -> str:
        """The name in a language, else the tenant's own; in Arabic rather the English one."""
        english = self.names.get("en") if language == "ar" else None
        return self.names.get(language) or english or self.name

    def described(self, language: str) -> str:
        """The description in a language, else the tenant's own."""
        return self.descriptions.get(language) or self.description


@dataclass(frozen=True, slots=True)
class Listing:
    """What searching and recommending need of a product; `other_names` in other languages."""

    product_id: str
    name: str
    other_names: list[str]
    category: str
    tags: list[str]
    price: Decimal
    margin_tier: str
    search_text: str

    @property
    def all_names(self) -> tuple[str, ...]:
        """The names in all languages."""
        return (self.name, *self.other_names)


@dataclass(frozen=True, slots=True)
class Rule:
    """A bundle rule: who looks at the trigger is offered the other."""

    offer_product_id: str
    rule_type: str
    discount_pct: Decimal
    priority: int


PRODUCT = """product_id, sku, name, price, currency, names, category, brand, description,
    descriptions, attributes, tags, margin_tier, status, url, search_text, source"""
VARIANT = "variant_id, product_id, sku, size, colour, price, stock_qty, barcode, back_on, position"


async def names(conn: Conn) -> list[Name]:
    """Every name in every language of what is offered, synonyms included."""
    async with conn.cursor(row_factory=class_row(Name)) as cur:
        await cur.execute(
            """SELECT 'product' AS kind, product_id AS id, n.name, n.language
               FROM products p, LATERAL (SELECT p.name, '' AS language UNION SELECT value, key FROM
                   jsonb_each_text(p.names)) n
               WHERE tenant_id = app.current_tenant() AND status = 'active'
               UNION ALL
               SELECT 'service', service_id, n.name, n.language
               FROM services s, LATERAL (SELECT s.name, '' AS language UNION SELECT value, key FROM
                   jsonb_each_text(s.names) UNION SELECT unnest(s.synonyms), '') n
               WHERE tenant_id = app.current_tenant() AND active
               UNION ALL
               SELECT 'package', package_id, n.name, n.language
               FROM packages k, LATERAL (SELECT k.name, '' AS language UNION SELECT value, key FROM
                   jsonb_each_text(k.names)) n
               WHERE tenant_id = app.current_tenant() AND active
               UNION ALL
               SELECT 'practitioner', practitioner_id, name, '' FROM practitioners
               WHERE tenant_id = app.current_tenant() AND active
               ORDER BY 1, 2, 3, 4"""
        )
        return await cur.fetchall()


async def products(conn: Conn, product_ids: Iterable[str] | None = None) -> list[Product]:
    """Active products, all or those named; in the order of their names."""
    ids = None if product_ids is None else list(product_ids)
    async with conn.cursor(row_factory=class_row(Product)) as cur:
        await cur.execute(
            f"""SELECT {PRODUCT} FROM products
                WHERE tenant_id = app.current_tenant() AND status = 'active'
                  AND (%(ids)s::text[] IS NULL OR product_id = ANY (%(ids)s))
                ORDER BY name""",
            {"ids": ids},
        )
        return await cur.fetchall()


async def listings(conn: Conn) -> list[Listing]:
    """Every active product as searches need it, in the order of names."""
    rows = await conn.execute(
        """SELECT product_id, name, ARRAY(SELECT value FROM jsonb_each_text(names)), category, tags,
               price, margin_tier, search_text
           FROM products WHERE tenant_id = app.current_tenant() AND status = 'active'
           ORDER BY name"""
    )
    return [Listing(*row) for row in await rows.fetchall()]


async def options(conn: Conn) -> list[tuple[str, str]]:
    """("colour" or "size", value) of every colour and size that any variant has."""
    rows = await conn.execute(
        """SELECT 'colour', colour FROM product_variants
           WHERE tenant_id = app.current_tenant() AND colour <> '' GROUP BY colour
           UNION ALL
           SELECT 'size', size FROM product_variants
           WHERE tenant_id = app.current_tenant() AND size <> '' GROUP BY size"""
    )
    return [(str(kind), str(value)) for kind, value in await rows.fetchall()]


async def with_variant(
    conn: Conn,
    listings: Iterable[Listing],
    *,
    colours: Iterable[str] | None = None,
    sizes: Iterable[str] | None = None,
    min_price: Decimal | None = None,
    max_price: Decimal | None = None,
    in_stock: bool = True,
) -> set[str]:
    """The ids of those products that have a variant of all that is asked."""
    asked = list(listings)
    # One index look-up a product: without fresh statistics a join would read all variants.
    rows = await conn.execute(
        """SELECT asked.product_id
           FROM unnest(%(ids)s::text[], %(prices)s::numeric[]) AS asked(product_id, price),
           LATERAL (
               SELECT 1 FROM product_variants v
               WHERE v.tenant_id = app.current_tenant() AND v.product_id = asked.product_id
                 AND (v.stock_qty > 0 OR NOT %(in_stock)s)
                 AND (%(colours)s::text[] IS NULL OR v.colour = ANY (%(colours)s))
                 AND (%(sizes)s::text[] IS NULL OR v.size = ANY (%(sizes)s))
                 AND (%(low)s::numeric IS NULL OR coalesce(v.price, asked.price) >= %(low)s)
                 AND (%(high)s::numeric IS NULL OR coalesce(v.price, asked.price) <= %(high)s)
               LIMIT 1) AS fitting""",
        {
            "ids": [p.product_id for p in asked], "prices": [p.price for p in asked],
            "in_stock": in_stock, "low": min_price, "high": max_price,
            "colours": None if colours is None else list(colours),
            "sizes": None if sizes is None else list(sizes),
        },
    )  # fmt: skip
    return {str(row[0]) for row in await rows.fetchall()}


async def get_product(conn: Conn, reference: str) -> Product | None:
    """A product by id or stock number, whatever its status."""
    async with conn.cursor(row_factory=class_row(Product)) as cur:
        await cur.execute(
            f"""SELECT {PRODUCT} FROM products WHERE tenant_id = app.current_tenant()
                AND (product_id = %(ref)s OR sku = %(ref)s) LIMIT 1""",
            {"ref": reference},
        )
        return await cur.fetchone()


async def variants(conn: Conn, product_ids: Iterable[str]) -> list[Variant]:
    """Variants of the products, in the shop's order."""
    async with conn.cursor(row_factory=class_row(Variant)) as cur:
        await cur.execute(
            f"""SELECT {VARIANT} FROM product_variants
                WHERE tenant_id = app.current_tenant() AND product_id = ANY (%s)
                ORDER BY product_id, position, variant_id""",
            (list(product_ids),),
        )
        return await cur.fetchall()


async def get_variant(conn: Conn, variant_id: str) -> Variant | None:
    """One variant."""
    async with conn.cursor(row_factory=class_row(Variant)) as cur:
        await cur.execute(
            f"""SELECT {VARIANT} FROM product_variants
                WHERE tenant_id = app.current_tenant() AND variant_id = %s""",
            (variant_id,),
        )
        return await cur.fetchone()


async def save_product(conn: Conn, product: Product, its_variants: Iterable[Variant]) -> None:
    """Create or replace a product and exactly these variants; running it twice changes nothing."""
    await conn.execute(
        f"""INSERT INTO products ({PRODUCT})
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (tenant_id, product_id) DO UPDATE SET
                ({PRODUCT}) = ROW(excluded.product_id, excluded.sku, excluded.name,
                excluded.price, excluded.currency, excluded.names, excluded.category,
                excluded.brand, excluded.description, excluded.descriptions,
                excluded.attributes, excluded.tags, excluded.margin_tier, excluded.status,
                excluded.url, excluded.search_text, excluded.source), updated_at = now()""",
        (
            product.product_id, product.sku, product.name, product.price, product.currency,
            Jsonb(product.names), product.category, product.brand, product.description,
            Jsonb(product.descriptions), Jsonb(product.attributes), product.tags,
            product.margin_tier, product.status, product.url, product.search_text,
            product.source,
        ),
    )  # fmt: skip
    kept = list(its_variants)
    await conn.execute(
        """DELETE FROM product_variants WHERE tenant_id = app.current_tenant()
           AND product_id = %s AND NOT variant_id = ANY (%s)""",
        (product.product_id, [v.variant_id for v in kept]),
    )
    for v in kept:
        await conn.execute(
            f"""INSERT INTO product_variants ({VARIANT})
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
                ON CONFLICT (tenant_id, variant_id) DO UPDATE SET
                    ({VARIANT}) = ROW(excluded.variant_id, excluded.product_id, excluded.sku,
                    excluded.size, excluded.colour, excluded.price, excluded.stock_qty,
                    excluded.barcode, excluded.back_on, excluded.position)""",
            (
                v.variant_id, product.product_id, v.sku, v.size, v.colour, v.price, v.stock_qty,
                v.barcode, v.back_on, v.position,
            ),
        )  # fmt: skip


async def set_stock(conn: Conn, variant_id: str, quantity: int) -> None:
    """What a stock sync reports for a variant."""
    await conn.execute(
        """UPDATE product_variants SET stock_qty = %s
           WHERE tenant_id = app.current_tenant() AND variant_id = %s""",
        (quantity, variant_id),
    )


async def take_stock(conn: Conn, variant_id: str, quantity: int = 1) -> bool:
    """Set pieces aside; False where there are not that many left. Safe under concurrency."""
    done = await conn.execute(
        """UPDATE product_variants SET stock_qty = stock_qty - %(n)s
           WHERE tenant_id = app.current_tenant() AND variant_id = %(id)s AND stock_qty >= %(n)s""",
        {"n": quantity, "id": variant_id},
    )
    return done.rowcount == 1


async def rules_for(conn: Conn, product_id: str) -> list[Rule]:
    """Bundle rules that a product triggers, the most important first."""
    async with conn.cursor(row_factory=class_row(Rule)) as cur:
        await cur.execute(
            """SELECT offer_product_id, rule_type, discount_pct, priority FROM bundle_rules
               WHERE tenant_id = app.current_tenant() AND trigger_product_id = %s AND active
               ORDER BY priority DESC, offer_product_id""",
            (product_id,),
        )
        return await cur.fetchall()


async def save_rule(
    conn: Conn,
    rule_id: str,
    trigger_product_id: str,
    offer_product_id: str,
    rule_type: str = "cross_sell",
    discount_pct: Decimal = Decimal(0),
    priority: int = 0,
) -> None:
    """Create or change a bundle rule."""
    await conn.execute(
        """INSERT INTO bundle_rules (rule_id, trigger_product_id, offer_product_id, rule_type,
               discount_pct, priority) VALUES (%s, %s, %s, %s, %s, %s)
           ON CONFLICT (tenant_id, rule_id) DO UPDATE SET
               trigger_product_id = excluded.trigger_product_id,
               offer_product_id = excluded.offer_product_id, rule_type = excluded.rule_type,
               discount_pct = excluded.discount_pct, priority = excluded.priority""",
        (rule_id, trigger_product_id, offer_product_id, rule_type, discount_pct, priority),
    )


async def bought_together(conn: Conn, product_id: str, *, limit: int = 20) -> list[tuple[str, int]]:
    """(product id, orders that hold both), most frequent first; cancelled orders do not count."""
    rows = await conn.execute(
        """SELECT other.product_id, count(DISTINCT other.order_id)
           FROM order_items this
           JOIN order_items other USING (tenant_id, order_id)
           JOIN orders o USING (tenant_id, order_id)
           WHERE this.tenant_id = app.current_tenant() AND this.product_id = %(id)s
             AND other.product_id <> %(id)s AND o.status <> 'cancelled'
           GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(limit)s""",
        {"id": product_id, "limit": limit},
    )
    return [(str(a), int(b)) for a, b in await rows.fetchall()]


async def log_recommendation(
    conn: Conn,
    recommendation_id: str,
    product_id: str,
    *,
    rank: int,
    reason: str,
    now: datetime,
    conversation_id: str | None = None,
    contact_id: str | None = None,
    turn_id: str | None = None,
) -> None:
    """Keep that a product was recommended, and why."""
    await conn.execute(
        """INSERT INTO recommendation_log (recommendation_id, conversation_id, contact_id, turn_id,
               product_id, rank, reason, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        (recommendation_id, conversation_id, contact_id, turn_id, product_id, rank, reason, now),
    )


async def recommended(conn: Conn, conversation_id: str, since: datetime) -> frozenset[str]:
    """Products that were recommended in a conversation since a moment."""
    found = await conn.execute(
        """SELECT DISTINCT product_id FROM recommendation_log
           WHERE tenant_id = app.current_tenant() AND conversation_id = %s AND created_at >= %s""",
        (conversation_id, since),
    )
    return frozenset(str(row[0]) for row in await found.fetchall())


async def settle_recommendation(conn: Conn, recommendation_id: str, *, accepted: bool) -> None:
    """Keep how the customer took it."""
    await conn.execute(
        """UPDATE recommendation_log SET action = %s
           WHERE tenant_id = app.current_tenant() AND recommendation_id = %s""",
        ("accepted" if accepted else "rejected", recommendation_id),
    )

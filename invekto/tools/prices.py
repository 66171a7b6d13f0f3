"""Prices of services, products, packages and campaigns. Only what the tenant's data says; a price
whose validity has passed is not told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field

from invekto.records import catalog, pricing
from invekto.records.pricing import Campaign, Package, Service
from invekto.tools.contract import (
    Effect,
    Tool,
    ToolArgs,
    ToolContext,
    ToolResult,
)  # fmt: skip
from invekto.tools.matching import closest
from invekto.tools.products import product_for
from invekto.tools.profile import whole
from invekto.tools.schedule import service_names
from invekto.tools.wording import Price, fact, refuse, speaks

Wording = Literal["exact", "range", "from", "free", "none"]


class ServiceArgs(ToolArgs):
    """One service, or all where none is named."""

    service: str | None = Field(None, max_length=120)
    currency: str | None = Field(None, pattern="^[A-Z]{3}$")


class ProductArgs(ToolArgs):
    """One product."""

    product: str = Field(max_length=160)


class PackagesArgs(ToolArgs):
    """Packages that hold a service, or all."""

    service: str | None = Field(None, max_length=120)
    name: str | None = Field(None, max_length=120)
    currency: str | None = Field(None, pattern="^[A-Z]{3}$")


class CampaignsArgs(ToolArgs):
    """Campaigns of today and of the days ahead."""

    days_ahead: int = Field(14, ge=0, le=90)


class Priced(ToolResult):
    """A price as it may be told. `wording`: exact, range, from,
    free or none. `prices` holds other
    currencies."""

    kind: str
    id: str
    name: str
    wording: Wording
    low: Decimal | None
    high: Decimal | None
    currency: str
    prices: dict[str, tuple[Decimal, Decimal]] = Field(default_factory=dict)
    instalments: int = 0
    deposit: Decimal | None = None
    duration_minutes: int | None = None
    sessions: str = ""
    recovery_days: int | None = None
    about: str = ""
    includes: list[str] = Field(default_factory=list)
    valid_until: date | None = None

    @property
    def price(self) -> Price | None:
        """The price with its currency, for sentences."""
        if self.low is None:
            return None
        return Price(self.low, self.currency, self.high if self.wording == "range" else None)

    @property
    def price_text(self) -> str:
        """The price in the tenant's own wording for templates in Turkish."""
        return self.price.said("tr") if self.price else ""

    def facts(self, language: str) -> list[str]:
        name = self.name
        if self.price is None:
            said = [fact("price.none", language, name=name)]
        else:
            named = {} if self.wording == "free" else {"price": self.price}
            said = [fact(f"price.{self.wording}", language, name=name, **named)]
        for currency, (low, high) in self.prices.items():
            key = "price.from" if self.wording == "from" else "price.range"
            other = Price(low, currency, None if self.wording == "from" else high)
            said.append(fact(key, language, name=name, price=other))
        return said + self._more(language)

    def _more(self, language: str) -> list[str]:
        name, said = self.name, []
        if self.instalments > 1:
            said.append(fact("price.instalments", language, name=name, count=self.instalments))
        if self.deposit is not None:
            deposit = Price(self.deposit, self.currency)
            said.append(fact("price.deposit", language, name=name, price=deposit))
        if self.duration_minutes:
            minutes = self.duration_minutes
            said.append(fact("slot.duration", language, service=name, minutes=minutes))
        if self.sessions:
            said.append(fact("price.sessions", language, name=name, sessions=self.sessions))
        if self.recovery_days:
            said.append(fact("service.recovery", language, name=name, days=self.recovery_days))
        if self.includes:
            items = ", ".join(self.includes)
            said.append(fact("package.includes", language, name=name, items=items))
        if self.about:
            said.append(fact("service.about", language, name=name, text=self.about))
        if self.valid_until:
            said.append(fact("price.valid", language, name=name, day=self.valid_until))
        return said


class Prices(ToolResult):
    """Prices of several things, one where one was named."""

    items: list[Priced]

    @property
    def only(self) -> Priced | None:
        """The price, where there is exactly one."""
        return self.items[0] if len(self.items) == 1 else None

    def facts(self, language: str) -> list[str]:
        if not self.items:
            return [fact("package.none", language)]
        return [sentence for item in self.items for sentence in item.facts(language)]


class CampaignView(ToolResult):
    """A campaign that runs, or begins soon."""

    name: str
    about: str
    code: str | None
    percent: Decimal | None
    amount: Decimal | None
    min_total: Decimal | None
    currency: str
    running: bool
    valid_from: date
    valid_until: date | None

    def facts(self, language: str) -> list[str]:
        name, said = self.name, []
        if self.about:
            said.append(fact("campaign.is", language, name=name, text=self.about))
        if self.percent is not None:
            percent = f"{self.percent.normalize():f}"
            said.append(fact("campaign.percent", language, name=name, percent=percent))
        for key, amount in (("amount", self.amount), ("min", self.min_total)):
            if amount is not None:
                price = Price(amount, self.currency)
                said.append(fact(f"campaign.{key}", language, name=name, price=price))
        if self.code:
            said.append(fact("campaign.code", language, name=name, code=self.code))
        if not self.running:
            said.append(fact("campaign.from", language, name=name, day=self.valid_from))
        if self.valid_until:
            said.append(fact("campaign.until", language, name=name, day=self.valid_until))
        return said


class Campaigns(ToolResult):
    """What runs today first, then what begins soon."""

    campaigns: list[CampaignView]

    @property
    def running(self) -> list[CampaignView]:
        """Those that run today."""
        return [c for c in self.campaigns if c.running]

    def facts(self, language: str) -> list[str]:
        if not self.campaigns:
            return [fact("campaign.none", language)]
        return [sentence for one in self.campaigns for sentence in one.facts(language)]


async def service_price(ctx: ToolContext, args: ServiceArgs) -> Prices:
    """What a treatment costs: exact, a range or from, in the currencies the business has."""
    services = await pricing.services(ctx.conn)
    if args.service is not None:
        found = closest(args.service, service_names(services))
        if not found:
            raise refuse(ctx, "unknown_service", name=args.service)
        services = [s for s in services if s.service_id in found]
    items = [priced_service(ctx, s) for s in services[:30]]
    if args.currency is not None:
        items = [only_in(ctx, item, args.currency) for item in items]
    return Prices(items=items)


def priced_service(ctx: ToolContext, service: Service) -> Priced:
    """A service's price as it may be told today."""
    language = speaks(ctx)
    current = service.valid_until is None or service.valid_until >= ctx.now.date()
    low, high, currency, others = _in_main(
        service.price_min, service.price_max, service.currency, service.prices
    )
    if not current:
        low, high, others = None, None, {}
    return Priced(
        kind="service",
        id=service.service_id,
        name=service.named(language),
        wording=_wording(low, high, service.starts_from),
        low=low,
        high=high,
        currency=currency,
        prices=others,
        instalments=service.instalments,
        deposit=service.deposit,
        duration_minutes=service.duration_minutes,
        sessions=service.sessions,
        recovery_days=service.recovery_days,
        about=service.described(language),
        valid_until=service.valid_until if current else None,
    )


def _wording(low: Decimal | None, high: Decimal | None, starts_from: bool) -> Wording:
    if low is None:
        return "none"
    if low == 0 and not high:
        return "free"
    if starts_from:
        return "from"
    return "range" if high is not None and high != low else "exact"


def _in_main(
    low: Decimal | None, high: Decimal | None, currency: str, prices: dict[str, list[float]]
) -> tuple[Decimal | None, Decimal | None, str, dict[str, tuple[Decimal, Decimal]]]:
    """The price in its main currency and in the others; something priced abroad only has its
    first foreign price as the main one."""
    others = _ranges(prices)
    if low is None and others:
        currency = next(iter(others))
        low, high = others.pop(currency)
    return low, high, currency, others


def _ranges(prices: dict[str, list[float]]) -> dict[str, tuple[Decimal, Decimal]]:
    return {
        currency: (Decimal(str(ends[0])), Decimal(str(ends[-1])))
        for currency, ends in prices.items()
        if ends
    }


def only_in(ctx: ToolContext, item: Priced, currency: str) -> Priced:
    """The price in one currency.

    Raises:
        Refused: no_currency, the tenant has no price in it.
    """
    if item.currency == currency:
        return item.model_copy(update={"prices": {}})
    if currency not in item.prices:
        raise refuse(ctx, "no_currency", name=item.name, currency=currency)
    low, high = item.prices[currency]
    wording = item.wording if item.wording == "from" else _wording(low, high, False)
    return item.model_copy(
        update={"low": low, "high": high, "currency": currency, "prices": {}, "wording": wording}
    )


async def product_price(ctx: ToolContext, args: ProductArgs) -> Prices:
    """What a product costs, by variant where variants differ."""
    product = await product_for(ctx, args.product)
    variants = await catalog.variants(ctx.conn, [product.product_id])
    amounts = sorted({v.price if v.price is not None else product.price for v in variants})
    low, high = (amounts[0], amounts[-1]) if amounts else (product.price, product.price)
    return Prices(
        items=[
            Priced(
                kind="product", id=product.product_id, name=product.named(speaks(ctx)),
                wording=_wording(low, high, False), low=low, high=high,
                currency=product.currency,
                instalments=whole(ctx.tenant, "instalments", default=0),
            )
        ]
    )  # fmt: skip


async def package_prices(ctx: ToolContext, args: PackagesArgs) -> Prices:
    """Packages on offer: what is in them and what they cost."""
    packages = await pricing.packages(ctx.conn, ctx.now.date())
    if args.service is not None:
        services = await pricing.services(ctx.conn)
        wanted = set(closest(args.service, service_names(services)))
        packages = [p for p in packages if wanted & set(p.service_ids)]
    if args.name is not None:
        names = [(n, p.package_id) for p in packages for n in (p.name, *p.names.values())]
        wanted = set(closest(args.name, names))
        packages = [p for p in packages if p.package_id in wanted]
    items = [priced_package(ctx, p) for p in packages]
    if args.currency is not None:
        items = [only_in(ctx, i, args.currency) for i in items]
    return Prices(items=items)


def priced_package(ctx: ToolContext, package: Package) -> Priced:
    """A package's price as it may be told today."""
    language = speaks(ctx)
    includes = package.includes.get(language) or package.includes.get(ctx.tenant.default_language)
    low, high, currency, others = _in_main(
        package.price_min, package.price_max, package.currency, package.prices
    )
    return Priced(
        kind="package",
        id=package.package_id,
        name=package.named(language),
        wording=_wording(low, high, package.starts_from),
        low=low,
        high=high,
        currency=currency,
        prices=others,
        deposit=package.deposit,
        about=package.described(language),
        includes=includes or [],
        valid_until=package.valid_until,
    )


async def campaigns(ctx: ToolContext, args: CampaignsArgs) -> Campaigns:
    """Discounts and campaigns that run today, and those that begin soon."""
    today = ctx.now.date()
    found = await pricing.campaigns(
        ctx.conn, today, coming_until=today + timedelta(days=args.days_ahead)
    )
    seen = [_campaign(c, today, speaks(ctx)) for c in found]
    return Campaigns(campaigns=sorted(seen, key=lambda c: (not c.running, c.valid_from))[:10])


def _campaign(campaign: Campaign, today: date, language: str) -> CampaignView:
    return CampaignView(
        name=campaign.named(language),
        about=campaign.described(language),
        code=campaign.code,
        percent=campaign.percent,
        amount=campaign.amount,
        min_total=campaign.min_total,
        currency=campaign.currency,
        running=campaign.valid_from <= today,
        valid_from=campaign.valid_from,
        valid_until=campaign.valid_until,
    )


TOOLS = (
    Tool("pricing.service", service_price, ServiceArgs, Prices, Effect.READ),
    Tool("pricing.product", product_price, ProductArgs, Prices, Effect.READ),
    Tool("pricing.packages", package_prices, PackagesArgs, Prices, Effect.READ),
    Tool("pricing.campaigns", campaigns, CampaignsArgs, Campaigns, Effect.READ),
)

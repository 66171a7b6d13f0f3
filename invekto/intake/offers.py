"""Rows that become what a business offers: products, services, packages."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from invekto.errors import BadData
from invekto.intake import values
from invekto.intake.desk import Desk, Line, by_name, grouped, outcome
from invekto.knowledge.glossary import refresh_own_words
from invekto.records import catalog, pricing
from invekto.text.normalise import fold

LOOKS = ("variant_sku", "size", "colour")
"""What tells the variants of a product apart."""


async def put_products(desk: Desk, lines: list[Line]) -> None:
    """Products with their variants: rows of one model code, or of one name with sizes or
    colours, are one product. What a list does not tell stays as it is."""
    stored = await catalog.products(desk.conn)
    variants = await catalog.variants(desk.conn, [p.product_id for p in stored])
    of: dict[str, list[catalog.Variant]] = {}
    for variant in variants:
        of.setdefault(variant.product_id, []).append(variant)
    desk.known = {
        "of": of,
        "id": {p.product_id: p for p in stored},
        "sku": {p.sku: p for p in stored},
        "name": by_name(stored, lambda p: [p.name]),
        "variant": {v.sku: v for v in variants},
        "barcode": {v.barcode: v for v in variants if v.barcode},
    }
    times = Counter(desk.text(line, "sku") for line in lines)
    many = any(count > 1 for sku, count in times.items() if sku)
    sized = any("size" in line.cells or "colour" in line.cells for line in lines)

    def model(line: Line) -> str:
        sku, name = desk.text(line, "sku"), fold(desk.text(line, "name"))
        if many or "variant_sku" in line.cells:
            return sku or name
        own = desk.known["variant"].get(sku)
        if own is not None:
            return str(own.product_id)
        return name if sized and name else sku or name

    await desk.each(grouped(lines, model), lambda group: _product(desk, group, shared=many))


async def _product(desk: Desk, group: list[Line], *, shared: bool) -> str:
    looks = {tuple(fold(desk.text(r, n)) for n in (*LOOKS, "sku")) for r in group}
    if len(group) > 1 and len(looks) == 1:
        desk.guess("a variant comes twice: its last row counts")(desk.text(group[-1], "sku"))
        group = group[-1:]
    line = group[0]
    sku = desk.text(line, "sku")
    known = desk.known
    variant = known["variant"].get(desk.text(line, "variant_sku") or sku)
    before: catalog.Product | None = (
        known["id"].get(variant.product_id) if variant else known["sku"].get(sku)
    ) or (known["name"].get(fold(desk.text(line, "name"))) if "name" in line.cells else None)
    old = known["of"].get(before.product_id, []) if before else []
    after = _catalogue_entry(desk, line, before, shared=shared or len(group) == 1)
    new = _variants(desk, group, after, old, shared=shared)
    result = outcome((before, old) if before else None, (after, new))
    if result != "unchanged":
        await catalog.save_product(desk.conn, after, new)
        known["id"][after.product_id], known["of"][after.product_id] = after, new
    return result


def _catalogue_entry(
    desk: Desk, line: Line, before: catalog.Product | None, *, shared: bool
) -> catalog.Product:
    price = desk.money(line, "price")
    if price is not None and price.high != price.low:
        raise BadData("a product has one price: write a row for each variant", column="price")
    if before is None:
        name = desk.needed(line, "name")
        if price is None:
            raise BadData(
                "a new product needs a price: fill it in, or head its column 'Satış fiyatı'",
                column="price",
            )
        sku = desk.text(line, "sku") if shared else ""
        before = catalog.Product(
            product_id=values.slug(sku or name), sku=sku or values.slug(name).upper(), name=name,
            price=price.low, currency=price.currency or desk.currency, source="import",
        )  # fmt: skip
    given: dict[str, Any] = {
        name: desk.text(line, name)
        for name in ("name", "category", "brand", "description", "url")
        if name in line.cells
    }
    if price is not None and shared:
        given |= {"price": price.low, "currency": price.currency or before.currency}
    if "tags" in line.cells:
        given["tags"] = values.listed(line.cells["tags"])
    if "margin" in line.cells:
        given["margin_tier"] = desk.word(line, "margin", "margin", "medium")
    if "active" in line.cells:
        shown = desk.read(line, "active", values.flag, True)
        given["status"] = "active" if shown else "hidden"
    names = {k: desk.text(line, f"name_{k}") for k in ("en", "ar") if f"name_{k}" in line.cells}
    if names or "name" in given:
        own = {desk.language: given["name"]} if "name" in given else {}
        given["names"] = {**before.names, **own, **names}
    made = replace(before, **given)
    words = [made.name, *made.names.values(), made.category, made.brand, *made.tags]
    words += map(str, made.attributes.values())
    return replace(made, search_text=fold(" ".join(dict.fromkeys(w for w in words if w))))


def _variants(
    desk: Desk, group: list[Line], product: catalog.Product, old: list[catalog.Variant], *,
    shared: bool,
) -> list[catalog.Variant]:  # fmt: skip
    made = {v.variant_id: v for v in old}
    told = set[str]()
    for line in [one for told in group for one in _by_size(desk, told)]:
        size, colour = desk.text(line, "size"), desk.text(line, "colour")
        sku = desk.text(line, "variant_sku") or ("" if shared else desk.text(line, "sku"))
        sku = sku or "-".join([product.sku, *(values.slug(p).upper() for p in (size, colour) if p)])
        looks = (fold(size), fold(colour))
        like = [v for v in made.values() if (fold(v.size), fold(v.colour)) == looks]
        found = next((v for v in made.values() if v.sku == sku), None) or (
            like[0] if len(like) == 1 else None
        )
        found = found or catalog.Variant(
            variant_id=sku, product_id=product.product_id, sku=sku, position=len(made)
        )
        if found.variant_id in told:
            desk.guess("a variant comes twice: its last row counts")(found.sku)
        told.add(found.variant_id)
        price = desk.money(line, "price")
        given: dict[str, Any] = {
            "stock_qty": desk.read(line, "stock", values.whole, found.stock_qty)
        }
        given |= {"size": size} if size else {}
        given |= {"colour": colour} if colour else {}
        given |= {"barcode": desk.text(line, "barcode")} if "barcode" in line.cells else {}
        if price is not None:
            given["price"] = None if price.low == product.price else price.low
        made[found.variant_id] = replace(found, **given)
    return list(made.values())


def _by_size(desk: Desk, line: Line) -> list[Line]:
    """A row whose sizes stand in one cell (`S/M/L`) as a row for each."""
    sizes = values.listed(line.cells.get("size"), "/,;|")
    if len(sizes) < 2 or "variant_sku" in line.cells:
        return [line]
    stock = desk.read(line, "stock", values.whole, 0)
    if "stock" in line.cells:
        desk.guess("the stock of several sizes in one cell is shared out evenly")(
            f"{'/'.join(sizes)}: {stock}"
        )
    each, rest = divmod(stock, len(sizes))
    parts = []
    for place, size in enumerate(sizes):
        cells = {**line.cells, "size": size}
        cells |= {"stock": each + (place < rest)} if "stock" in line.cells else {}
        cells.pop("barcode", None)
        cells["variant_sku"] = f"{desk.text(line, 'sku')}-{values.slug(size).upper()}".strip("-")
        parts.append(Line(line.number, cells))
    return parts


async def put_services(desk: Desk, lines: list[Line]) -> None:
    """Services by code or name."""
    stored = await pricing.services(desk.conn)
    desk.known = {
        "id": {s.service_id: s for s in stored},
        "name": by_name(stored, lambda s: [s.name], lambda s: s.names.values()),
    }
    groups = grouped(lines, lambda line: fold(desk.text(line, "name")))
    await desk.each(groups, lambda group: _service(desk, group[-1]))
    await refresh_own_words(desk.conn)


async def _service(desk: Desk, line: Line) -> str:
    name = desk.needed(line, "name")
    ident = desk.text(line, "id") or values.slug(name)
    before = desk.known["id"].get(ident) or desk.known["name"].get(fold(name))
    duration = desk.read(line, "duration", values.minutes, None)
    if before is None and duration is None:
        duration = 30
        desk.guess("a service without a duration takes 30 minutes")(name)
    if duration is not None and duration % 5:
        desk.guess("durations are rounded up to five minutes")(f"{duration}")
        duration += -duration % 5
    base = before or pricing.Service(ident, name, duration or 30)
    given: dict[str, Any] = {"name": name, **_priced(desk, line, base.currency)}
    given |= {"duration_minutes": duration} if duration is not None else {}
    given |= {
        n: desk.text(line, n) for n in ("category", "description", "sessions") if n in line.cells
    }
    names = {k: desk.text(line, f"name_{k}") for k in ("en", "ar") if f"name_{k}" in line.cells}
    given["names"] = {**base.names, desk.language: name, **names}
    if "synonyms" in line.cells:
        given["synonyms"] = values.listed(line.cells["synonyms"])
    for field, target in (("recovery_days",) * 2, ("instalments",) * 2, ("buffer", "buffer_after")):
        if field in line.cells:
            given[target] = desk.read(line, field, values.whole, 0)
    if "buffer_after" in given:
        given["buffer_after"] += -given["buffer_after"] % 5
    if "bookable" in line.cells:
        given["bookable"] = desk.read(line, "bookable", values.flag, True)
    made = replace(base, **given)
    words = [made.name, *made.names.values(), *made.synonyms, made.category]
    made = replace(made, search_text=fold(" ".join(dict.fromkeys(w for w in words if w))))
    result = outcome(before, made)
    if result != "unchanged":
        await pricing.save_service(desk.conn, made)
    return result


def _priced(desk: Desk, line: Line, own: str) -> dict[str, Any]:
    """Price fields from one column with a range, or from two."""
    given: dict[str, Any] = {}
    price = None
    if values.ASKED.search(fold(desk.text(line, "price"))):
        desk.guess("a service whose price is asked for has none")(desk.text(line, "name"))
    else:
        price = desk.money(line, "price")
    line = _without_asked(desk, line)
    low, high = desk.money(line, "price_min"), desk.money(line, "price_max")
    if price is not None:
        given = {
            "price_min": price.low, "price_max": price.high, "starts_from": price.starts_from,
        }  # fmt: skip
    if low is not None and high is None:
        given |= {"price_min": low.low, "price_max": low.high if low.high != low.low else None}
        given["starts_from"] = low.high is None or low.high == low.low != 0
        if low.low == low.high == 0:
            given |= {"price_max": low.high, "starts_from": False}
    elif low is not None:
        given |= {"price_min": low.low, "price_max": high.low if high else None}
        given["starts_from"] = False
        if high is not None and high.low < low.low:
            raise BadData("the upper price is below the lower", column="price_max")
    amount = price or low
    told = desk.text(line, "currency")
    code = values.CURRENCIES.get(fold(told), told.upper()) if told else None
    if code is not None and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise BadData(f"{told!r} is no currency: write TRY, USD or EUR", column="currency")
    if given:
        given["currency"] = code or (amount.currency if amount else None) or own
    deposit = desk.money(line, "deposit")
    if deposit is not None:
        given["deposit"] = deposit.low or None
    return given


def _without_asked(desk: Desk, line: Line) -> Line:
    """The line without lower and upper prices that are only asked for."""
    asked = {
        name
        for name in ("price_min", "price_max")
        if values.ASKED.search(fold(values.text(line.cells.get(name))))
    }
    if asked:
        desk.guess("a service whose price is asked for has none")(desk.text(line, "name"))
    return Line(line.number, {k: v for k, v in line.cells.items() if k not in asked})


async def put_packages(desk: Desk, lines: list[Line]) -> None:
    """Packages by name, made of services that exist."""
    everything = await pricing.packages(desk.conn, desk.now.date())
    services = await pricing.services(desk.conn)
    desk.known = {
        "name": by_name(everything, lambda p: [p.name]),
        "services": by_name(services, lambda s: [s.name], lambda s: s.names.values(),
                            lambda s: s.synonyms),
    }  # fmt: skip
    await desk.each(([line] for line in lines), lambda group: _package(desk, group[0]))


async def _package(desk: Desk, line: Line) -> str:
    name = desk.needed(line, "name")
    before = desk.known["name"].get(fold(name))
    base = before or pricing.Package(values.slug(name), name)
    given: dict[str, Any] = {"name": name, **_priced(desk, line, base.currency)}
    if "services" in line.cells:
        given["service_ids"] = services_named(desk, line.cells["services"])
    if "includes" in line.cells:
        parts = values.listed(line.cells["includes"], ";|\n,")
        given["includes"] = {**base.includes, desk.language: parts}
    if "description" in line.cells:
        given["description"] = desk.text(line, "description")
    for field in ("valid_from", "valid_until"):
        if field in line.cells:
            given[field] = desk.day(line, field)
    if "name_en" in line.cells:
        given["names"] = {**base.names, desk.language: name, "en": desk.text(line, "name_en")}
    made = replace(base, **given)
    parts = [part for language in made.includes.values() for part in language]
    made = replace(made, search_text=fold(" ".join([made.name, *made.names.values(), *parts])))
    result = outcome(before, made)
    if result != "unchanged":
        await pricing.save_package(desk.conn, made)
    return result


def services_named(desk: Desk, cell: Any) -> list[str]:
    """Ids of services named in a cell. Raises BadData for one that does not exist."""
    found = []
    for name in values.listed(cell):
        service = desk.known["services"].get(fold(name))
        if service is None:
            raise BadData(f"there is no service {name!r}: import services first", column="services")
        found.append(service.service_id)
    return found

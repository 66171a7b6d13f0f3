"""Taking in a business from its folder of YAML files and documents. Running it twice changes
nothing but dates that are told relative to today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from psycopg import AsyncConnection

from invekto.agent.kit import sector_taxonomy
from invekto.agent.sector import load_sectors, sector_of
from invekto.contracts.evidence import Risk
from invekto.db.pool import Database
from invekto.db.statistics import refresh_statistics
from invekto.errors import BadData, Conflict
from invekto.intake import clinic, people, shop
from invekto.intake.moments import Today, parse_time
from invekto.knowledge import faqs
from invekto.knowledge.ingest import ingest
from invekto.records import openings, overrides, pricing, tenants
from invekto.settings import settings

Conn = AsyncConnection[Any]


@dataclass
class Intake:
    """What was taken in, by kind."""

    counts: dict[str, int] = field(default_factory=dict)

    def line(self) -> str:
        """`86 ürün, 124 sipariş …`"""
        return ", ".join(f"{count} {kind}" for kind, count in self.counts.items() if count)


SETTINGS = ("coupon_rules", "consent_text", "deposit_rules", "templates", "quiet_hours")
"""What of tenant.yaml is kept as the tenant's settings."""


async def take_in(database: Database, folder: Path, now: datetime) -> Intake:
    """Load a business folder (see invekto/demo/README.md for its files).

    Raises:
        BadData: a file is missing or broken; nothing of this folder but documents was changed.
    """
    files = read_folder(folder)
    about = files["tenant"]
    today = Today(now.astimezone(ZoneInfo(about.get("timezone", "Europe/Istanbul"))))
    intake = Intake()
    async with database.tenant(about["id"]) as conn:
        await _tenant(conn, about, today)
        await _records(conn, files, today, intake)
        await refresh_statistics(conn)
    for path in sorted((folder / "documents").glob("*")):
        await ingest(database, about["id"], name=path.name, data=path.read_bytes())
        intake.counts["belge"] = intake.counts.get("belge", 0) + 1
    return intake


def read_folder(folder: Path) -> dict[str, Any]:
    """The YAML files of a folder by name.

    Raises:
        BadData: there is no tenant.yaml, or a file is not valid YAML.
    """
    files: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            files[path.stem] = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise BadData(f"{path} is not valid YAML: {error}", file=str(path)) from error
    if "tenant" not in files:
        raise BadData(f"{folder} has no tenant.yaml: it says who the business is")
    return files


async def _tenant(conn: Conn, about: dict[str, Any], today: Today) -> None:
    try:
        async with conn.transaction():
            await tenants.create_tenant(
                conn,
                name=about["name"],
                sector=about["sector"],
                packs=about["packs"],
                languages=about["languages"],
                default_language=about["default_language"],
                timezone=about["timezone"],
                currency=about["currency"],
                tone=about["tone"],
                health=about.get("health", False),
                profile=about["profile"],
                settings={**_settings(about), **_notices(about)},
            )
    except Conflict:
        await tenants.update_profile(conn, about["profile"])
        await tenants.update_settings(conn, _settings(about))
    await people.load_users(conn, about.get("users", ()))
    await _channels(conn, about.get("channels", ()))
    await _holidays(conn, about.get("holidays", ()), today)
    for row in about.get("campaigns", ()):
        await pricing.save_campaign(conn, _campaign(row, today))
    await _pins(conn, about, today)


async def _pins(conn: Conn, about: dict[str, Any], today: Today) -> None:
    """Intents that answer by themselves on a person's word; one that was pinned or taken back
    before is left as its people want it."""
    risks = sector_taxonomy(sector_of(load_sectors(settings().sectors), about["sector"]))
    known = {o.intent for o in await overrides.list_overrides(conn, today.now, ended=True)}
    for wish in about.get("automatic", ()):
        if wish["intent"] in known:
            continue
        await overrides.pin_auto(
            conn,
            wish["intent"],
            Risk(risks[wish["intent"]]["risk"]),
            by=wish["by"],
            reason=wish["reason"],
            expires_at=today.now + timedelta(days=wish["days"]),
            now=today.now,
        )


def _settings(about: dict[str, Any]) -> dict[str, Any]:
    return {k: about[k] for k in SETTINGS if k in about}


def _notices(about: dict[str, Any]) -> dict[str, Any]:
    """The business's own consent text is its consent request from the start."""
    text = about.get("consent_text")
    return {"notices": {"consent_request": text}} if text else {}


async def _channels(conn: Conn, rows: list[dict[str, Any]]) -> None:
    known = {(a.channel, a.external_id) for a in await tenants.list_channel_accounts(conn)}
    for row in rows:
        if (row["kind"], row["external_id"]) not in known:
            await tenants.add_channel_account(
                conn, channel=row["kind"], external_id=row["external_id"], name=row["name"]
            )


async def _holidays(conn: Conn, rows: list[dict[str, Any]], today: Today) -> None:
    for row in rows:
        for day in _days(row["date"], today.now.date()):
            hours = row.get("hours")
            await openings.save_holiday(
                conn,
                openings.Holiday(
                    day=day,
                    name=row["name"],
                    names=row.get("names", {}),
                    open_from=parse_time(hours[0]) if hours else None,
                    open_until=parse_time(hours[1]) if hours else None,
                ),
            )


def _days(raw: str, today: date) -> list[date]:
    """A full date, or `MM-DD` of this year and the next."""
    if len(raw) == len("2027-03-09"):
        return [date.fromisoformat(raw)]
    return [date.fromisoformat(f"{year}-{raw}") for year in (today.year, today.year + 1)]


def _campaign(row: dict[str, Any], today: Today) -> pricing.Campaign:
    begin = today.day(row["from"])
    assert begin is not None
    return pricing.Campaign(
        campaign_id=row["id"],
        name=row["name"]["tr"],
        names=row["name"],
        description=row["description"]["tr"],
        descriptions=row["description"],
        valid_from=begin,
        valid_until=today.day(row.get("until")),
        code=row.get("code"),
        percent=row.get("percent"),
        amount=row.get("amount"),
        min_total=row.get("min_total"),
        categories=list(row.get("categories", ())),
        product_ids=list(row.get("product_ids", ())),
        service_ids=list(row.get("service_ids", ())),
    )


async def _records(conn: Conn, files: dict[str, Any], today: Today, intake: Intake) -> None:
    customers = {c["id"]: c for c in files.get("customers") or files.get("patients") or ()}
    products = {p["id"]: p for p in files.get("products") or ()}
    services = {s["id"]: s for s in files.get("services") or ()}
    counts = intake.counts
    counts["müşteri"] = await people.load_contacts(conn, customers.values())
    counts["ürün"] = await shop.load_products(conn, products.values(), today)
    counts["sipariş"] = await shop.load_orders(
        conn, files.get("orders") or (), customers, products, today
    )
    counts["hizmet"] = await clinic.load_services(conn, services.values())
    counts["paket"] = await clinic.load_packages(conn, files.get("packages") or ())
    counts["hekim"] = await clinic.load_practitioners(conn, files.get("practitioners") or ())
    await clinic.load_time_off(conn, files.get("time_off") or (), today)
    counts["randevu"] = await clinic.load_appointments(
        conn, files.get("appointments") or (), customers, services, today
    )
    await clinic.load_waitlist(conn, files.get("waitlist") or (), customers, today)
    counts["SSS"] = await _faqs(conn, files.get("faqs") or ())


async def _faqs(conn: Conn, rows: Sequence[dict[str, Any]]) -> int:
    """FAQs by id; one that its people have edited since is left as they wrote it."""
    known = {faq.faq_id for faq in await faqs.list_faqs(conn)}
    for row in rows:
        if row["id"] not in known:
            await faqs.create(
                conn,
                _faq_texts(row),
                faq_id=row["id"],
                category=row.get("category", ""),
                tags=row.get("tags", ()),
                origin="import",
                approve=True,
            )
    return len(rows)


def _faq_texts(row: dict[str, Any]) -> dict[str, faqs.FaqText]:
    return {
        language: faqs.FaqText(
            question=row["questions"][language][0],
            answer=answer,
            variants=tuple(row["questions"][language][1:]),
        )
        for language, answer in row["answers"].items()
        if row["questions"].get(language)
    }

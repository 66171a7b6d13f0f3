"""A business comes in from its own files, at the command line or through the API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from invekto.contracts.clock import system_clock
from invekto.db.pool import Database
from invekto.db.statistics import refresh_statistics
from invekto.errors import BadData, NotFound
from invekto.intake.desk import Desk, Line, lines_of
from invekto.intake.diary import (
    put_appointments,
    put_customers,
    put_faqs,
    put_practitioners,
    put_slots,
    put_time_off,
)
from invekto.intake.headings import NO_CHOICE, Choice, Layout, headings, layout, missing, named_kind
from invekto.intake.offers import put_packages, put_products, put_services
from invekto.intake.report import NAMES, ImportReport, SheetReport
from invekto.intake.sales import put_orders
from invekto.intake.sheets import Sheet, read_sheets
from invekto.intake.values import slug
from invekto.knowledge.ingest import ingest
from invekto.records import tenants

PUT: dict[str, Callable[[Desk, list[Line]], Awaitable[None]]] = {
    "services": put_services,
    "packages": put_packages,
    "practitioners": put_practitioners,
    "slots": put_slots,
    "time_off": put_time_off,
    "products": put_products,
    "customers": put_customers,
    "appointments": put_appointments,
    "orders": put_orders,
    "faqs": put_faqs,
}
"""In this order: what others name comes first."""
TABLES = (".csv", ".tsv", ".xlsx", ".xlsm")
MANY = 200
"""Entries after which the planner is told."""
DOCUMENTS = (".pdf", ".docx", ".md", ".txt", ".html", ".htm", ".pptx")


KeepDocument = Callable[[Database, str, str, bytes], Awaitable[str]]
"""Keeps a tenant's document (name, bytes) and says how that ended."""


Told = Callable[[int, int], Awaitable[None]]
"""Hears how many sheets and documents are done, and of how many."""


class _Undo(Exception):  # noqa: N818 - no error: the way out of a dry run's transaction
    """Takes a dry run back."""


async def import_files(
    database: Database,
    tenant_id: str,
    files: Iterable[tuple[str, bytes]],
    *,
    now: datetime,
    dry_run: bool = False,
    choices: Mapping[str, Choice] | None = None,
    keep_document: KeepDocument | None = None,
    told: Told | None = None,
) -> ImportReport:
    """Take in tables (CSV, XLSX) and documents. A dry run does all of it and takes it back;
    documents are only named. Rows with errors are left out and reported, the others taken in, all
    tables in one transaction.

    Args:
        files: name and bytes of each.
        choices: what a person decided, by the sheet's label in an earlier report.
        keep_document: what is done with a document; reads it at once, unless told otherwise.
        told: hears how far it has come, from another transaction than the tables'.

    Raises:
        BadData: a file is no table at all, or a choice names an unknown kind or field; nothing
            was changed.
        NotFound: no such tenant.
    """
    report, chosen, told = ImportReport(dry_run), choices or {}, told or _nobody
    given = list(files)
    tables = [(name, data) for name, data in given if name.lower().endswith(TABLES)]
    papers = [(name, data) for name, data in given if name.lower().endswith(DOCUMENTS)]
    sheets = [sheet for name, data in tables for sheet in read_sheets(name, data)]
    read = [
        (sheet, layout(sheet, chosen.get(sheet.label, NO_CHOICE)))
        for sheet in sheets
        if any(any(row) for row in sheet.rows)
    ]
    try:
        async with database.tenant(tenant_id) as conn:
            tenant = await tenants.get_tenant(conn)
            for sheet, made in sorted(read, key=_turn):
                desk = Desk(
                    conn, ZoneInfo(tenant.timezone), tenant.currency, tenant.default_language,
                    now, SheetReport(sheet.label, made.kind if made else None),
                )  # fmt: skip
                await told(len(report.sheets), len(read) + len(papers))
                report.sheets.append(desk.report)
                await _sheet(desk, sheet, made)
            report.sheets += [_left_alone(sheet) for sheet in sheets if sheet.hidden]
            if dry_run:
                raise _Undo
            if report.changes >= MANY:
                await refresh_statistics(conn)
    except _Undo:
        pass
    for at, (name, data) in enumerate(papers, len(read)):
        await told(at, len(read) + len(papers))
        kept = SheetReport(name, "documents")
        report.sheets.append(kept)
        if dry_run:
            kept.count("to be read")
        else:
            keep = keep_document or _read_document
            kept.count(await keep(database, tenant_id, name, data))
    return report


async def _nobody(done: int, total: int) -> None:
    """Nobody listens."""


def _left_alone(sheet: Sheet) -> SheetReport:
    return SheetReport(sheet.label, None, left_out=["  it is hidden in the workbook"])


def _turn(one: tuple[Sheet, Layout | None]) -> int:
    return list(PUT).index(one[1].kind) if one[1] else len(PUT)


async def _sheet(desk: Desk, sheet: Sheet, made: Layout | None) -> None:
    if made is None:
        first = next((row for row in sheet.rows if any(row)), [])
        seen = ", ".join(str(cell) for cell in first if cell)[:200]
        desk.report.left_out.append(f"  its first row is: {seen}")
        if (told := _otherwise(sheet, None)) is not None:
            desk.report.left_out.append(f"  {told}")
        desk.report.columns = headings(sheet)
        return
    if (told := _otherwise(sheet, made.kind)) is not None:
        desk.report.guesses.note(told, sheet.file)
    for said in sheet.guesses:
        desk.report.guesses.note(said, sheet.file)
    desk.report.columns = made.columns
    await PUT[made.kind](desk, lines_of(sheet, made, desk.report))


def _otherwise(sheet: Sheet, kind: str | None) -> str | None:
    """That a sheet's name says what it was not taken for, and what it lacks to be it."""
    named = named_kind(sheet)
    lacking = missing(sheet, named) if named not in (None, kind) and named else []
    if named is None or not lacking:
        return None
    columns = ", ".join(lacking)
    return f"its name says {NAMES[named]}, for which no column was taken as {columns}"


async def _read_document(database: Database, tenant_id: str, name: str, data: bytes) -> str:
    return (await ingest(database, tenant_id, name=name, data=data)).status


def gather(path: Path) -> tuple[list[tuple[str, bytes]], list[str]]:
    """The files of a path with their bytes, and the names of those that are left out.

    Raises:
        NotFound: there is nothing at the path.
    """
    if not path.exists():
        raise NotFound(f"there is no file or folder {path}")
    found = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    taken, left = [], []
    for one in found:
        if one.name.startswith((".", "~$")):
            continue
        if one.suffix.lower() in TABLES + DOCUMENTS:
            taken.append((one.name, one.read_bytes()))
        else:
            left.append(str(one.relative_to(path) if path.is_dir() else one.name))
    return taken, left


async def import_path(
    database: Database, tenant_id: str, path: Path, *, now: datetime, dry_run: bool = False
) -> ImportReport:
    """Take in a file or folder; a folder with `tenant.yaml` is one of our own form.

    Raises:
        BadData, NotFound: as `import_files`.
    """
    if _is_own_form(path):
        return await _own_form(database, tenant_id, path, now=now, dry_run=dry_run)
    files, left = gather(path)
    if not files:
        raise BadData(f"{path} holds no CSV, XLSX or document: {', '.join(left) or 'it is empty'}")
    report = await import_files(database, tenant_id, files, now=now, dry_run=dry_run)
    for name in left:
        report.sheets.append(SheetReport(name, None))
    return report


def _is_own_form(path: Path) -> bool:
    return path.is_dir() and (path / "tenant.yaml").exists()


async def _own_form(
    database: Database, tenant_id: str, path: Path, *, now: datetime, dry_run: bool
) -> ImportReport:
    from invekto.intake.tenants import read_folder, take_in

    files = read_folder(path)
    if files["tenant"]["id"] != tenant_id:
        raise BadData(f"{path} is the folder of {files['tenant']['id']!r}, not of {tenant_id!r}")
    report = SheetReport(path.name, "folder")
    if dry_run:
        report.counts = {name: len(rows) for name, rows in files.items() if name != "tenant"}
        report.left_out.append("a folder of our own form is only counted in a dry run")
    else:
        report.counts = (await take_in(database, path, now)).counts
    return ImportReport(dry_run, [report])


async def create_tenant(
    database: Database, tenant_id: str, sector: str, title: str | None = None
) -> tenants.Tenant:
    """An empty tenant with what its sector brings.

    Raises:
        NotFound: unknown sector. BadData: the id is none. Conflict: it exists.
    """
    from invekto.agent.sector import load_sectors, sector_of
    from invekto.settings import settings

    if tenant_id != slug(tenant_id) or len(tenant_id) < 2:
        raise BadData(
            f"{tenant_id!r} cannot be a tenant's id: small letters, digits and dashes, such as "
            f"{slug(tenant_id)!r}"
        )
    chosen = sector_of(load_sectors(settings().sectors), sector)
    async with database.tenant(tenant_id) as conn:
        return await tenants.create_tenant(
            conn,
            name=title or tenant_id.replace("-", " ").title(),
            sector=sector,
            packs=list(chosen.packs),
            health=chosen.health,
        )


def run_import(tenant: str, path: Path, *, dry_run: bool, now: datetime | None) -> None:
    """`invekto import`: prints what was understood, guessed, left out and changed."""

    async def work() -> ImportReport:
        from invekto.db.opening import open_database
        from invekto.settings import settings

        moment = now or system_clock()
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        async with await open_database(settings()) as at, at.pool("app", size=2) as database:
            return await import_path(database, tenant, path, now=moment, dry_run=dry_run)

    for line in asyncio.run(work()).lines():
        print(line)


def run_create(name: str, sector: str, title: str | None) -> None:
    """`invekto tenant create`."""

    async def work() -> tenants.Tenant:
        from invekto.db.opening import open_database
        from invekto.settings import settings

        async with await open_database(settings()) as at, at.pool("app", size=2) as database:
            return await create_tenant(database, name, sector, title)

    made = asyncio.run(work())
    print(f"{made.tenant_id}: {made.name} ({made.sector})")

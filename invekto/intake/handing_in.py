"""Files handed in through the API or the wizard: looked through, shown, decided on, taken in.

Between those steps files and report are kept sealed, a day at most; what was taken in twice
changes nothing, so a worker that dies half-way is followed by another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.errors import BadData, Conflict
from invekto.intake.headings import Choice
from invekto.intake.run import DOCUMENTS, TABLES, KeepDocument, Told, import_files
from invekto.records import imports
from invekto.records.imports import Import

MOST_FILES = 40


@dataclass(frozen=True, slots=True)
class HandedIn:
    """An import with its report, as `ImportReport.document` makes it."""

    entry: Import
    report: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided of one sheet, by its label in the report."""

    label: str
    choice: Choice


async def hand_in(
    database: Database, sealer: Sealer, tenant_id: str, files: Iterable[tuple[str, bytes]], *,
    by: str, now: datetime,
) -> HandedIn:  # fmt: skip
    """Look through files in a dry run and keep them until they are confirmed.

    Raises:
        BadData: nothing among them can be read, or a file is no table at all.
    """
    given = list(files)
    readable = [one for one in given if one[0].lower().endswith(TABLES + DOCUMENTS)]
    if not readable or len(given) > MOST_FILES:
        known = ", ".join(TABLES + DOCUMENTS)
        raise BadData(f"1 to {MOST_FILES} files at a time, of these kinds: {known}")
    report = await import_files(database, tenant_id, readable, now=now, dry_run=True)
    told = report.document()
    told["ignored"] = [name for name, _ in given if not name.lower().endswith(TABLES + DOCUMENTS)]
    import_id = imports.new_import_id()
    purpose = imports.purpose(tenant_id, import_id)
    sealed = [(name, sealer.seal(content, purpose)) for name, content in readable]
    async with database.tenant(tenant_id) as conn:
        entry = await imports.add(conn, import_id, sealed, sealer.seal_json(told, purpose), by, now)
    return HandedIn(entry, told)


async def decide(
    database: Database, sealer: Sealer, tenant_id: str, import_id: str, decided: list[Decided],
    now: datetime,
) -> HandedIn:  # fmt: skip
    """Look through them once more, under what a person decided of kinds and columns.

    Raises:
        NotFound: no such import. BadData: an unknown kind or field. Conflict: taken in already.
    """
    purpose = imports.purpose(tenant_id, import_id)
    async with database.tenant(tenant_id) as conn:
        entry = await imports.get(conn, import_id)
        sealed = await imports.contents(conn, import_id)
    if entry.status == "applied":
        raise Conflict("this import was taken in already: upload the files again to change it")
    files = [(name, sealer.open(content, purpose)) for name, content in sealed]
    report = await import_files(
        database, tenant_id, files, now=now, dry_run=True, choices=_by_label(decided)
    )
    told = {**report.document(), "ignored": _told(sealer, entry, purpose)["ignored"]}
    kept = [{"label": one.label, **asdict(one.choice)} for one in decided]
    async with database.tenant(tenant_id) as conn:
        await imports.recheck(conn, import_id, kept, sealer.seal_json(told, purpose), now)
        return HandedIn(await imports.get(conn, import_id), told)


async def take_in_files(
    database: Database, sealer: Sealer, tenant_id: str, import_id: str, now: datetime, *,
    keep_document: KeepDocument, told: Told | None = None,
) -> HandedIn:  # fmt: skip
    """Take in what was claimed (`imports.begin`). Done again, as by a worker after another died,
    it changes nothing more; an import that waits to be confirmed, or is over, is left as it is.

    Raises:
        NotFound: no such import.
        BadData: the files cannot be taken in; the import says so and waits to be confirmed anew.
    """
    purpose = imports.purpose(tenant_id, import_id)
    async with database.tenant(tenant_id) as conn:
        entry = await imports.get(conn, import_id)
        sealed = await imports.contents(conn, import_id)
    if entry.status != "applying":
        return HandedIn(entry, _told(sealer, entry, purpose))
    try:
        report = await import_files(
            database, tenant_id, [(n, sealer.open(c, purpose)) for n, c in sealed], now=now,
            choices=_by_label(decided_of(entry)), keep_document=keep_document, told=told,
        )  # fmt: skip
    except BadData as error:
        async with database.tenant(tenant_id) as conn:
            await imports.fail(conn, import_id, error.message, now)
        raise
    document = {**report.document(), "ignored": _told(sealer, entry, purpose)["ignored"]}
    async with database.tenant(tenant_id) as conn:
        await imports.end(conn, import_id, sealer.seal_json(document, purpose), now)
        return HandedIn(await imports.get(conn, import_id), document)


async def shown(
    database: Database, sealer: Sealer, tenant_id: str, import_id: str
) -> HandedIn:  # fmt: skip
    """An import with its report. Raises NotFound."""
    async with database.tenant(tenant_id) as conn:
        entry = await imports.get(conn, import_id)
    return HandedIn(entry, _told(sealer, entry, imports.purpose(tenant_id, import_id)))


def decided_of(entry: Import) -> list[Decided]:
    """What was decided of an import so far."""
    return [
        Decided(one["label"], Choice(one.get("kind"), one.get("columns") or {}))
        for one in entry.choices
    ]


def _by_label(decided: list[Decided]) -> dict[str, Choice]:
    return {one.label: one.choice for one in decided}


def _told(sealer: Sealer, entry: Import, purpose: str) -> dict[str, Any]:
    told: dict[str, Any] = sealer.open_json(entry.report, purpose)
    return told

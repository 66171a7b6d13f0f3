"""A business's own files: upload and look, decide, take in. Thin over `intake/handing_in.py`.

POST   /v1/imports               files → a report by row, nothing changed (kept for a day)
POST   /v1/imports/{id}/decide   kinds and columns corrected → the report anew
POST   /v1/imports/{id}/apply    taken in by a worker; GET says how far it is
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, Response, UploadFile
from pydantic import BaseModel, Field

from invekto.errors import BadRequest, NotFound
from invekto.intake.handing_in import (
    MOST_FILES,
    Decided,
    HandedIn,
    decide,
    hand_in,
    shown,
)
from invekto.intake.headings import Choice, fields, kinds
from invekto.records import imports
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.jobs.imports import enqueue_import
from invekto.server.shapes import Body, storable

router = APIRouter(prefix="/v1/imports", tags=["imports"], route_class=Door)

Label = Annotated[str, Field(min_length=1, max_length=500)]
Name = Annotated[str, Field(max_length=60)]


class ColumnSeen(BaseModel):
    index: int = Field(description="From 0.")
    heading: str
    field: str | None = Field(description="What it was taken for; null: left out.")
    guessed: bool


class ProblemSeen(BaseModel):
    row: int = Field(description="As Excel counts.")
    column: str
    said: str


class GuessSeen(BaseModel):
    what: str
    example: str
    times: int


class SheetSeen(BaseModel):
    label: str
    kind: str | None = Field(description="null: not recognised, left out as a whole.")
    columns: list[ColumnSeen]
    counts: dict[str, int] = Field(description="created, changed, unchanged; for documents theirs.")
    guesses: list[GuessSeen]
    left_out: list[str]
    problems: list[ProblemSeen]


class ReportSeen(BaseModel):
    dry_run: bool
    changes: int
    problems: int
    sheets: list[SheetSeen]
    ignored: list[str] = Field(description="Files of a kind that is not read.")


class ImportSeen(BaseModel):
    import_id: str
    status: str = Field(description="checked, applying or applied")
    names: list[str]
    created_at: datetime
    expires_at: datetime
    done: int = Field(description="Sheets and documents taken in, of `total`.")
    total: int
    problem: str = Field(description="Why taking in failed; it can be tried again.")


class ImportWithReport(ImportSeen):
    report: ReportSeen


class ChoiceIn(Body):
    label: Label = Field(description="The sheet, as the report calls it.")
    kind: Name | None = None
    columns: Annotated[dict[str, Name | None], Field(max_length=200)] = Field(
        {}, description="Heading → field; null leaves the column out.",
        examples=[{"Mahsup": "price"}],
    )  # fmt: skip


class Decision(Body):
    sheets: Annotated[list[ChoiceIn], Field(max_length=200)]


def _seen(found: HandedIn) -> ImportWithReport:
    report = {**found.report, "sheets": [_sheet(sheet) for sheet in found.report["sheets"]]}
    entry = ImportSeen.model_validate(found.entry, from_attributes=True)
    return ImportWithReport(report=ReportSeen.model_validate(report), **entry.model_dump())


def _sheet(told: dict[str, Any]) -> dict[str, Any]:
    guesses = [
        {"what": what, "example": example, "times": times}
        for what, (example, times) in told["guesses"]["found"].items()
    ]
    return {**told, "guesses": guesses}


@router.get("/kinds")
async def list_kinds(caller: CurrentCaller) -> dict[str, list[str]]:  # noqa: ARG001
    """Every kind of list that is understood, with the fields its columns may be taken for."""
    return {kind: fields(kind) for kind in kinds()}


@router.get("")
async def list_imports(caller: CurrentCaller, deps: Deps) -> list[ImportSeen]:
    """What was handed in during the last day, newest first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await imports.recent(conn)
    return [ImportSeen.model_validate(one, from_attributes=True) for one in found]


@router.post("", status_code=201)
async def upload(
    caller: CurrentCaller,
    deps: Deps,
    files: Annotated[list[UploadFile], File(description="CSV, XLSX and documents.")],
) -> ImportWithReport:
    """Look through files: what they were taken for, guesses, what is left out, errors by row.
    Nothing is changed yet."""
    if len(files) > MOST_FILES:
        raise BadRequest(f"at most {MOST_FILES} files at a time")
    given = []
    for file in files:
        name = str(storable(file.filename or "")).strip().rpartition("/")[2]
        if not name or len(name) > 200:
            raise BadRequest("every file needs a name of at most 200 characters")
        given.append((name, await file.read()))
    made = await hand_in(
        deps.database, deps.sealer, caller.tenant_id, given, by=caller.subject, now=deps.clock()
    )
    return _seen(made)


@router.get("/{import_id}")
async def get_import(import_id: str, caller: CurrentCaller, deps: Deps) -> ImportWithReport:
    """An import with its report."""
    return _seen(await shown(deps.database, deps.sealer, caller.tenant_id, import_id))


@router.post("/{import_id}/decide")
async def decide_import(
    import_id: str, body: Decision, caller: CurrentCaller, deps: Deps
) -> ImportWithReport:
    """Say what sheets and columns are; looks through everything anew and changes nothing."""
    decided = [Decided(one.label, Choice(one.kind, one.columns)) for one in body.sheets]
    return _seen(
        await decide(deps.database, deps.sealer, caller.tenant_id, import_id, decided, deps.clock())
    )


@router.post("/{import_id}/apply", status_code=202)
async def apply_import(import_id: str, caller: CurrentCaller, deps: Deps) -> ImportSeen:
    """Have it taken in: rows with errors stay out, documents are read. Asked again, it is not
    taken in again."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if await imports.begin(conn, import_id, deps.clock()):
            await enqueue_import(conn, import_id)
            await audited(conn, caller, "import.applied", "import", import_id)
        entry = await imports.get(conn, import_id)
    return ImportSeen.model_validate(entry, from_attributes=True)


@router.delete("/{import_id}", status_code=204)
async def discard_import(import_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Throw the files away; what was taken in stays."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if not await imports.discard(conn, import_id):
            raise NotFound(f"no import {import_id}")
    return Response(status_code=204)

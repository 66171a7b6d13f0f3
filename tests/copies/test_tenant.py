"""One tenant out of a database and into another; its neighbours never notice."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from invekto.cli.audit import verify
from invekto.db.archive import MANIFEST
from invekto.db.backup import back_up
from invekto.db.copying import LEFT_OUT
from invekto.db.opening import OpenDatabase
from invekto.db.pool import Database
from invekto.db.queue import defer
from invekto.db.sealing import Sealer
from invekto.db.tenant_copy import SECRET_COLUMNS, SECRET_TABLES
from invekto.errors import BadData, Conflict, NotFound, OperatorNeeded, TryAgain
from invekto.intake.moving import delete_tenant, export_tenant, import_tenant, resume_tenant
from invekto.records import audit, routing, tenants
from tests.conftest import TestDatabase
from tests.copies.conftest import (
    AUDIT_KEY,
    NEIGHBOUR,
    OURS,
    Street,
    opened,
    rows,
    sealer,
    without,
)

JOBS = "jobs.procrastinate_jobs"
YEAR = 365 * 86_400
TOLD = "public.audit_events"


def past_audit(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without the tables that a move tells of itself in, and without what is off in between."""
    kept = {name: lines for name, lines in found.items() if not name.startswith(TOLD)}
    return {
        **kept,
        "public.tenants": [line.replace(",f,", ",t,") for line in kept["public.tenants"]],
    }


async def test_a_tenant_moves_to_another_database(
    street: Street, elsewhere: TestDatabase, tmp_path: Path
) -> None:
    file, there = tmp_path / "ours.zip", opened(elsewhere)
    ours, neighbour = street.rows(OURS), street.rows(NEIGHBOUR)
    assert len(ours) > 70
    await export_tenant(street.at, sealer(), OURS, file, "move", settle=0)
    assert due(street.made, OURS)[0] > 300 * YEAR, "its jobs are parked"
    async with Database(street.made.app_dsn) as db, db.routing() as conn:
        assert not await routing.tenant_exists(conn, OURS)

    gone = await delete_tenant(street.at, OURS, file, settle=0)
    assert sum(gone.values()) > 100
    assert street.rows(OURS) == {}
    assert street.rows(NEIGHBOUR) == neighbour
    assert OURS not in "".join(line for lines in street.rows().values() for line in lines)

    await import_tenant(there, sealer(), file)
    came = rows(elsewhere.owner_dsn, OURS)
    assert past_audit(without(came)) == past_audit(without(ours))
    async with Database(elsewhere.app_dsn) as db:
        async with db.routing() as conn:
            assert await routing.tenant_exists(conn, OURS)
        async with db.tenant(OURS) as conn:
            told = {event.event_type for event in await audit.search(conn)}
            assert {"tenant.exported", "tenant.imported"} <= told
    assert rows(elsewhere.owner_dsn, NEIGHBOUR) == {}


async def test_the_audit_log_is_whole_where_it_arrives(
    street: Street, elsewhere: TestDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "ours.zip"
    await export_tenant(street.at, sealer(), OURS, file, "move", settle=0)
    await import_tenant(opened(elsewhere), sealer(), file)
    ((tenant, report),) = await verify(opened(elsewhere), None, AUDIT_KEY)
    assert (tenant, report.broken) == (OURS, ())
    assert report.sealed > 0
    ((_, foreign),) = await verify(opened(elsewhere), OURS, b"another key")
    assert not foreign.whole


async def test_what_came_after_the_move_is_not_deleted(street: Street, tmp_path: Path) -> None:
    file = tmp_path / "ours.zip"
    before_it = due(street.made, OURS)
    await export_tenant(street.at, sealer(), OURS, file, "move", settle=0)
    with psycopg.connect(street.made.owner_dsn) as conn:
        conn.execute("UPDATE messages SET text = 'geç kaldım' WHERE tenant_id = %s", [OURS])
    before = street.rows()
    with pytest.raises(Conflict, match=r"public\.messages has changed"):
        await delete_tenant(street.at, OURS, file, settle=0)
    assert street.rows() == before
    jobs, when = street.rows(OURS)[JOBS], due(street.made, OURS)
    await export_tenant(street.at, sealer(), OURS, file, "move", settle=0)
    assert due(street.made, OURS) == pytest.approx(when)
    await delete_tenant(street.at, OURS, file, settle=0)
    assert street.rows(OURS) == {}
    await import_tenant(street.at, sealer(), file)
    assert street.rows(OURS)[JOBS] == jobs, "a move that was made again has its jobs still"
    assert due(street.made, OURS) == pytest.approx(before_it, abs=120)


async def test_a_job_that_comes_after_the_move_is_not_deleted(
    street: Street, tmp_path: Path
) -> None:
    file = tmp_path / "ours.zip"
    await export_tenant(street.at, sealer(), OURS, file, "move", settle=0)
    async with Database(street.made.app_dsn) as db, db.tenant(OURS) as conn:
        await defer(conn, "turn", lock="c2", queueing_lock="c2", conversation_id="c2")
    with pytest.raises(Conflict, match="procrastinate_jobs has changed"):
        await delete_tenant(street.at, OURS, file, settle=0)


async def test_a_move_may_be_called_off(street: Street, tmp_path: Path) -> None:
    before = due(street.made, OURS)
    await export_tenant(street.at, sealer(), OURS, tmp_path / "ours.zip", "move", settle=0)
    await resume_tenant(street.at, OURS)
    assert due(street.made, OURS) == pytest.approx(before, abs=120)
    async with Database(street.made.app_dsn) as db, db.routing() as conn:
        assert await routing.tenant_exists(conn, OURS)
    with pytest.raises(NotFound):
        await resume_tenant(street.at, "nobody")


def due(made: TestDatabase, tenant: str) -> list[float]:
    """Seconds until each of the tenant's jobs."""
    with psycopg.connect(made.owner_dsn) as conn:
        found = conn.execute(
            "SELECT extract(epoch FROM coalesce(scheduled_at, now()) - now())::float8"
            f" FROM {JOBS} WHERE args ->> 'tenant_id' = %s ORDER BY task_name, args::text",
            [tenant],
        ).fetchall()
    return [float(row[0]) for row in found]


async def test_deleting_for_good(street: Street) -> None:
    neighbour = street.rows(NEIGHBOUR)
    await delete_tenant(street.at, OURS, None, settle=0)
    assert street.rows(OURS) == {}
    assert street.rows(NEIGHBOUR) == neighbour
    with pytest.raises(NotFound):
        await delete_tenant(street.at, OURS, None, settle=0)


async def test_a_running_job_is_waited_for(street: Street, tmp_path: Path) -> None:
    with psycopg.connect(street.made.owner_dsn) as conn:
        conn.execute(f"UPDATE {JOBS} SET status = 'doing' WHERE args ->> 'tenant_id' = %s", [OURS])
    file = tmp_path / "ours.zip"
    for leaving in (
        export_tenant(street.at, sealer(), OURS, file, "move", settle=0),
        delete_tenant(street.at, OURS, None, settle=0),
    ):
        with pytest.raises(TryAgain, match="jobs of this tenant"):
            await leaving
    assert not file.exists()
    assert len(street.rows(OURS)) > 70


async def test_a_portable_archive_holds_no_secret(
    street: Street, elsewhere: TestDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "ours.zip"
    sealed = sealer().seal_json({"access_token": "EAAG-clear"}, f"{OURS}/channel")
    async with Database(street.made.app_dsn) as db, db.tenant(OURS) as conn:
        await tenants.add_channel_account(
            conn, channel="whatsapp", external_id="99", token_hash=b"#token-hash#",
            secret_encrypted=sealed,
        )  # fmt: skip
        await conn.execute("UPDATE users SET password_hash = '$argon2$hidden'")
        await conn.execute("UPDATE webhook_endpoints SET secrets = ARRAY['#webhook#'::bytea]")
        await conn.execute("UPDATE integrations SET credentials = '#credentials#'::bytea")
        await conn.execute("UPDATE api_keys SET key_hash = '#key-hash#'::bytea")
    await export_tenant(street.at, sealer(), OURS, file, "portable", settle=0)
    still = street.rows(OURS)
    with zipfile.ZipFile(file) as archive:
        text = b"\n".join(archive.read(name) for name in archive.namelist())
    for secret in (b"$argon2$hidden", b"#webhook#", b"#credentials#", b"#key-hash#",
                   b"#token-hash#", sealed):  # fmt: skip
        assert secret not in text
        assert secret.hex().encode() not in text, secret
    assert JOBS in still, "the tenant goes on where it is"

    await import_tenant(opened(elsewhere), Sealer(b"another key, of 32 bytes or so.."), file)
    came = rows(elsewhere.owner_dsn, OURS)
    plain = {name.removeprefix("public.") for name in (*SECRET_TABLES, *SECRET_COLUMNS)}
    for name in set(without(still)) - {JOBS, *SECRET_TABLES, *SECRET_COLUMNS}:
        if not name.startswith(TOLD):
            assert came[name] == still[name], name
    assert not set(came) & set(SECRET_TABLES)
    assert {"users", "integrations"} <= plain
    with psycopg.connect(elsewhere.owner_dsn) as conn:
        live = conn.execute(
            "SELECT (SELECT count(*) FROM integrations WHERE active)"
            " + (SELECT count(*) FROM webhook_endpoints WHERE active)"
        ).fetchone()
    assert live == (0,), "nothing goes out before it is connected anew"


SECRET_WORDS = ("secret", "password", "credential", "token_hash", "key_hash", "api_key")
NO_SECRETS = {
    ("document_versions", "content"): "the business's own document",
    ("corpus_stats", "buckets"): "counts of word pieces",
    ("api_keys", "api_key_id"): "left out with its table",
}
"""Binary columns, and such as sound secret, that are none."""


def test_every_column_that_may_be_secret_was_decided_on(database: TestDatabase) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        found = conn.execute(
            "SELECT table_name, column_name, data_type, udt_name FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        ).fetchall()
    undecided = [
        (table, column)
        for table, column, kind, udt in found
        if ("bytea" in (kind, udt) or udt == "_bytea" or any(w in column for w in SECRET_WORDS))
        and f"public.{table}" not in (*SECRET_TABLES, *LEFT_OUT)
        and column not in SECRET_COLUMNS.get(f"public.{table}", {})
        and (table, column) not in NO_SECRETS
        and table != "trust_system"
    ]
    assert undecided == []


async def test_a_move_from_under_another_key_is_refused(
    street: Street, elsewhere: TestDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "ours.zip"
    await export_tenant(street.at, sealer(), OURS, file, "move", settle=0)
    with pytest.raises(OperatorNeeded, match="another secret key"):
        await import_tenant(opened(elsewhere), Sealer(b"x" * 32), file)


async def test_a_tenant_that_is_here_is_not_taken_in_again(street: Street, tmp_path: Path) -> None:
    file = tmp_path / "ours.zip"
    await export_tenant(street.at, sealer(), OURS, file, "portable", settle=0)
    before = street.rows()
    with pytest.raises(Conflict, match="already"):
        await import_tenant(street.at, sealer(), file)
    assert street.rows() == before


async def test_an_archive_cannot_plant_rows_of_somebody_else(
    street: Street, elsewhere: TestDatabase, tmp_path: Path
) -> None:
    """Whoever rewrites an archive, sums and all, still cannot write as a neighbour."""
    file = tmp_path / "ours.zip"
    await export_tenant(street.at, sealer(), OURS, file, "portable", settle=0)
    planted = replanted(file, "public.contacts", OURS, NEIGHBOUR)
    with pytest.raises(BadData, match="belong to the archive's tenants"):
        await import_tenant(opened(elsewhere), sealer(), planted)
    assert rows(elsewhere.owner_dsn, NEIGHBOUR) == {}
    assert rows(elsewhere.owner_dsn, OURS) == {}


def replanted(file: Path, name: str, old: str, new: str) -> Path:
    import hashlib

    other = file.with_name("planted.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as into:
        manifest = json.loads(source.read(MANIFEST))
        body = source.read(name).replace(old.encode(), new.encode())
        manifest["tables"][name]["sha256"] = hashlib.sha256(body).hexdigest()
        for entry in source.namelist():
            kept = body if entry == name else source.read(entry)
            into.writestr(entry, json.dumps(manifest) if entry == MANIFEST else kept)
    return other


async def test_a_move_is_taken_from_itself_only(street: Street, tmp_path: Path) -> None:
    file = tmp_path / "neighbour.zip"
    await export_tenant(street.at, sealer(), NEIGHBOUR, file, "portable", settle=0)
    with pytest.raises(BadData, match="no move of bizim-dukkan"):
        await delete_tenant(street.at, OURS, file, settle=0)
    with pytest.raises(NotFound):
        await export_tenant(street.at, sealer(), "nobody", file, "move", settle=0)


@pytest.fixture
def landlord(street: Street) -> Iterator[OpenDatabase]:
    """The street as a database owner sees it who is no superuser, as managed databases have it."""
    name = f"landlord_{street.made.name}"
    with psycopg.connect(street.made.owner_dsn, autocommit=True) as conn:
        role = sql.Identifier(name)
        conn.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(role))
        conn.execute(sql.SQL("GRANT owner, routing TO {}").format(role))
        dsn = make_conninfo(street.made.owner_dsn, user=name, password="x")
        yield replace(street.at, owner_dsn=dsn)
        revoke = "REVOKE SET ON PARAMETER session_replication_role FROM {0}; DROP ROLE {0}"
        conn.execute(sql.SQL(revoke).format(role))


async def test_a_plain_owner_of_the_database_is_enough(
    street: Street, landlord: OpenDatabase, tmp_path: Path
) -> None:
    key = sealer().fingerprints()[0]
    theirs = await back_up(landlord.owner_dsn, tmp_path / "theirs.zip", key)
    ours = await back_up(street.made.owner_dsn, tmp_path / "ours.zip", key)
    assert theirs.tables == ours.tables
    file, neighbour = tmp_path / "ours.zip", street.rows(NEIGHBOUR)
    await export_tenant(landlord, sealer(), OURS, file, "move", settle=0)
    with pytest.raises(OperatorNeeded, match="GRANT SET ON PARAMETER"):
        await delete_tenant(landlord, OURS, file, settle=0)
    with psycopg.connect(street.made.owner_dsn, autocommit=True) as conn:
        user = sql.Identifier(str(conninfo_to_dict(landlord.owner_dsn)["user"]))
        grant = "GRANT SET ON PARAMETER session_replication_role TO {}"
        conn.execute(sql.SQL(grant).format(user))
    await delete_tenant(landlord, OURS, file, settle=0)
    assert street.rows(OURS) == {}
    await import_tenant(landlord, sealer(), file)
    assert len(street.rows(OURS)) > 70
    assert street.rows(NEIGHBOUR) == neighbour

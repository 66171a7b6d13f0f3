"""Test databases on a server of the suite's own, and a fence around the network.

The server is shared by suites that run at the same time and lives in memory where there is some
(`.data/test/server` links to it; `make clean` removes it). The migrated template is kept under the
hash of the migrations, so that a database costs one file copy:

    database        one a module (DSNs of owner, app and worker)
    fresh_database  one a test
    db, worker_db   pools as `app` and `worker` on `database`
    demo_businesses name of a database with the demo, taken in once, for `make_database`
    tenant_pair     two new tenants, ours and a neighbour, one pair a test
"""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from invekto.db.embedded import EmbeddedServer
from invekto.db.migrate import migrate, migrations
from invekto.db.pool import Database
from invekto.db.roles import LOGIN_ROLES, role_password
from invekto.errors import OperatorNeeded
from invekto.records.tenants import create_tenant
from invekto.settings import Settings, settings

HOME = Path(__file__).resolve().parent.parent / ".data" / "test"
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2_000_000_000  # bytes
IN_MEMORY = "invekto-test-"
LINKED_FROM = "linked_from"
TEMPLATE_LOCK = 7266711
KEPT_TEMPLATES = 6

for name in [name for name in os.environ if name.startswith(("INVEKTO_", "OPENAI_"))]:
    if name != "INVEKTO_REQUIRE_BROWSER":
        del os.environ[name]
os.environ["INVEKTO_ALLOW_MODEL_CALLS"] = "false"
os.environ["INVEKTO_DATA_DIR"] = str(HOME)
settings.cache_clear()


def _fence(event: str, args: tuple[object, ...]) -> None:
    """Audit hook: a test may speak to this machine only."""
    if event == "socket.connect":
        address = args[1]
        if isinstance(address, tuple) and not _is_loopback(str(address[0])):
            raise RuntimeError(f"a test tried to reach {address}: tests have no network")
    elif event == "socket.getaddrinfo" and args[0] is not None and not _is_loopback(args[0]):
        raise RuntimeError(f"a test tried to look up {args[0]!r}: tests have no network")


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in {"localhost", ""}:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def pytest_configure() -> None:
    sys.addaudithook(_fence)


@dataclass(frozen=True)
class TestDatabase:
    """One database: connection strings by role (`owner_dsn` is the superuser's)."""

    __test__ = False
    name: str
    owner_dsn: str
    app_dsn: str
    worker_dsn: str


MakeDatabase = Callable[..., AbstractAsyncContextManager[TestDatabase]]


class TenantPair(NamedTuple):
    """Two tenants that must never see each other."""

    ours: str
    neighbour: str


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedServer]:
    server = _started(_server_folder())
    _sweep(server)
    yield server
    server.stop()


def fast_folder() -> Path | None:
    """Where files cost nothing; None where only the disk is left."""
    try:
        roomy = shutil.disk_usage(MEMORY).free > MEMORY_NEEDED
    except FileNotFoundError:
        return None
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else None


def _server_folder() -> Path:
    """Ours in the data folder: a link to memory, where there is some. The place in memory has a
    name of its own, so that a fresh clone never meets the server of a deleted one."""
    folder, fast = HOME / "server", fast_folder()
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if fast is not None and not folder.exists():
            _forget_deleted(fast)
            folder.unlink(missing_ok=True)  # memory is empty after a restart of the machine
            place = Path(tempfile.mkdtemp(prefix=IN_MEMORY, dir=fast))
            place.chmod(0o755)
            (place / LINKED_FROM).write_text(str(folder), "utf-8")
            folder.symlink_to(place)
    return folder


def _forget_deleted(fast: Path) -> None:
    """Servers in memory whose data folder is gone: nothing else would ever free them."""
    for place in fast.glob(f"{IN_MEMORY}*"):
        with suppress(OSError):
            link = Path((place / LINKED_FROM).read_text("utf-8"))
            if link.resolve() != place and not (place / "cluster" / "postmaster.pid").exists():
                shutil.rmtree(place)


def _started(folder: Path) -> EmbeddedServer:
    """The suite's server; one that a power cut has spoilt is thrown away."""
    server = EmbeddedServer(folder, durable=False)
    try:
        server.start()
    except OperatorNeeded:
        for child in folder.resolve().iterdir():
            shutil.rmtree(child) if child.is_dir() else child.unlink()
        server = EmbeddedServer(folder, durable=False)
        server.start()
    return server


def _sweep(server: EmbeddedServer) -> None:
    """Drop what killed runs left behind, and all but the newest templates."""
    with psycopg.connect(server.dsn(), autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        rows = conn.execute("SELECT datname FROM pg_database ORDER BY oid DESC").fetchall()
        names = [str(row[0]) for row in rows]
        dead = [n for n in names if n.startswith("test_") and not _runs(int(n.split("_")[1]))]
        old = [n for n in names if n.startswith("migrated_")][KEPT_TEMPLATES:]
        half = [n for n in names if n.startswith("half_")]
        for name in dead + old + half:
            _drop(conn, name)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _drop(conn: psycopg.Connection, name: str) -> None:
    conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
async def template(postgres: EmbeddedServer) -> str:
    """The name of a migrated database that nothing connects to."""
    digest = hashlib.sha256("".join(step.hash for step in migrations()).encode()).hexdigest()
    name, half = f"migrated_{digest[:16]}", f"half_{digest[:16]}"
    with psycopg.connect(postgres.dsn(), autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        if not conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            _drop(conn, half)
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(half)))
            await migrate(postgres.dsn(dbname=half), role_passwords())
            conn.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(half), sql.Identifier(name)
                )
            )
    return name


def role_passwords() -> dict[str, str]:
    ours = Settings(data_dir=HOME)
    return {role: role_password(ours, role) for role in LOGIN_ROLES}


@pytest.fixture(scope="session")
def make_database(postgres: EmbeddedServer, template: str) -> MakeDatabase:
    """A factory: `async with make_database() as database:` gives one of your own; with a name, a
    copy of that database, to which nobody may be connected."""
    numbers = itertools.count(1)
    passwords = role_passwords()

    @asynccontextmanager
    async def make(like: str = template) -> AsyncIterator[TestDatabase]:
        name = f"test_{os.getpid()}_{next(numbers)}"
        with psycopg.connect(postgres.dsn(), autocommit=True) as conn:
            conn.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(like)
                )
            )
            owner = postgres.dsn(dbname=name)
            try:
                yield TestDatabase(
                    name,
                    owner,
                    make_conninfo(owner, user="app", password=passwords["app"]),
                    make_conninfo(owner, user="worker", password=passwords["worker"]),
                )
            finally:
                _drop(conn, name)

    return make


@pytest.fixture(scope="session")
async def demo_businesses(make_database: MakeDatabase) -> AsyncIterator[str]:
    """The name of a database that the demo businesses were taken in to; to be copied."""
    from invekto.evals.scenarios import DEMO, NOW, TENANTS
    from invekto.intake.tenants import take_in

    async with make_database() as made:
        async with Database(made.app_dsn) as pool:
            for name in TENANTS:
                await take_in(pool, DEMO / name, NOW)
        yield made.name


@pytest.fixture(scope="module")
async def database(make_database: MakeDatabase) -> AsyncIterator[TestDatabase]:
    async with make_database() as made:
        yield made


@pytest.fixture
async def fresh_database(make_database: MakeDatabase) -> AsyncIterator[TestDatabase]:
    async with make_database() as made:
        yield made


@pytest.fixture(scope="module")
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    async with Database(database.app_dsn) as pool:
        yield pool


@pytest.fixture(scope="module")
async def worker_db(database: TestDatabase) -> AsyncIterator[Database]:
    async with Database(database.worker_dsn) as pool:
        yield pool


_pairs = itertools.count(1)


@pytest.fixture
async def tenant_pair(db: Database) -> TenantPair:
    number = next(_pairs)
    pair = TenantPair(f"ours-{number}", f"neighbour-{number}")
    for tenant_id in pair:
        async with db.tenant(tenant_id) as conn:
            await create_tenant(
                conn, name=tenant_id.title(), sector="ecommerce", packs=["ecommerce"]
            )
    return pair

"""The embedded server: shared, durable, and gone when its last user is, however that one ends."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from invekto.db import binaries
from invekto.db.embedded import EmbeddedServer
from invekto.db.migrate import migrate
from invekto.db.pool import Database
from invekto.errors import OperatorNeeded, TryAgain
from tests.conftest import fast_folder

USER = """
    import sys, time
    from pathlib import Path
    from invekto.db.embedded import EmbeddedServer
    with EmbeddedServer(Path(sys.argv[1]), durable=False):
        print("up", flush=True)
        sys.stdin.read()
"""
FORKING_USER = """
    import os, sys, time
    from pathlib import Path
    from invekto.db.embedded import EmbeddedServer
    server = EmbeddedServer(Path(sys.argv[1]), durable=False)
    server.start()
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    print("up", flush=True)
    sys.stdin.read()
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change its user")


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that any user may enter; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="invekto-test-", dir=fast_folder()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def folder(place: Path) -> Path:
    """One cluster for the tests that leave it as they found it."""
    with EmbeddedServer(place / "pg", durable=False):
        return place / "pg"


def _user(folder: Path, program: str = USER) -> subprocess.Popen[str]:
    """Another process that uses the server of `folder` until its standard input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _is_up(user: subprocess.Popen[str]) -> bool:
    assert user.stdout is not None
    return user.stdout.readline() == "up\n"


def _end(user: subprocess.Popen[str]) -> None:
    user.communicate(timeout=20)


def _server_pid(folder: Path) -> int:
    return int((folder / "cluster/postmaster.pid").read_text().splitlines()[0])


def _gone(pid: int, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def _ask(server: EmbeddedServer, query: str) -> object:
    with psycopg.connect(server.dsn()) as conn:
        row = conn.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_it_starts_answers_and_stops(folder: Path) -> None:
    with EmbeddedServer(folder) as server:
        pid = _server_pid(folder)
        assert _ask(server, "SHOW fsync") == "on"
        assert _ask(server, "SHOW server_encoding") == "UTF8"
        assert str(_ask(server, "SHOW server_version_num")) >= "180000"
    assert _gone(pid, 0.1)


@linux
@root
def test_it_does_not_run_as_root(folder: Path) -> None:
    with EmbeddedServer(folder):
        assert Path(f"/proc/{_server_pid(folder)}").stat().st_uid != 0


def test_it_is_shared_and_outlives_its_first_user(folder: Path) -> None:
    first = EmbeddedServer(folder, durable=False)
    first.start()
    pid = _server_pid(folder)
    with EmbeddedServer(folder, durable=False) as second:
        assert _server_pid(folder) == pid
        first.stop()
        assert _ask(second, "SELECT 1") == 1
    assert _gone(pid)


def test_another_process_keeps_it_alive(folder: Path) -> None:
    user = _user(folder)
    assert _is_up(user)
    pid = _server_pid(folder)
    with EmbeddedServer(folder, durable=False):
        _end(user)
    assert _gone(pid)


def test_a_killed_user_leaves_no_server_behind(folder: Path) -> None:
    user = _user(folder)
    assert _is_up(user)
    pid = _server_pid(folder)
    user.kill()
    _end(user)
    assert _gone(pid)
    with EmbeddedServer(folder, durable=False) as server:
        assert _ask(server, "SELECT 1") == 1


def test_a_forked_child_does_not_keep_it_alive(folder: Path) -> None:
    user = _user(folder, FORKING_USER)
    assert _is_up(user)
    pid = _server_pid(folder)
    user.kill()
    user.wait(20)
    assert _gone(pid)
    os.killpg(user.pid, signal.SIGKILL)
    _end(user)


@linux
def test_a_killed_watchdog_leaves_no_server_behind(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False):
        pid = _server_pid(folder)
        status = Path(f"/proc/{pid}/status").read_text()
        os.kill(int(status.split("PPid:")[1].split()[0]), signal.SIGKILL)
        assert _gone(pid)
    with EmbeddedServer(folder, durable=False) as server:
        assert _ask(server, "SELECT 1") == 1


def test_processes_that_start_it_at_once_share_it(folder: Path) -> None:
    users = [_user(folder) for _ in range(4)]
    assert [_is_up(user) for user in users] == [True] * 4
    pid = _server_pid(folder)
    for user in users:
        _end(user)
    assert [user.returncode for user in users] == [0] * 4
    assert _gone(pid)


def test_a_crashed_server_is_started_again(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False):
        os.kill(_server_pid(folder), signal.SIGKILL)
        assert _gone(_server_pid(folder))
    with EmbeddedServer(folder, durable=False) as server:
        assert _ask(server, "SELECT 1") == 1


async def test_a_pool_survives_a_restart_of_the_server(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invekto.db.pool.CONNECT_SECONDS", 0.5)
    monkeypatch.setattr("invekto.db.pool.RECONNECT_SECONDS", 0.5)
    folder = place / "restarted"
    with EmbeddedServer(folder, durable=False) as server:
        await migrate(server.dsn(), {"app": "a", "worker": "w"})
        app = psycopg.conninfo.make_conninfo(server.dsn(), user="app", password="a")
        async with Database(app, size=4) as pool:
            await asyncio.gather(*[_nothing(pool) for _ in range(4)])
            os.kill(_server_pid(folder), signal.SIGKILL)
            assert _gone(_server_pid(folder))
            for _ in range(3):
                with pytest.raises(TryAgain):
                    await _nothing(pool)
            with EmbeddedServer(folder, durable=False):
                await asyncio.gather(*[_nothing(pool) for _ in range(4)])


async def _nothing(pool: Database) -> None:
    async with pool.routing() as conn:
        await conn.execute("SELECT pg_sleep(0.01)")


def test_a_stale_pid_file_with_a_reused_number_is_no_obstacle(folder: Path) -> None:
    stale = folder / "cluster/postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{folder}/cluster\n1\n5432\n{folder}/run\n\n1 1\nready\n")
    with EmbeddedServer(folder, durable=False) as server:
        assert _ask(server, "SELECT 1") == 1


def test_a_wrong_password_is_refused_and_the_right_one_private(folder: Path) -> None:
    assert stat.S_IMODE((folder / "password").stat().st_mode) == 0o600
    with (
        EmbeddedServer(folder, durable=False) as server,
        pytest.raises(psycopg.OperationalError, match="password authentication failed"),
    ):
        psycopg.connect(server.dsn(), password="guess")


def test_a_half_made_cluster_is_made_anew(place: Path) -> None:
    folder = place / "half"
    (folder / "cluster.new" / "base").mkdir(parents=True)
    (folder / "password").write_text("of a run that was killed\n")
    with EmbeddedServer(folder, durable=False) as server:
        assert _ask(server, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket(place: Path) -> None:
    folder = place / ("deep" * 25) / "pg"
    with EmbeddedServer(folder, durable=False) as server:
        assert _ask(server, "SELECT 1") == 1
        with EmbeddedServer(folder, durable=False) as other:
            assert _ask(other, "SELECT 1") == 1


@root
def test_inside_a_closed_home_it_moves_out_and_opens_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "STATE_OF_ROOT", place / "state")
    home = place / "home"
    home.mkdir(mode=0o700)
    with EmbeddedServer(home / "data" / "pg", durable=False) as server:
        assert _ask(server, "SELECT 1") == 1
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert (home / "data" / "pg").is_symlink()
    with EmbeddedServer(home / "data" / "pg", durable=False) as server:
        assert _ask(server, "SELECT 1") == 1
    assert len(list((place / "state").glob("data-*"))) == 1


def test_a_cluster_of_another_major_version_is_refused(folder: Path) -> None:
    version = folder / "cluster/PG_VERSION"
    said = version.read_text()
    version.write_text("15\n")
    try:
        with pytest.raises(OperatorNeeded, match="made by PostgreSQL 15"):
            EmbeddedServer(folder).start()
    finally:
        version.write_text(said)


def test_a_broken_cluster_says_why_it_does_not_start(place: Path) -> None:
    folder = place / "broken"
    with EmbeddedServer(folder, durable=False):
        pass
    (folder / "cluster/postgresql.conf").write_text("shared_buffers = plenty\n")
    with pytest.raises(OperatorNeeded, match=r"did not start[\s\S]*shared_buffers"):
        EmbeddedServer(folder).start()


async def test_an_owner_who_is_no_superuser_can_migrate(place: Path) -> None:
    """As on a managed Postgres: may create roles and owns the database; pgvector is there."""
    with EmbeddedServer(place / "managed", durable=False) as server:
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            conn.execute("CREATE ROLE shop LOGIN CREATEROLE PASSWORD 'secret'")
            conn.execute("CREATE DATABASE shop OWNER shop")
        with psycopg.connect(server.dsn("shop"), autocommit=True) as conn:
            conn.execute("CREATE EXTENSION vector")
        dsn = psycopg.conninfo.make_conninfo(server.dsn("shop"), user="shop", password="secret")
        both = await asyncio.gather(*[migrate(dsn, {"app": "a", "worker": "w"}) for _ in "ab"])
        assert sorted(map(bool, both)) == [False, True]


async def test_a_database_without_pgvector_says_so(place: Path) -> None:
    with EmbeddedServer(place / "managed", durable=False) as server:
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            conn.execute("CREATE ROLE bare LOGIN CREATEROLE PASSWORD 'secret'")
            conn.execute("GRANT owner, app, worker, routing TO bare WITH ADMIN OPTION")
            conn.execute("CREATE DATABASE bare OWNER bare")
        dsn = psycopg.conninfo.make_conninfo(server.dsn("bare"), user="bare", password="secret")
        with pytest.raises(OperatorNeeded, match="CREATE EXTENSION vector as a superuser"):
            await migrate(dsn, {"app": "a", "worker": "w"})

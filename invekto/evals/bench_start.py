"""Cold start and memory of a process as it is started in production: `serve` until its first turn
at normal p95, `--help`, memory at rest and after turns."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from invekto.contracts.clock import system_clock
from invekto.db.opening import open_database
from invekto.evals.bench_turn import DEMO, SHOP, TEXTS, own_settings
from invekto.evals.memory import resident_megabytes
from invekto.intake.tenants import take_in
from invekto.records import tenants
from invekto.records.routing import token_hash
from invekto.settings import settings

KEY = "ik_bench_0123456789abcdef0123456789abcdef"
COMMAND = (sys.executable, "-c", "from invekto.cli.app import main; main()")
PATIENCE_SECONDS = 180.0


async def run(quick: bool) -> dict[str, Any]:
    """Medians over several starts; the intent model is kept already, as after an installation."""
    starts, turns = (1, 30) if quick else (3, 200)
    helps = [_help_seconds() for _ in range(3 if quick else 7)]
    with TemporaryDirectory(prefix="invekto-bench-", ignore_cleanup_errors=True) as folder:
        models = Path(folder) / "models"
        models.symlink_to((settings().data_dir / "models").absolute())
        await _furnish(folder)
        seen = [await asyncio.to_thread(_start, folder, turns) for _ in range(starts)]
    return {
        "--help s": statistics.median(helps),
        **{name: statistics.median(one[name] for one in seen) for name in seen[0]},
    }


def _help_seconds() -> float:
    start = time.perf_counter()
    subprocess.run([*COMMAND, "--help"], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - start


async def _furnish(folder: str) -> None:
    async with await open_database(own_settings(folder)) as at, at.pool("app") as database:
        await take_in(database, DEMO, system_clock())
        async with database.tenant(SHOP) as conn:
            await tenants.add_api_key(
                conn, key_hash=token_hash(KEY), prefix=KEY[:6], name="bench",
                scopes=["messages", "read"],
            )  # fmt: skip


def _start(folder: str, turns: int) -> dict[str, float]:
    """One start of `serve`, its first turns, and its end."""
    port = _free_port()
    begun = time.perf_counter()
    with _serving(folder, port) as (process, client):
        _wait_until_ready(client)
        ready = time.perf_counter() - begun
        rest = resident_megabytes(process.pid)
        moments, times = [], []
        for n in range(turns):
            start = time.perf_counter()
            _ask(client, n)
            times.append(time.perf_counter() - start)
            moments.append(time.perf_counter() - begun)
        usual = statistics.quantiles(times[turns // 3 :], n=20)[-1]
        first = next(at for at, took in zip(moments, times, strict=True) if took <= usual)
        return {
            "serve answers after s": ready,
            "first turn at normal p95 after s": first,
            "first turn ms": times[0] * 1000,
            "usual p95 ms over HTTP": usual * 1000,
            "API process at rest MB": rest,
            f"API process after {turns} turns MB": resident_megabytes(process.pid),
        }


@contextlib.contextmanager
def _serving(folder: str, port: int) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    given = (f"INVEKTO_DATA_DIR={folder}", "INVEKTO_LOG_LEVEL=ERROR", "INVEKTO_API_BURST=100000",
             "INVEKTO_API_PER_MINUTE=1000000")  # fmt: skip
    command = ["env", *given, *COMMAND, "serve", "--port", str(port)]
    process = subprocess.Popen(command)  # noqa: S603
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"authorization": f"Bearer {KEY}"},
            timeout=60,
        ) as client:  # fmt: skip
            yield process, client
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(client: httpx.Client) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def _ask(client: httpx.Client, n: int) -> None:
    message = {
        "channel": "bench",
        "message_id": f"start-{time.time_ns()}",
        "from": {"id": f"customer-{n % 20}"},
        "text": TEXTS[n % len(TEXTS)],
    }
    client.post("/v1/assist", json={"message": message}).raise_for_status()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

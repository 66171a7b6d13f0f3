"""The audit of the locked packages, against an emulated OSV."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = [ROOT / "requirements" / f"{name}.txt" for name in ("runtime", "dev", "build")]


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "requirements" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Osv(HTTPServer):
    """Knows one bad version of one package."""

    asked: list[dict[str, Any]]
    status = 200


class Answer(BaseHTTPRequestHandler):
    server: Osv

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked += body["queries"]
        results: list[dict[str, Any]] = [
            {"vulns": [{"id": "GHSA-bad", "modified": "2026-01-01T00:00:00Z"}]}
            if query == {"package": {"name": "old", "ecosystem": "PyPI"}, "version": "1.0"}
            else {}
            for query in body["queries"]
        ]
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps({"results": results}).encode())

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def osv() -> Iterator[Osv]:
    server = Osv(("127.0.0.1", 0), Answer)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(audit: ModuleType, osv: Osv, *files: Path, accepted: Path) -> int:
    address = f"http://127.0.0.1:{osv.server_port}"
    shown = ["--osv", address, "--accepted", str(accepted), *map(str, files)]
    code: int = audit.main(shown)
    return code


def test_a_known_vulnerability_fails_until_somebody_has_accepted_it(
    audit: ModuleType, osv: Osv, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock, accepted = tmp_path / "lock.txt", tmp_path / "accepted.txt"
    lock.write_text("old==1.0 \\\n    --hash=sha256:00\nfine==2.0 ; python_version > '3'\n")
    assert run(audit, osv, lock, accepted=accepted) == 1
    assert "old 1.0: GHSA-bad" in capsys.readouterr().out
    accepted.write_text("GHSA-bad  # we never call it\n")
    assert run(audit, osv, lock, accepted=accepted) == 0
    assert [q["version"] for q in osv.asked[:2]] == ["2.0", "1.0"]


def test_every_locked_package_is_asked_about(audit: ModuleType, osv: Osv, tmp_path: Path) -> None:
    assert run(audit, osv, *LOCKS, accepted=tmp_path / "none") == 0
    names = {query["package"]["name"] for query in osv.asked}
    assert len(names) > 200
    assert {"psycopg", "uv", "pytest"} <= names


def test_an_audit_that_could_not_be_made_says_so(
    audit: ModuleType, osv: Osv, tmp_path: Path
) -> None:
    osv.status = 503
    assert run(audit, osv, *LOCKS, accepted=tmp_path / "none") == 2


def test_continuous_integration_audits_and_installs_by_hash() -> None:
    steps = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "requirements/audit.py requirements/{runtime,dev,build}.txt || [ $? -eq 2 ]" in steps
    assert "--require-hashes" in (ROOT / "requirements" / "install.sh").read_text("utf-8")

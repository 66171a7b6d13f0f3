"""Known vulnerabilities of the locked packages: `make audit`.

Asks OSV (https://google.github.io/osv.dev/post-v1-querybatch/) about every name and version in the
given requirement files, nothing else. Exit code 1: there are some that `accepted.txt` beside this
file does not name; 2: OSV could not be asked.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

OSV = "https://api.osv.dev"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
AT_ONCE = 500  # queries; OSV takes 1,000
SECONDS = 30.0

Package = tuple[str, str]


def pinned(files: list[Path]) -> list[Package]:
    """(name, version) of everything that the files pin."""
    return sorted({found for file in files for found in PINNED.findall(file.read_text("utf-8"))})


def accepted(file: Path) -> set[str]:
    """Ids that somebody has looked at: one a line, followed by why they do not touch us."""
    if not file.exists():
        return set()
    lines = (line.split("#")[0].split() for line in file.read_text("utf-8").splitlines())
    return {words[0] for words in lines if words}


def vulnerabilities(packages: list[Package], address: str) -> dict[Package, list[str]]:
    """Ids by package, of those that have some. Raises OSError where OSV cannot be asked."""
    found: dict[Package, list[str]] = {}
    for start in range(0, len(packages), AT_ONCE):
        part = packages[start : start + AT_ONCE]
        for package, result in zip(part, _asked(part, address), strict=True):
            if ids := [str(entry["id"]) for entry in result.get("vulns", [])]:
                found[package] = ids
    return found


def _asked(packages: list[Package], address: str) -> list[dict[str, list[dict[str, str]]]]:
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
        for name, version in packages
    ]
    request = urllib.request.Request(  # noqa: S310 - the operator's own address
        f"{address}/v1/querybatch",
        json.dumps({"queries": queries}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        results: list[dict[str, list[dict[str, str]]]] = json.load(answer)["results"]
    return results


def main(arguments: list[str]) -> int:
    """Print what was found; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--osv", default=OSV)
    parser.add_argument("--accepted", type=Path, default=Path(__file__).with_name("accepted.txt"))
    chosen = parser.parse_args(arguments)
    packages = pinned(chosen.files)
    try:
        found = vulnerabilities(packages, chosen.osv)
    except (OSError, ValueError, KeyError) as error:
        print(f"audit: {chosen.osv} could not be asked: {error}", file=sys.stderr)
        return 2
    known = accepted(chosen.accepted)
    open_ones = {p: [i for i in ids if i not in known] for p, ids in found.items()}
    for (name, version), ids in sorted(open_ones.items()):
        for ident in ids:
            print(f"{name} {version}: {ident}  https://osv.dev/vulnerability/{ident}")
    count = sum(map(len, open_ones.values()))
    print(f"audit: {len(packages)} packages, {count} open, {len(known)} accepted")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

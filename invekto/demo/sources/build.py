"""Prints the demo businesses' PDFs: Jinja2 pages over the tenants' YAML, through headless Chromium.

    python invekto/demo/sources/build.py [NAME…]      # names without .pdf; all of them by default

Prices come from services.yaml and packages.yaml, so a PDF cannot drift from the data.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
DEMO = HERE.parent
DOCUMENTS = {
    "iade-degisim-kosullari": "nehir-moda",
    "beden-rehberi": "nehir-moda",
    "garanti-ve-bakim": "nehir-moda",
    "fiyat-listesi": "inci-dis",
    "tedavi-sonrasi-bakim": "inci-dis",
    "islem-rehberi-tr": "lale-estetik",
    "aftercare-en": "lale-estetik",
    "price-list-ar": "lale-estetik",
}


def main(names: list[str]) -> None:
    """Build the named documents (all when none is named)."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.exit("chromium is not installed: apt-get install chromium fonts-noto-core")
    for name in names or list(DOCUMENTS):
        target = DEMO / DOCUMENTS[name] / "documents" / f"{name}.pdf"
        _print(browser, _html(name), target)
        print(f"{target.relative_to(DEMO)}  {target.stat().st_size // 1024} kB")


def _html(name: str) -> str:
    folder = DEMO / DOCUMENTS[name]
    environment = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, autoescape=True
    )
    environment.filters["tr_range"] = lambda pair: _span(pair, ".", " – ")
    # A plain hyphen without spaces: PDF readers turn "3,000 – 4,200" round in right-to-left text.
    environment.filters["ar_range"] = lambda pair: _span(pair, ",", "-")
    tenant = _yaml(folder / "tenant.yaml")
    services = _yaml(folder / "services.yaml") or []
    packages = _yaml(folder / "packages.yaml") or []
    return environment.get_template(f"{name}.html").render(
        tenant=tenant,
        profile=tenant["profile"],
        services=services,
        by_id={one["id"]: one for one in services + packages},
        packages=packages,
    )


def _span(pair: list[int], thousands: str, dash: str) -> str:
    low, high = (f"{value:,}".replace(",", thousands) for value in pair)
    return low if low == high else f"{low}{dash}{high}"


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None


def _print(browser: str, html: str, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "page.html"
        page.write_text(html, encoding="utf-8")
        subprocess.run(  # noqa: S603
            [
                browser,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-pdf-header-footer",
                f"--user-data-dir={scratch}/profile",
                f"--print-to-pdf={target}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )


if __name__ == "__main__":
    main(sys.argv[1:])

"""`pytest tests/knowledge -m proof --pdfs FOLDER` reads every PDF of a folder."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pdfs", default=None, help="a folder of PDFs for the proof of reading")

"""`pytest tests/knowledge -m proof --pdfs FOLDER` reads every PDF of a folder."""

from __future__ import annotations


def pytest_addoption(parser) -> None:
    parser.addoption("--pdfs", default=None, help="a folder of PDFs for the proof of reading")

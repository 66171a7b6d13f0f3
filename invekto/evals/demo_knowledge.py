"""The demo tenants' knowledge in a database, and the questions written apart from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from invekto.db.pool import Database
from invekto.evals.report import read_lines
from invekto.knowledge import faqs
from invekto.knowledge.answer import extract
from invekto.knowledge.faqs import FaqText
from invekto.knowledge.glossary import set_own_words
from invekto.knowledge.ingest import ingest
from invekto.knowledge.search import search
from invekto.records.tenants import create_tenant

DEMO = Path(__file__).parents[1] / "demo"
SETS = Path(__file__).parent / "sets" / "retrieval"
TENANTS = ("nehir-moda", "inci-dis", "lale-estetik")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: the place of the expected source (0: not among the found) and the chance
    given to the best."""

    line: dict[str, Any]
    place: int
    chance: float
    answered: bool
    found: tuple[str, ...]


async def load(database: Database) -> None:
    """FAQs, documents and the names of services of all demo tenants."""
    for tenant in TENANTS:
        folder = DEMO / tenant
        about = yaml.safe_load((folder / "tenant.yaml").read_text("utf-8"))
        async with database.tenant(tenant) as conn:
            await create_tenant(conn, name=about["name"], sector=about["sector"])
            for entry in _entries(folder / "faqs.yaml"):
                await faqs.create(
                    conn, _texts(entry), faq_id=entry["id"], category=entry["category"],
                    tags=entry.get("tags", ()), approve=True,
                )  # fmt: skip
            await set_own_words(conn, names(folder))
        for path in sorted((folder / "documents").glob("*.pdf")):
            report = await ingest(database, tenant, name=path.name, data=path.read_bytes())
            assert report.status == "live", report


def names(folder: Path) -> list[list[str]]:
    """What each service or product is called."""
    services = folder / "services.yaml"
    if services.exists():
        return [[*s["names"].values(), *s.get("synonyms", [])] for s in _entries(services)]
    return []


def _entries(path: Path) -> list[dict[str, Any]]:
    raw = yaml.safe_load(path.read_text("utf-8"))
    entries: list[dict[str, Any]] = raw if isinstance(raw, list) else next(iter(raw.values()))
    return entries


def _texts(entry: dict[str, Any]) -> dict[str, FaqText]:
    texts = {}
    for language, asked in entry["questions"].items():
        first, *variants = [asked] if isinstance(asked, str) else asked
        texts[language] = FaqText(first, entry["answers"][language], tuple(variants))
    return texts


async def ask(database: Database, name: str) -> list[Asked]:
    """Ask every line of one of the sets."""
    asked = []
    for line in read_lines(SETS / name, ("tenant", "question", "lang")).rows:
        async with database.tenant(line["tenant"]) as conn:
            found = await search(conn, line["question"], language=line["lang"], k=10)
        hits = [is_expected(p, line) for p in found] if "expect" in line else []
        place = hits.index(True) + 1 if True in hits else 0
        answer = extract(line["question"], found, line["lang"])
        where = tuple(
            f"{p.document_id if p.kind == 'faq' else p.citation}: {p.text[:60]}" for p in found[:3]
        )
        asked.append(
            Asked(line, place, found[0].score if found else 0.0, answer is not None, where)
        )
    return asked


def is_expected(passage: Any, line: dict[str, Any]) -> bool:
    """Whether a passage is what a line expects, or what it says does as well."""
    also = line.get("also") or []
    wanted = [line["expect"], *(also if isinstance(also, list) else [also])]
    return any(_is_place(passage, place) for place in wanted)


def _is_place(passage: Any, place: dict[str, Any]) -> bool:
    if place["kind"] == "faq":
        return bool(passage.kind == "faq" and passage.document_id == place["id"])
    if passage.title != place["document"] or passage.page != place["page"]:
        return False
    row = place.get("row")
    return row is None or passage.text.split(" · ")[0].strip() == row.strip()


def figures(answerable: Sequence[Asked], unanswerable: Sequence[Asked]) -> dict[str, float]:
    """Recall, and the share refused where nine in ten answerable questions are answered."""
    n = len(answerable)
    ninety = sorted(a.chance for a in answerable)[n // 10]
    near = [a.chance for a in unanswerable if a.line["near"]]
    far = [a.chance for a in unanswerable if not a.line["near"]]
    return {
        "questions": n,
        "recall@1": sum(a.place == 1 for a in answerable) / n,
        "recall@3": sum(0 < a.place <= 3 for a in answerable) / n,
        "answered_at_threshold": sum(a.answered for a in answerable) / n,
        "near_refused_at_threshold": sum(not a.answered for a in unanswerable if a.line["near"])
        / len(near),
        "far_refused_at_threshold": sum(not a.answered for a in unanswerable if not a.line["near"])
        / len(far),
        "near_refused_at_90": sum(c < ninety for c in near) / len(near),
        "far_refused_at_90": sum(c < ninety for c in far) / len(far),
        "threshold_at_90": ninety,
    }

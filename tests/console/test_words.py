"""What the rooms below say reaches people in the language of their pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import invekto
from invekto.agent.intents.topics import topic_tags
from invekto.agent.kit import sector_taxonomy
from invekto.agent.sector import load_sectors
from invekto.contracts.understanding import Sentiment
from invekto.server.app import create_app
from invekto.server.console.words import words
from invekto.server.deps import ServerDeps
from tests.console.conftest import TENANT

ROOT = Path(invekto.__file__).parent
FOR_PEOPLE = ("BadData", "BadRequest", "Conflict", "Refused")
ROOMS = (
    "intake/values.py", "intake/desk.py", "intake/diary.py", "intake/sales.py",
    "intake/offers.py", "intake/sheets.py", "intake/handing_in.py", "server/own_model.py",
    "server/fixed_texts.py", "server/replaying.py", "server/answering.py", "server/api/business.py",
    "server/api/users.py", "records/overrides.py", "records/policies.py",
    "channels/addresses.py", "agent/verdicts.py", "evals/replay/past.py", "server/console",
)  # fmt: skip
"""Where what is raised is about something that a person has entered."""


def said(path: Path) -> Iterator[str]:
    """The messages of a file's errors, with `x1`, `x2` … for what they name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FOR_PEOPLE:
            for argument in node.args:
                if isinstance(argument, ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else f"x{number}"
                        for number, part in enumerate(argument.values)
                    )
                elif isinstance(argument, ast.Constant) and " " in str(argument.value):
                    yield str(argument.value)


def files() -> list[Path]:
    found = [ROOT / room for room in ROOMS]
    return [one for path in found for one in ([path] if path.is_file() else path.rglob("*.py"))]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_said_of_something_entered_is_said_in_turkish(path: Path) -> None:
    turkish = words("tr")
    missing = [message for message in said(path) if turkish.told(message) == message]
    assert missing == [], "write it in words/told.yaml too"


def test_what_was_named_stays_and_what_is_not_known_is_told_as_it_was_said() -> None:
    turkish = words("tr")
    assert turkish.told("'sorunuz' is negative or too large") == (
        "'sorunuz' sıfırdan küçük ya da çok büyük"
    )
    assert turkish.told("{0} {1} a new thing") == "{0} {1} a new thing"
    assert words("en").told("is empty") == "is empty"


async def test_an_answer_to_a_page_is_in_its_language_and_one_of_the_api_is_not(
    peopled: ServerDeps,
) -> None:
    transport = httpx.ASGITransport(create_app(peopled), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://invekto.test") as client:
        await client.post("/console/sign-in/demo", data={"tenant_id": TENANT, "user_id": "nehir"})
        page = await client.post("/console/settings/tone", data={"tone": "short"})
        assert page.json()["detail"] == "Sayfa eskimiş: yeniden yükleyin"
        client.cookies.set("invekto_language", "en")
        page = await client.post("/console/settings/tone", data={"tone": "short"})
        assert page.json()["detail"] == "the page is too old or not ours: load it again"
        api = await client.get("/v1/api-keys", headers={"authorization": "Bearer nonsense"})
        assert api.json()["detail"].isascii()


NOTED = re.compile(r'(?:audited|record)\(\s*conn,\s*(?:caller,\s*)?"([a-z_]+\.[a-z_]+)"')


def test_everything_that_is_audited_has_words() -> None:
    noted = {n for path in ROOT.rglob("*.py") for n in NOTED.findall(path.read_text("utf-8"))}
    assert len(noted) > 50
    for language in ("tr", "en"):
        w = words(language)
        assert [n for n in sorted(noted) if not w.has(f"audit.{n.replace('.', '_')}")] == []


def test_tags_are_words_and_a_persons_own_stay_as_they_are() -> None:
    turkish = words("tr")
    for sector in load_sectors().values():
        for intent in sector_taxonomy(sector):
            for tag in topic_tags([intent], [], Sentiment.ANGRY):
                assert turkish.has(f"tags.{tag}"), tag
    assert turkish.tag("courier:Aras") == "Kargo: Aras"
    assert turkish.tag("location") == "Adres"
    assert turkish.tag("pazartesi:ara") == "pazartesi:ara"

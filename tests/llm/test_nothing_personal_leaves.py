"""No personal value of any customer of the demo businesses reaches the endpoint, in any writing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from invekto.agent.assembly import Engine
from invekto.errors import ModelUnavailable
from invekto.guardrails.flat import plain
from invekto.guardrails.pseudonyms import Pseudonyms
from invekto.llm.chat import ChatModel
from invekto.settings import ModelSettings
from tests.agent.conftest import Desk
from tests.doubles.openai_server import Scripted, calls, gives, says, scripted_endpoint
from tests.llm.test_model_path import Unsure


def customers() -> list[tuple[str, dict[str, Any]]]:
    """Every invented person of every demo business."""
    demo = Path(str(files("invekto.demo")))
    return [
        (file.parent.name, person)
        for file in sorted(demo.glob("*/*.yaml"))
        if file.stem in {"customers", "patients", "contacts"}
        for person in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


PEOPLE = customers()
BUYERS = [p for tenant, p in PEOPLE if tenant == "nehir-moda" and "Mah." in p.get("address", "")]
OTHERS = {
    "tckn": "10000000146",
    "iban": "TR33 0006 1005 1978 6457 8413 26",
    "card": "4111 1111 1111 1111",
    "plate": "plakam 34 ABC 123",
    "passport": "U12345678",
    "mail": "baska.kisi@posta.example",
}


def writings(name: str) -> list[str]:
    """A name as people type it."""
    first = name.split()[0]
    return [
        name, name.lower(), plain(name), name.upper(), f"{name}'nin", f"{plain(name)}in",
        first, f"{first}'e", plain(first),
    ]  # fmt: skip


SAID = (
    "ben {}, siparişim nerede",
    "adım {} kargo gelmedi",
    "{} adına randevu alacaktım",
    "imza: {}",
)


def test_every_contact_is_hidden_in_every_writing() -> None:
    assert len(PEOPLE) > 40
    for _, person in PEOPLE[::3]:
        hidden = Pseudonyms()
        hidden.know(person["name"], "PERSON")
        hidden.know(person["phone"], "PHONE")
        parts = [plain(part) for part in person["name"].split() if len(part) > 2]
        for name in writings(person["name"]):
            for sentence in SAID:
                out = plain(hidden.hide(sentence.format(name)))
                left = [part for part in parts if re.search(rf"(?<!\w){part}", out)]
                assert not left, (sentence.format(name), out)


def test_others_of_the_same_names_are_mostly_hidden_too() -> None:
    """Nobody told us of them: what is left is measured, and may not grow."""
    told = [
        (person["name"], sentence.format(name))
        for _, person in PEOPLE[::3]
        for name in writings(person["name"])[:5]
        for sentence in SAID[:3]
    ]
    missed = 0
    for name, text in told:
        out = plain(Pseudonyms().hide(text))
        missed += any(re.search(rf"(?<!\w){plain(part)}", out) for part in name.split())
    assert missed / len(told) <= 0.13


@pytest.fixture
def endpoint() -> Iterator[Scripted]:
    with scripted_endpoint() as scripted:
        yield scripted


@pytest.fixture
async def model(endpoint: Scripted) -> AsyncIterator[ChatModel]:
    settings = ModelSettings(
        api_key=SecretStr("test"),
        base_url=endpoint.base_url,
        chat_model="scripted",
        timeout_seconds=2,
        retries=0,
    )
    made = ChatModel(settings)
    yield made
    await made.aclose()


@pytest.mark.parametrize("number", range(0, len(BUYERS), 15))
async def test_a_whole_turn(desk: Desk, endpoint: Scripted, model: ChatModel, number: int) -> None:
    person = BUYERS[number]
    endpoint.script = [gives(intents=["out_of_scope"], confidence=0.1), says("HANDOVER")]
    deps = desk.engine.deps
    deps = replace(deps, model=model, understander=Unsure(deps.understander))
    theirs = Desk(Engine(deps, desk.engine.shelf))
    text = (
        f"ben {plain(person['name'])}, {person['name'].split()[0]}'in siparişi ne oldu."
        f" numaram {person['phone'][3:]} adresim {person['address']}"
        f" {' '.join(OTHERS.values())} ne yapacağım"
    )
    await theirs.say("nehir-moda", person["phone"], text, name=person["name"])
    assert endpoint.requests
    sent = plain(endpoint.sent)
    for part in person["name"].split():
        assert not re.search(rf"(?<!\w){plain(part)}", sent), part
    compact = re.sub(r"\W", "", endpoint.sent)
    for kind, value in {**OTHERS, "phone": person["phone"][3:]}.items():
        value = value.removeprefix("plakam ")
        assert re.sub(r"\W", "", value) not in compact, kind
    assert plain(person["address"].split()[0]) not in sent


ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
OURS = frozenset(["can"])
"""Of the words that our own prompts and tools hold, those that are names."""
LATIN_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
ODD: tuple[Callable[[dict[str, Any]], str], ...] = (
    lambda p: f"BEN {plain(p['name']).upper()} TEL {p['phone'][3:]}",
    lambda p: f"{p['name'].lower()} ben, numaram {' '.join(p['phone'][3:])}",
    lambda p: f"{plain(p['name'])} adına, {p['phone'].translate(ARABIC_DIGITS)}",
    lambda p: f"{p['name'].split()[0]}'in kardeşiyim, {'.'.join(re.findall('..', p['phone']))}",
    lambda p: f"<b>{p['name']}</b>\u200b ({p['phone'][:6]}) {p['phone'][6:]}",
    lambda p: f"aynı kişi: {p['name']} / {p['name']} / {p['phone']}{p['phone']}",
)
"""A person's name and number as they may be written, in turn."""


@pytest.mark.proof
@pytest.mark.parametrize("tenant", sorted({tenant for tenant, _ in PEOPLE}))
async def test_no_value_of_any_fixture_in_any_request(
    desk: Desk, endpoint: Scripted, model: ChatModel, tenant: str
) -> None:
    """Every invented person writes in an odd way, the model asks for their records, writes and is
    asked about what it wrote."""
    deps = replace(desk.engine.deps, model=model)
    theirs = Desk(Engine(replace(deps, understander=Unsure(deps.understander)), desk.engine.shelf))
    people, asked = [p for t, p in PEOPLE if t == tenant], 0
    for number, person in enumerate(people):
        before = len(endpoint.requests)
        endpoint.script = [
            gives(intents=["out_of_scope"], confidence=0.1), calls("orders_find"),
            calls("slots_mine"), says("Merhaba ⟦PERSON_1⟧, bakıyorum."), gives(unsupported=[]),
        ]  # fmt: skip
        text = f"{ODD[number % len(ODD)](person)} {person.get('email', '')} ne yapacağım"
        await theirs.say(tenant, person["phone"], text, name=person["name"])
        asked += len(endpoint.requests) > before
        sent = plain(str(endpoint.requests[before:]))
        words = [w for w in plain(person["name"]).split() if len(w) > 2 and w not in OURS]
        left = [w for w in words if _stands(w, sent)]
        assert not left, (text, left)
        digits = re.sub(r"[\s().,/_-]", "", sent.translate(LATIN_DIGITS))
        assert person["phone"][-7:] not in digits, text
        assert person.get("email", "@@") not in sent
    assert asked > len(people) / 2, "the rest are stopped at the gate of consent"


def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


async def test_nothing_is_left_over_in_the_answer(
    desk: Desk, endpoint: Scripted, model: ChatModel
) -> None:
    person = BUYERS[0]
    endpoint.script = [gives(reply="Merhaba ⟦PERSON_1⟧, size nasıl yardımcı olabilirim?")]
    theirs = Desk(Engine(replace(desk.engine.deps, model=model), desk.engine.shelf))
    answer = await theirs.say("nehir-moda", person["phone"], "merhaba", name=person["name"])
    assert "⟦" not in (answer.committed.reply or "")
    assert person["name"] in answer.draft.text


@pytest.mark.parametrize(
    "answer", ["⟦PERSON_⟦PHONE_1⟧⟧", "⟦⟦PERSON_1⟧⟧", "⟦PERSON_1", "⟦EMAIL_7⟧", "⟦person_1⟧"]
)
def test_nested_broken_and_unknown_placeholders_are_refused(answer: str) -> None:
    hidden = Pseudonyms()
    hidden.know("Ayşe Yılmaz", "PERSON")
    hidden.know("+905321112233", "PHONE")
    with pytest.raises(ModelUnavailable):
        hidden.restore(f"Sayın {answer}, siparişiniz yolda.")


def test_a_customer_cannot_write_a_placeholder() -> None:
    hidden = Pseudonyms()
    hidden.know("Ayşe Yılmaz", "PERSON")
    assert hidden.restore(hidden.hide("bana ⟦PERSON_1⟧ de")) == "bana PERSON_1 de"

"""The settings pages: what is saved is in force, secrets are shown once, roles are minded."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from invekto.agent.wishes import wording
from invekto.contracts.clock import system_clock
from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage
from invekto.db.worker import drain
from invekto.intake.headings import fields, kinds
from invekto.records import conversations, overrides, policies, privacy, retention, tenants
from invekto.server.app import create_app
from invekto.server.console.dress import device
from invekto.server.console.settings.frame import SECTIONS
from invekto.server.console.words import LANGUAGES, words
from invekto.server.deps import ServerDeps
from invekto.server.jobs.tasks import all_tasks
from tests.conftest import TestDatabase
from tests.console.conftest import OTHER, TENANT
from tests.doubles.openai_server import fails, says, scripted_endpoint
from tests.rows import said

S = "/console/settings"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
FRESH = re.compile(r'<code id="fresh">([^<]+)</code>')
CSV = "Soru;Cevap\nHediye paketi var mı?;Evet, 49,90 TL.\nKapıda ödeme var mı?;Evet.\n;Boş\n"


class Person:
    """Somebody signed in, who presses buttons of the page they have open."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.csrf = ""

    async def opens(self, path: str, status: int = 200) -> str:
        answer = await self.client.get(path, follow_redirects=True)
        assert answer.status_code == status, answer.text[:400]
        if found := CSRF.search(answer.text):
            self.csrf = found.group(1)
        return answer.text

    async def presses(self, path: str, status: int = 303, **form: Any) -> httpx.Response:
        files = form.pop("files", None)
        answer = await self.client.post(path, data={"csrf": self.csrf, **form}, files=files)
        assert answer.status_code == status, answer.text[:400]
        return answer


Enter = Callable[[str], Any]


@pytest.fixture(scope="module")
def app(peopled: ServerDeps) -> FastAPI:
    near = peopled.settings.model_copy(update={"allow_private_receivers": True})
    return create_app(replace(peopled, settings=near))


@pytest.fixture
def enter(app: FastAPI) -> Enter:
    @asynccontextmanager
    async def entered(user: str) -> AsyncIterator[Person]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://invekto.test") as client:
            await client.post("/console/sign-in/demo", data={"tenant_id": TENANT, "user_id": user})
            person = Person(client)
            await person.opens("/console/sessions")
            yield person

    return entered


@pytest.fixture
async def nehir(enter: Enter) -> AsyncIterator[Person]:
    async with enter("nehir") as person:
        yield person


Read = Callable[[Callable[..., Awaitable[Any]]], Awaitable[Any]]


@pytest.fixture
def read(peopled: ServerDeps) -> Read:
    async def reading(what: Callable[..., Awaitable[Any]]) -> Any:
        async with peopled.database.tenant(TENANT) as conn:
            return await what(conn)

    return reading


async def test_every_section_opens_for_its_owner(nehir: Person) -> None:
    for section in SECTIONS:
        html = await nehir.opens(f"{S}{section.path}")
        assert 'aria-current="page"' in html
        assert not re.search(r">\s*set\.|>\s*audit\.", html)


async def test_a_supervisor_sees_no_owners_sections_and_an_agent_none(enter: Enter) -> None:
    async with enter("burcu") as burcu:
        for section in SECTIONS:
            await burcu.opens(f"{S}{section.path}", 403 if section.owner else 200)
        await burcu.presses(f"{S}/people", 403, email="x@y.z", name="X", role="owner", password="p")
        await burcu.presses(f"{S}/model", 403, tokens_a_day=1, money_a_day=1, at_once=1)
        await burcu.presses(f"{S}/webhooks", 403, url="https://x.example")
    async with enter("emre") as emre:
        for section in SECTIONS:
            await emre.opens(f"{S}{section.path}", 403)


async def test_languages_tone_and_hours_are_in_force(nehir: Person, read: Read) -> None:
    await nehir.presses(f"{S}/languages", language=["en"], default="tr")
    await nehir.presses(f"{S}/tone", tone="formal")
    await nehir.presses(f"{S}/hours", mon_from="08:00", mon_until="12:30")
    await nehir.presses(f"{S}/hours/reply")
    tenant = await read(tenants.get_tenant)
    assert (tenant.languages, tenant.tone) == (["tr", "en"], "formal")
    assert tenant.profile["hours"] == {"mon": ["08:00", "12:30"], **dict.fromkeys(
        ("tue", "wed", "thu", "fri", "sat", "sun"))}  # fmt: skip
    assert tenant.settings["off_hours_reply"] is False
    await nehir.presses(f"{S}/hours", 422, mon_from="18:00", mon_until="09:00")
    await nehir.presses(f"{S}/languages", language=["tr", "en", "ar"], default="tr")
    await nehir.presses(f"{S}/tone", tone="friendly")


async def test_a_holiday_comes_and_goes(nehir: Person) -> None:
    day = (system_clock() + timedelta(days=30)).date().isoformat()
    await nehir.presses(f"{S}/hours/holidays", day=day, name="Sayım <b>günü</b>")
    html = await nehir.opens(f"{S}/hours")
    assert "Sayım &lt;b&gt;günü&lt;/b&gt;" in html
    await nehir.presses(f"{S}/hours/holidays/{day}/delete")
    assert "Sayım" not in await nehir.opens(f"{S}/hours")
    await nehir.presses(f"{S}/hours/holidays/{day}/delete", 404)


RULES: dict[str, Any] = {
    "banned": "stokta var\ngarantili", "allowed_hosts": "", "max_discount": "12,5",
    "max_length": "900", "promise": ["refund"], "note": "Stok sözü yok",
}  # fmt: skip


async def sent(conn: Any, text: str) -> None:
    inbound = InboundMessage("whatsapp", new_id("u"), new_id("m"), "var mı", system_clock())
    received = await conversations.receive(conn, inbound, system_clock())
    await said(conn, received.conversation_id, author="ai", text=text, now=system_clock())


async def test_rules_are_tried_published_and_rolled_back(nehir: Person, read: Read) -> None:
    await read(lambda conn: sent(conn, "Evet, bu ürün stokta var: https://nehirmoda.example/u/1"))
    await read(lambda conn: sent(conn, "Mağazamız Güngören'de."))
    first = (await nehir.presses(f"{S}/rules", **RULES)).headers["location"]
    html = await nehir.opens(first)
    assert "Yasak ifade" in html
    assert "Evet, bu ürün stokta var: https" in html
    assert "Mağazamız" not in html.partition("trial-title")[2].partition("</section>")[0]
    assert await read(policies.published) is None
    version = int(first.rpartition("=")[2])
    await nehir.presses(f"{S}/rules/{version}/publish")
    policy = await read(policies.published)
    assert policy.banned == ("stokta var", "garantili")
    assert (policy.max_discount, policy.person_promises) == (12.5, ("refund",))
    second = (await nehir.presses(f"{S}/rules", **{**RULES, "banned": ""})).headers["location"]
    await nehir.presses(f"{S}/rules/{second.rpartition('=')[2]}/publish")
    assert (await read(policies.published)).banned == ()
    await nehir.presses(f"{S}/rules/{version}/publish")
    assert (await read(policies.published)).version == policy.version
    await nehir.presses(f"{S}/rules/sector")
    assert await read(policies.published) is None
    await nehir.presses(f"{S}/rules", 422, **{**RULES, "max_discount": "çok"})
    await nehir.presses(f"{S}/rules/999/publish", 404)


async def test_a_notice_is_drafted_published_and_rolled_back(nehir: Person, read: Read) -> None:
    async def in_force() -> Any:
        return (await read(tenants.get_tenant)).settings.get("notices") or {}

    where = f"{S}/notices/handover"
    await nehir.presses(where, tr="Hemen bakıyoruz.", en="")
    assert await in_force() == {}
    assert "Hemen bakıyoruz." in await nehir.opens(f"{S}/notices")
    await nehir.presses(f"{where}/1/publish")
    assert await in_force() == {"handover": {"tr": "Hemen bakıyoruz."}}
    await nehir.presses(where, tr="Birazdan yazıyoruz.")
    await nehir.presses(f"{where}/2/publish")
    assert (await in_force())["handover"] == {"tr": "Birazdan yazıyoruz."}
    await nehir.presses(f"{where}/1/publish")
    assert (await in_force())["handover"] == {"tr": "Hemen bakıyoruz."}
    await nehir.presses(where, tr="Yarın.")
    await nehir.presses(f"{where}/3/discard")
    await nehir.presses(f"{where}/3/publish", 404)
    await nehir.presses(f"{where}/sector")
    assert await in_force() == {}
    await nehir.presses(f"{where}/sector", 404)
    for bad in ("", "Sayın {{ isim }}", "x" * 1001):
        await nehir.presses(where, 422, tr=bad)
    await nehir.presses(f"{S}/notices/nothing", 404, tr="x")


async def test_a_consent_text_is_the_owners_and_the_proof_names_its_version(
    nehir: Person, enter: Enter, peopled: ServerDeps, read: Read
) -> None:
    async with peopled.database.tenant(TENANT) as conn:
        await conn.execute("UPDATE tenants SET health = true")
    try:
        async with enter("burcu") as burcu:
            await burcu.opens(f"{S}/notices")
            await burcu.presses(f"{S}/notices/consent_request", 403, tr="Kabul mü?")
        await nehir.presses(f"{S}/notices/consent_request", tr="Kabul ediyorsanız EVET yazın.")
        settings = (await read(tenants.get_tenant)).settings
        assert wording(settings) == "consent_request@sector"
        await nehir.presses(f"{S}/notices/consent_request/1/publish")
        settings = (await read(tenants.get_tenant)).settings
        assert settings["notices"]["consent_request"] == {"tr": "Kabul ediyorsanız EVET yazın."}
        assert wording(settings) == "consent_request@1"
        await nehir.presses(f"{S}/notices/consent_request/sector")
    finally:
        async with peopled.database.tenant(TENANT) as conn:
            await conn.execute("UPDATE tenants SET health = false")


async def test_a_webhooks_secret_is_shown_once(nehir: Person) -> None:
    answer = await nehir.presses(
        f"{S}/webhooks", 200, url="http://127.0.0.1:9/hook", type=["reply.sent"]
    )
    secret = FRESH.findall(answer.text)[0]
    assert secret.startswith("whsec_")
    html = await nehir.opens(f"{S}/webhooks")
    assert secret not in html
    path = re.findall(rf'href="({S}/webhooks/[^"]+)"', html)[0]
    await nehir.presses(f"{path}/test")
    log = await nehir.opens(path)
    assert "<code>test</code>" in log
    delivery = re.findall(r"/deliveries/([^/]+)/replay", log)[0]
    await nehir.presses(f"{path}/deliveries/{delivery}/replay")
    rotated = await nehir.presses(f"{path}/rotate", 200)
    assert FRESH.findall(rotated.text)[0] != secret
    await nehir.presses(f"{path}/active")
    await nehir.presses(f"{path}/delete")
    assert path not in await nehir.opens(f"{S}/webhooks")
    await nehir.presses(f"{S}/webhooks", 422, url="ftp://127.0.0.1/hook")


async def test_a_channel_is_connected_and_its_secrets_are_shown_once(nehir: Person) -> None:
    made = await nehir.presses(f"{S}/channels", 200, channel="web", external_id=new_id("w"))
    assert "&lt;script src=" in made.text
    token = re.findall(r"data-token=&#34;([^&]+)&#34;", made.text)[0]
    where = "http://127.0.0.1:9/in"
    made = await nehir.presses(
        f"{S}/channels", 200, channel="generic", external_id=new_id("g"), url=where
    )
    secret = re.findall(r"whsec_[^<]+", made.text)[0]
    html = await nehir.opens(f"{S}/channels")
    assert token not in html
    assert secret not in html
    await nehir.presses(f"{S}/channels", 422, channel="fax", external_id="1")
    await nehir.presses(f"{S}/channels", 422, channel="whatsapp")


async def test_credentials_go_in_and_never_come_out(nehir: Person) -> None:
    keys: dict[str, Any] = {"key": "trendyol-key-1", "secret": "trendyol-secret-1"}
    await nehir.presses(f"{S}/connections", provider="trendyol", external_id="201942", **keys)
    html = await nehir.opens(f"{S}/connections")
    assert "201942" in html
    assert not any(value in html for value in keys.values())
    await nehir.presses(f"{S}/connections", 404, provider="amazon", external_id="1")
    await nehir.presses(f"{S}/connections", 422, provider="trendyol", external_id="1", key="x")
    [account] = re.findall(r"/connections/([^/]+)/remove", html)
    await nehir.presses(f"{S}/connections/{account}/remove")
    assert "201942" not in await nehir.opens(f"{S}/connections")


async def test_a_canned_reply_says_who_writes_to_whom(
    nehir: Person, enter: Enter, peopled: ServerDeps
) -> None:
    said = "Merhaba {name}, ben {agent}; {business} adına yazıyorum {yarın}."
    await nehir.presses(f"{S}/canned", shortcut="/selam", text=said)
    async with peopled.database.tenant(TENANT) as conn:
        known = InboundMessage(
            "whatsapp", new_id("u"), new_id("m"), "var mı", system_clock(), name="Ayşe Yılmaz"
        )
        nameless = InboundMessage("whatsapp", new_id("u"), new_id("m"), "var mı", system_clock())
        found = [
            (await conversations.receive(conn, one, system_clock())).conversation_id
            for one in (known, nameless)
        ]
    async with enter("emre") as emre:
        for conversation, who in zip(found, ("Merhaba Ayşe,", "Merhaba,"), strict=True):
            html = await emre.opens(f"/console/inbox/{conversation}")
            assert f"{who} ben Emre; Nehir Moda adına yazıyorum {{yarın}}." in html
    await nehir.opens(S)


async def test_limits_and_retention_are_kept(nehir: Person, read: Read) -> None:
    await nehir.presses(f"{S}/model", tokens_a_day=1000, money_a_day="0.5", at_once=2)
    settings = (await read(tenants.get_tenant)).settings
    assert settings["model"] == {"tokens_a_day": 1000, "money_a_day": "0.5", "at_once": 2}
    assert settings["fluent"] is False
    await nehir.presses(f"{S}/privacy/retention", conversations=365)
    assert (await read(retention.retention))["conversations"] == 365
    await nehir.presses(f"{S}/privacy/retention", 422, conversations=0)


async def test_a_contacts_privacy_is_kept_on_one_page(
    nehir: Person, enter: Enter, read: Read
) -> None:
    inbound = InboundMessage("whatsapp", "905441112233", new_id("m"), "selam", system_clock())
    inbound = replace(inbound, name="Feride Tandoğan")
    received = await read(lambda conn: conversations.receive(conn, inbound, system_clock()))
    found = await read(lambda conn: conversations.get(conn, received.conversation_id))
    here = f"{S}/privacy/contacts/{found.contact_id}"
    assert here in await nehir.opens(f"/console/inbox/{received.conversation_id}")
    assert "Feride Tandoğan" in await nehir.opens(here)
    await nehir.presses(f"{here}/consent", said="automation:given", wording="form 3")
    await nehir.presses(f"{here}/consent", 422, said="automation:given")
    assert "form 3" in await nehir.opens(here)
    await nehir.presses(f"{here}/holds", reason="dava 2026/14")
    html = await nehir.opens(here)
    assert "dava 2026/14" in html
    assert "Yasal saklama sürerken silinemez" in html
    await nehir.presses(f"{here}/erase", 409, sure="true")
    [hold] = await read(lambda conn: privacy.holds(conn, found.contact_id))
    await nehir.presses(f"{here}/holds/{hold.hold_id}/release")
    assert "Feride" in await nehir.opens(f"{here}/export")
    async with enter("burcu") as burcu:
        await burcu.presses(f"{here}/erase", 403, sure="true")
    await nehir.presses(f"{here}/erase", 422)
    await nehir.presses(f"{here}/erase", sure="true")
    await nehir.opens(here, 404)
    assert "Müşterinin verilerini sildi" in await nehir.opens(f"{S}/audit")


async def test_a_model_endpoint_is_saved_tried_and_removed(nehir: Person, enter: Enter) -> None:
    with scripted_endpoint() as at:
        at.script = [fails(401), says("pong")]
        form: dict[str, Any] = {
            "base_url": at.base_url, "chat_model": "big", "api_key": "sk-hidden-1234567",
            "price_in": "0.15", "price_out": "0.6",
        }  # fmt: skip
        where = (await nehir.presses(f"{S}/model/endpoint", **form)).headers["location"]
        html = await nehir.opens(where)
        assert "Anahtar kabul edilmedi" in html
        assert "sk-hidden" not in html
        await nehir.presses(f"{S}/model/endpoint/test")
        assert "Bağlantı çalışıyor" in await nehir.opens(f"{S}/model")
        assert "Model uç noktasını denedi" in await nehir.opens(f"{S}/audit")
        async with enter("burcu") as burcu:
            assert "api_key" not in await burcu.opens(f"{S}/model")
            await burcu.presses(f"{S}/model/endpoint", 403, **form)
        await nehir.presses(f"{S}/model/endpoint/remove")
        assert at.base_url not in await nehir.opens(f"{S}/model")
        await nehir.presses(f"{S}/model/endpoint", 422, **{**form, "base_url": "ftp://x"})


async def counted(conn: Any) -> int:
    row = await (await conn.execute("SELECT count(*) FROM faqs")).fetchone()
    return int(row[0])


async def test_own_files_are_looked_through_before_anything_changes(
    nehir: Person, read: Read, peopled: ServerDeps, database: TestDatabase
) -> None:
    files = {"files": ("sorular.csv", CSV.encode(), "text/csv")}
    where = (await nehir.presses(f"{S}/start/files", files=files)).headers["location"]
    html = await nehir.opens(where.partition("#")[0])
    assert "Henüz hiçbir şey değişmedi" in html
    assert "4. satır" in html
    before = await read(counted)
    [import_id] = re.findall(r"/start/files/([^/]+)/apply", html)
    await nehir.presses(f"{S}/start/files/{import_id}/apply")
    assert await read(counted) == before
    assert "data-poll" in await nehir.opens(where.partition("#")[0])
    await drain(database.worker_dsn, all_tasks(peopled))
    assert await read(counted) == before + 2
    html = await nehir.opens(f"{S}/start/files/{import_id}/state")
    assert "Alındı" in html
    assert "data-poll" not in html


async def test_columns_that_were_taken_wrongly_are_corrected_by_hand(
    nehir: Person, read: Read, peopled: ServerDeps, database: TestDatabase
) -> None:
    odd = "Konu;Sorulan;Söylenen\nEvcil;Köpekle girilir mi?;Evet, tasmalıysa.\n".encode()
    files = {"files": ("liste.csv", odd, "text/csv")}
    where = (await nehir.presses(f"{S}/start/files", files=files)).headers["location"]
    html = await nehir.opens(where.partition("#")[0])
    assert "Tanınmadı" in html
    [import_id] = re.findall(r"/start/files/([^/]+)/apply", html)
    path = f"{S}/start/files/{import_id}/decide"
    await nehir.presses(path, label="liste.csv", was="", kind="faqs")
    html = await nehir.opens(where.partition("#")[0])
    assert html.count('name="heading"') == 3
    said: dict[str, Any] = {
        "heading": ["Konu", "Sorulan", "Söylenen"], "field": ["", "question", "answer"],
    }  # fmt: skip
    await nehir.presses(path, label="liste.csv", was="faqs", kind="faqs", **said)
    html = await nehir.opens(where.partition("#")[0])
    assert "Sorulan → <b>Soru</b>" in html
    await nehir.presses(path, 422, label="liste.csv", was="ufo", kind="ufo")
    before = await read(counted)
    await nehir.presses(f"{S}/start/files/{import_id}/apply")
    await drain(database.worker_dsn, all_tasks(peopled))
    assert await read(counted) == before + 1
    await nehir.presses(path, 409, label="liste.csv", was="faqs", kind="faqs")


def test_every_column_and_kind_has_a_name() -> None:
    for language in LANGUAGES:
        w = words(language)
        for kind in kinds():
            assert w.has(f"set.kinds.{kind}"), kind
            for field in fields(kind):
                assert w.has(f"set.fields.{field}"), field


async def test_switching_on_pins_harmless_topics_only(nehir: Person, read: Read) -> None:
    await nehir.presses(f"{S}/start/activate")
    await nehir.presses(f"{S}/start/on", topic=["location", "order_cancel", "complaint"])
    held = await read(lambda conn: overrides.list_overrides(conn, system_clock()))
    assert {o.intent for o in held} == {"location"}
    assert held[0].expires_at is not None
    assert held[0].by == "nehir"


async def test_sessions_are_ended_by_oneself_and_by_owners(enter: Enter, nehir: Person) -> None:
    async with enter("rima") as rima:
        mine = re.findall(r"/console/sessions/([^/]+)/end", await rima.opens("/console/sessions"))
        people = await nehir.opens(f"{S}/people")
        assert all(one in people for one in mine)
        await rima.presses(f"{S}/people/nehir/sessions/{mine[0]}/end", 403)
        await rima.presses("/console/sessions/not-mine/end", 404)
        await nehir.presses(f"{S}/people/rima/sessions/{mine[0]}/end")
        assert (await rima.client.get("/console/inbox")).status_code == 401


async def test_the_audit_log_tells_who_did_what(nehir: Person) -> None:
    await nehir.presses(f"{S}/tone", tone="short")
    await nehir.presses(f"{S}/tone", tone="friendly")
    html = await nehir.opens(f"{S}/audit?kind=tenant.tone_changed&actor=nehir")
    assert html.count("Üslubu değiştirdi</td>") >= 2
    assert "Üslubu değiştirdi</td>" not in await nehir.opens(f"{S}/audit?actor=emre")
    tomorrow = (system_clock() + timedelta(days=2)).date().isoformat()
    assert "Üslubu değiştirdi</td>" not in await nehir.opens(f"{S}/audit?since={tomorrow}")
    assert "Kayıt zinciri sağlam" in await nehir.opens(f"{S}/audit?verify=1")
    await nehir.opens(f"{S}/audit?since=nonsense&until=")
    await nehir.opens(f"{S}/audit?cursor=nonsense", 422)


async def test_another_businesss_things_are_not_there(nehir: Person, peopled: ServerDeps) -> None:
    async with peopled.database.tenant(OTHER) as conn:
        theirs = await policies.draft(conn, _policy(), "gokhan")
    await nehir.presses(f"{S}/rules/{theirs + 500}/publish", 404)
    await nehir.opens(f"{S}/webhooks/we_theirs", 404)


def _policy() -> Any:
    from invekto.contracts.policy import Policy

    return Policy("theirs")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36",
         "Chrome · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
         "Safari · iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "—"),
    ],
)  # fmt: skip
def test_browsers_are_called_by_their_names(said: str, told: str) -> None:
    assert device(said) == told

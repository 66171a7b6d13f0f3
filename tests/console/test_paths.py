"""The ways people take most, in Chromium."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import FilePayload, Route

from invekto.db.worker import drain
from invekto.records import leads, order_requests, orders, overrides
from invekto.server.jobs.tasks import all_tasks
from tests.conftest import TestDatabase
from tests.console.conftest import OTHER, TENANT, Shop, Until
from tests.knowledge.files import pdf
from tests.tools import houses

pytestmark = pytest.mark.browser

HELLO = "merhaba"
PAST = (
    "tarih;gönderen;mesaj;telefon\n02.11.2026 10:00;müşteri;adres;905551112233\n"
    "02.11.2026 10:04;temsilci;Adresimiz: Kasım Sokak 14;905551112233\n"
)
STATUS = "SELECT status, final_text FROM suggested_replies WHERE conversation_id = %s"


async def test_a_demo_person_is_in_with_one_click_and_out_again(shop: Shop) -> None:
    await shop.says(HELLO, name="Selin Aydın")
    async with shop.person() as page:
        assert await page.get_by_role("link", name="Selin Aydın").count() == 1
        await page.locator(".person summary").click()
        await page.get_by_role("button", name="Çıkış").click()
        assert page.url.endswith("/console/sign-in")
        await page.goto(f"{shop.url}/console/trust")
        assert "/console/sign-in" in page.url


async def test_enter_sends_the_draft_on_behalf_of_the_assistant(shop: Shop, until: Until) -> None:
    conversation = await shop.says(HELLO, name="Gönder Bey")
    async with shop.person(path=f"/console/inbox/{conversation}") as page:
        text = await page.locator("#draft-text").inner_text()
        assert "hoş geldiniz" in text
        await page.locator("#thread").focus()
        await page.keyboard.press("Enter")
        await page.locator(".msg.person_for_ai").wait_for()
        assert await page.locator("#draft").count() == 0
        assert await page.locator(".msg.person_for_ai .bubble").inner_text() == text
    assert (await shop.ask(STATUS, conversation))[0][0] == "sent"


async def test_an_edited_draft_is_sent_as_edited(shop: Shop) -> None:
    conversation = await shop.says(HELLO, name="Düzelt Hanım")
    async with shop.person(path=f"/console/inbox/{conversation}") as page:
        await page.keyboard.press("e")
        await page.locator("#draft-edit").fill("Merhaba, buyurun lütfen.")
        await page.locator("#draft-send").click()
        await page.locator(".msg.person_for_ai").wait_for()
    assert await shop.ask(STATUS, conversation) == [("edited", "Merhaba, buyurun lütfen.")]


async def test_a_rejected_draft_keeps_its_reason_and_teaches(shop: Shop, until: Until) -> None:
    conversation = await shop.says(HELLO, name="Reddet Bey")
    async with shop.person(path=f"/console/inbox/{conversation}") as page:
        await page.keyboard.press("r")
        await page.get_by_text("Konu yanlış anlaşılmış").click()
        await page.locator("#reject-dialog select").select_option("working_hours")
        await page.locator("#reject-dialog button.primary").click()
        await page.locator("#draft").wait_for(state="detached")
    row = await shop.ask(
        "SELECT s.status, s.reject_reason, e.intent FROM suggested_replies s"
        " JOIN intent_examples e USING (turn_id) WHERE s.conversation_id = %s",
        conversation,
    )
    assert row == [("rejected", "Konu yanlış anlaşılmış", "working_hours")]


async def test_who_takes_over_holds_it_until_it_is_given_back(shop: Shop) -> None:
    conversation = await shop.says(HELLO, name="Devral Hanım")
    async with shop.person("emre", f"/console/inbox/{conversation}") as page:
        await page.keyboard.press("t")
        await page.get_by_role("button", name="Yapay zekâya geri ver").wait_for()
        async with shop.person("rima", f"/console/inbox/{conversation}") as other:
            assert "Emre Saygın" in await other.locator(".dock-note").inner_text()
            assert await other.locator("#composer").count() == 0
        await page.get_by_role("button", name="Yapay zekâya geri ver").click()
        await page.locator("[data-act=take-over]").wait_for()
    assert await shop.ask(
        "SELECT assigned_to FROM conversations WHERE conversation_id = %s", conversation
    ) == [(None,)]


async def test_what_a_simulated_customer_writes_appears_without_a_reload(shop: Shop) -> None:
    async with shop.person("rima") as watching, shop.person("emre") as page:
        await watching.locator(".live.on").wait_for()
        await page.locator("#sim-open").click()
        await page.locator("#sim-name").fill("Canlı Müşteri")
        await page.locator("#sim-text").fill("merhaba")
        await page.keyboard.press("Enter")
        await watching.get_by_role("link", name="Canlı Müşteri").wait_for()
        await page.locator(".conv-who h2", has_text="Canlı Müşteri").wait_for()
        await page.locator("#sim-close").click()
        await page.locator("#draft-text").wait_for()


async def test_two_who_answer_at_once_the_second_is_told(shop: Shop) -> None:
    conversation = await shop.says("insan", name="İkisi Birden")
    path = f"/console/inbox/{conversation}"
    async with shop.person("emre", path) as first, shop.person("rima", path) as second:
        await second.context.set_offline(True)
        await first.locator("#own-text").fill("Ben bakıyorum.")
        await first.locator("#composer .primary").click()
        await first.locator(".msg.person").wait_for()
        await second.locator("#own-text").fill("Ben de bakıyorum.")
        await second.context.set_offline(False)
        await second.evaluate("document.querySelector('.conv').dataset.seq = '1'")
        await second.locator("#composer .primary").click()
        await second.get_by_text("Az önce başka biri cevapladı").wait_for()
        assert await second.locator("#own-text").input_value() == "Ben de bakıyorum."


async def test_a_stale_draft_is_not_sent_and_the_new_one_stands_there(shop: Shop) -> None:
    conversation = await shop.says(HELLO, name="Bayat Bey")
    async with shop.person(path=f"/console/inbox/{conversation}") as page:
        await page.route("**/console/events", lambda route: route.abort())
        await page.reload()
        old = await page.locator(".conv").get_attribute("data-suggestion")
        await shop.says("merhaba, orada mısınız", name="Bayat Bey")
        await page.locator("#draft-send").click()
        await page.get_by_text("Bu öneri eskidi").wait_for()
        await page.locator(f".conv[data-suggestion]:not([data-suggestion={old}])").wait_for()
    assert await shop.ask(
        "SELECT count(*) FROM messages WHERE conversation_id = %s AND author = 'person_for_ai'",
        conversation,
    ) == [(0,)]


async def test_offline_in_the_middle_of_a_send_nothing_is_lost_or_sent_twice(
    shop: Shop, until: Until
) -> None:
    conversation = await shop.says("insan", name="Kopuk Hat")
    async with shop.person(path=f"/console/inbox/{conversation}") as page:
        arrived = 0

        async def lose_the_answer(route: Route) -> None:
            nonlocal arrived
            arrived += 1
            await route.fetch()
            if arrived == 1:
                await route.abort()
            else:
                await route.continue_()

        await page.route("**/write", lose_the_answer)
        await page.locator("#own-text").fill("Hemen ilgileniyorum.")
        await page.locator("#composer .primary").click()
        await page.locator(".msg.person").wait_for()
        await until(lambda: page.locator("#own-text").evaluate("e => e.value === ''"))
    assert arrived >= 2
    assert await shop.ask(
        "SELECT count(*) FROM outbound_messages WHERE conversation_id = %s AND kind = 'reply'",
        conversation,
    ) == [(1,)]


async def test_an_identity_number_goes_out_only_when_it_is_meant_to(shop: Shop) -> None:
    conversation = await shop.says("insan", name="Kimlik Bey")
    async with shop.person(path=f"/console/inbox/{conversation}") as page:
        await page.locator("#own-text").fill("Kimlik numaranız 10000000146 mı?")
        await page.locator("#composer .primary").click()
        await page.locator("#numbers-dialog[open]").wait_for()
        await page.locator("#numbers-dialog [data-close]").click()
        assert await page.locator(".msg.person").count() == 0
        await page.locator("#composer .primary").click()
        await page.locator("#numbers-dialog .primary").click()
        await page.locator(".msg.person").wait_for()


async def test_what_customers_write_is_never_html(shop: Shop) -> None:
    bad = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    conversation = await shop.says(f"merhaba {bad}", name=f"Kötü {bad}")
    async with shop.person(path=f"/console/inbox/{conversation}") as page:
        dialogs: list[str] = []
        page.on("dialog", lambda d: dialogs.append(d.message))
        assert bad in await page.locator(".msg.customer .bubble").inner_text()
        assert bad in await page.locator(".conv-who h2").inner_text()
        assert await page.locator(".conv img[src=x], .row img[src=x]").count() == 0
        assert dialogs == []


async def test_a_supervisor_pins_a_topic_and_stops_everything(shop: Shop) -> None:
    async with shop.person("burcu", "/console/trust/location") as page:
        await page.get_by_text("Otomatiğe sabitle").click()
        await page.locator("input[name=reason]").fill("Adres değişmez")
        await page.get_by_role("button", name="Kaydet").click()
        await page.get_by_text("Adres değişmez").first.wait_for()
        await page.goto(f"{shop.url}/console/trust")
        await page.locator(".pop summary").click()
        await page.locator(".pop-body input[name=reason]").fill("Sistem yenileniyor")
        await page.locator(".pop-body button").click()
        await page.locator(".banner.bad").wait_for()
        async with shop.deps.database.tenant(TENANT) as conn:
            held = await overrides.list_overrides(conn, shop.deps.clock())
        assert {(o.kind, o.intent) for o in held} == {("pin_auto", "location"), ("kill", None)}
        await page.get_by_role("button", name="Yeniden başlat").click()
        await page.locator(".banner.bad").wait_for(state="detached")
        await page.goto(f"{shop.url}/console/trust/location")
        await page.get_by_role("button", name="Geri al").click()
        await page.get_by_text("Karar geri alındı").first.wait_for()


async def test_a_new_faq_is_approved_and_the_bench_answers_with_it(shop: Shop) -> None:
    async with shop.person("pinar", "/console/knowledge/faqs/new") as page:
        await page.locator("[name=question_tr]").fill("Evcil hayvanla mağazaya girebilir miyim?")
        await page.locator("[name=answer_tr]").fill("Evet, tasmalı köpekler mağazaya girebilir.")
        await page.get_by_role("button", name="Kaydet").click()
        await page.get_by_role("button", name="Onayla ve yayınla").click()
        await page.get_by_role("button", name="Yayından kaldır").wait_for()
        await page.goto(f"{shop.url}/console/knowledge/bench?q=evcil+hayvanla+girebilir+miyim")
        assert "tasmalı köpekler" in await page.locator(".banner.good").inner_text()


async def test_a_protected_file_asks_for_its_password_and_is_kept_without(shop: Shop) -> None:
    locked = pdf([[(50, 700, "Kapora bedeli 5.000 TL olarak alinir.")]], password="acil")
    async with shop.person("pinar", "/console/knowledge") as page:
        file = FilePayload(name="kapora.pdf", mimeType="application/pdf", buffer=locked)
        await page.locator("#files").set_input_files([file])
        await page.get_by_text("kapora.pdf: Dosya parola korumalı").wait_for()
        await page.keyboard.type("yanlış")
        await page.keyboard.press("Enter")
        await page.get_by_text("Girilen parola bu dosyayı açmıyor").wait_for()
        await page.locator("#uploads input").fill("acil")
        await page.get_by_role("button", name="Kilidi aç").click()
        await page.get_by_role("link", name="kapora.pdf").wait_for()
        await page.locator("#health .big").wait_for()
        assert await page.locator("#uploads li").count() == 0
    [(content,)] = await shop.ask("SELECT content FROM document_versions")
    assert b"/Encrypt" not in bytes(content)


async def test_who_may_only_look_finds_no_button(shop: Shop) -> None:
    conversation = await shop.says(HELLO, name="Bakılan Bey")
    async with shop.person("bakan", f"/console/inbox/{conversation}") as page:
        assert await page.locator("#draft-send, [data-act], #composer").count() == 0
        await page.goto(f"{shop.url}/console/trust/location")
        assert await page.locator("form[action*=overrides]").count() == 0


async def test_another_business_is_not_there(shop: Shop) -> None:
    theirs = await shop.says(HELLO, name="Başkasının", tenant=OTHER)
    async with shop.person() as page:
        answer = await page.goto(f"{shop.url}/console/inbox/{theirs}")
        assert answer is not None
        assert answer.status == 404
        assert "Başkasının" not in await page.content()


async def test_a_replay_is_followed_without_a_reload(shop: Shop, database: TestDatabase) -> None:
    async with shop.person("burcu", "/console/trust/replay") as page:
        file = FilePayload(name="eski.csv", mimeType="text/csv", buffer=PAST.encode())
        await page.locator("input[type=file]").set_input_files([file])
        await page.locator("form:has(input[type=file]) button").click()
        await page.get_by_text("1 görüşmenin 0 tanesi bitti").wait_for()
        await page.evaluate("window.still = 'here'")
        await drain(database.worker_dsn, all_tasks(shop.deps))
        await page.get_by_text("Bu 1 mesajın").wait_for()
        assert await page.evaluate("window.still") == "here"
        assert await page.locator("[data-poll]").count() == 0


PAGES = (
    "/console/inbox", "/console/trust", "/console/trust/location", "/console/dashboard",
    "/console/knowledge", "/console/knowledge/faqs", "/console/knowledge/faqs/new",
    "/console/knowledge/gaps", "/console/knowledge/bench?q=iade", "/console/settings",
    "/console/settings/people", "/console/settings/start", "/console/settings/hours",
    "/console/settings/rules", "/console/settings/notices", "/console/settings/webhooks",
    "/console/settings/connections", "/console/settings/model", "/console/settings/privacy",
    "/console/settings/keys", "/console/settings/audit", "/console/sessions",
    "/console/trust/replay", "/console/dashboard/weekly", "/console/requests",
    "/console/requests/diary", "/console/requests/leads", "/docs",
)  # fmt: skip


async def to_be_done(shop: Shop) -> None:
    """A request about an order, and a lead."""
    now = shop.deps.clock()
    async with shop.deps.database.tenant(TENANT) as conn:
        order_id = await orders.save_order(conn, houses.order("NM-77", "delivered"), [houses.SHIRT])
        await order_requests.add_request(
            conn, order_id, "return", key="k", now=now, reason="size", detail={"note": "dar"}
        )
        lead = leads.Lead("lead_1", name="Selin Er", interest="40 masa", score=40)
        await leads.save_lead(conn, lead, now)


async def test_pages_are_accessible_on_a_screen_and_on_a_phone(shop: Shop) -> None:
    await shop.says(HELLO, name="Erişim Hanım")
    await to_be_done(shop)
    found: list[str] = []
    async with shop.person("nehir") as page:
        for path in PAGES:
            await page.set_viewport_size({"width": 1440, "height": 844})
            await page.goto(f"{shop.url}{path}")
            results = await Axe().run(page)
            found += [
                f"{path}: {v['id']} {[n['target'] for n in v['nodes']][:4]}"
                for v in results.response["violations"]
            ]
            await page.set_viewport_size({"width": 390, "height": 844})
            wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            found += [f"{path}: scrolls sideways on a phone"] if wide else []
    assert not found, "\n".join(found)


async def test_no_page_complained(shop: Shop) -> None:
    """Runs last: nothing was blocked by the content policy, no script broke."""
    assert shop.problems == []

"""The playbook engine: reads at once, writes proposed, what is missing asked for, twice at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from psycopg import AsyncConnection

from invekto.agent.playbooks.engine import run_playbook
from invekto.agent.playbooks.loader import LoadedPlaybook, parse
from invekto.agent.playbooks.run import Setting
from invekto.agent.state import Asked, Task
from invekto.contracts.evidence import Path
from invekto.contracts.handover import HandOverReason
from invekto.contracts.passages import Extract, Passage
from invekto.contracts.understanding import DialogueAnswer, Entity
from invekto.errors import Refused
from invekto.tools.contract import (
    ContactView,
    Effect,
    Preview,
    TenantView,
    Tool,
    ToolArgs,
    ToolContext,
    ToolResult,
)  # fmt: skip

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
SOURCE = """\
intent: order_cancel
risk: medium
steps:
  - call: orders.find
    args: {number: order_number}
    as: found
    refused: {nothing: reply none_found}
  - choose: order
    from: found.orders
    key: option.number
    label:
      tr: "{{ option.number }} ({{ option.what }})"
      en: "{{ option.number }}"
      ar: "{{ option.number }}"
    match: option.what in text
    ask: which
  - propose: orders.cancel
    args: {number: order.number}
    refused: {too_late: reply too_late}
  - reply: done
asks:
  which: {tr: "Hangisi?\\n{{ options }}", en: "Which?\\n{{ options }}", ar: "أي؟\\n{{ options }}"}
replies:
  none_found: {tr: "Sipariş bulamadım.", en: "No order.", ar: "لا"}
  too_late: {tr: "{{ order.number }} yola çıkmış.", en: "shipped", ar: "شحن"}
  done:
    tr:
      formal: "{{ order.number }} için iptal talebinizi ilettik."
      short: "İptal iletildi."
      friendly: "{{ order.number }} iptal talebini ilettim."
    en: "done"
    ar: "تم"
"""


class Find(ToolArgs):
    number: str | None = None


class Order(ToolResult):
    number: str
    what: str


class Orders(ToolResult):
    orders: tuple[Order, ...]


class Cancel(ToolArgs):
    number: str


ALL = (Order(number="NM-1", what="gömlek"), Order(number="NM-2", what="etek"))


async def find(ctx: ToolContext, args: Find) -> Orders:
    """Find orders."""
    found = tuple(o for o in ALL if args.number in (None, o.number))
    if not found:
        raise Refused("nothing", "no such order")
    return Orders(orders=found)


async def check(ctx: ToolContext, args: Cancel) -> Preview:
    if args.number == "NM-2":
        raise Refused("too_late", "NM-2 has left the shop")
    return Preview({"tr": f"{args.number} iptal"}, facts=[f"{args.number} iptal edilebilir"])


async def cancel(ctx: ToolContext, args: Cancel) -> Orders:
    """Cancel."""
    raise AssertionError("a playbook must never run a write")


TOOLS: dict[str, Tool[Any, Any]] = {
    "orders.find": Tool("orders.find", find, Find, Orders, Effect.READ),
    "orders.cancel": Tool("orders.cancel", cancel, Cancel, Orders, Effect.WRITE, check=check),
}
NO_DATABASE = cast(AsyncConnection[Any], None)
"""The tools above ask none: what asked it would fail."""
TENANT = TenantView("nehir-moda", "Nehir Moda", "ecommerce")
CONTACT = ContactView("ct", "Ayşe", "+905321112233", True, "tr", "whatsapp")


def setting(
    text: str = "",
    *,
    answer: DialogueAnswer | None = None,
    entities: Sequence[Entity] = (),
    passages: Sequence[Passage] = (),
    extract: Callable[..., Extract | None] = lambda *_: None,
) -> Setting:
    context = ToolContext(NO_DATABASE, "nehir-moda", TENANT, CONTACT, "cv", "turn", lambda: NOW)
    base = {
        "isim": "Ayşe", "firma": "Nehir Moda", "selam": "", "now": NOW, "today": NOW.date(),
        "tenant": TENANT, "contact": CONTACT, "first_turn": True, "sentiment": "calm",
    }  # fmt: skip
    return Setting(
        context, TOOLS, tuple(entities), answer, text, "tr", tuple(passages),
        extract, base,
    )  # fmt: skip


def book(source: str = SOURCE) -> LoadedPlaybook:
    return parse(source, "order_cancel.yaml", TOOLS)


async def test_one_of_several_is_asked_for_and_listed() -> None:
    result = await run_playbook(book(), Task("order_cancel"), setting("iptal edin"), 0.9)
    assert result.kind == "ask"
    assert result.texts["friendly"] == "Hangisi?\n1. NM-1 (gömlek)\n2. NM-2 (etek)"
    assert result.asked is not None
    assert [o["key"] for o in result.asked.options] == ["NM-1", "NM-2"]
    assert result.actions == ()


async def test_the_answer_by_place_settles_it_and_the_write_is_only_proposed() -> None:
    asked = Asked("order", "choose", ({"key": "NM-1"}, {"key": "NM-2"}))
    answer = DialogueAnswer("option", index=0)
    task = Task("order_cancel", {}, asked)
    result = await run_playbook(book(), task, setting("ilki", answer=answer), 0.9)
    assert result.kind == "reply"
    assert result.texts["formal"] == "NM-1 için iptal talebinizi ilettik."
    assert [a.tool for a in result.actions] == ["orders.cancel"]
    assert "NM-1 iptal edilebilir" in result.facts


async def test_the_one_that_the_message_names_needs_no_question() -> None:
    result = await run_playbook(book(), Task("order_cancel"), setting("gömlek iptal"), 0.9)
    assert result.kind == "reply"
    assert result.slots == {"order_key": "NM-1"}


async def test_a_refusal_has_its_own_reply_and_proposes_nothing() -> None:
    result = await run_playbook(book(), Task("order_cancel"), setting("etek iptal"), 0.9)
    assert result.texts["short"] == "NM-2 yola çıkmış."
    assert result.actions == ()


async def test_a_refused_read_leads_where_the_playbook_says() -> None:
    entity = Entity("order_number", "NM-9", 0, 4, "NM-9")
    result = await run_playbook(
        book(), Task("order_cancel"), setting("NM-9 iptal", entities=[entity]), 0.9
    )
    assert result.texts["short"] == "Sipariş bulamadım."


async def test_the_second_unanswered_question_is_the_last() -> None:
    task = Task("order_cancel")
    first = await run_playbook(book(), task, setting("iptal"), 0.9)
    task = Task("order_cancel", first.slots, first.asked)
    second = await run_playbook(book(), task, setting("şey"), 0.9)
    assert second.asked is not None
    assert (second.kind, second.asked.tries) == ("ask", 2)
    task = Task("order_cancel", second.slots, second.asked)
    third = await run_playbook(book(), task, setting("hani o"), 0.9)
    assert third.kind == "hand_over"
    assert third.reason is HandOverReason.NOT_UNDERSTOOD_TWICE


QUOTING = """\
intent: return_policy
risk: low
steps:
  - extract: text
  - reply: said
replies:
  said: {tr: "{{ extract.text }}", en: "{{ extract.text }}", ar: "{{ extract.text }}"}
"""


async def test_an_extract_is_quoted_and_cited() -> None:
    passage = Passage("c1", "d1", "iade.pdf", "pdf", "İade süresi 14 gündür.", "tr", page=2)
    quoted = Extract("İade süresi 14 gündür.", (passage,), 0.9)
    result = await run_playbook(
        book(QUOTING),
        Task("return_policy"),
        setting("kaç gün", passages=[passage], extract=lambda *_: quoted),
        0.9,
    )
    assert result.texts["short"] == "İade süresi 14 gündür."
    assert result.path is Path.EXTRACT
    assert result.passages == (passage,)


async def test_no_source_no_answer() -> None:
    result = await run_playbook(book(QUOTING), Task("return_policy"), setting("kaç gün"), 0.9)
    assert (result.kind, result.reason) == ("hand_over", HandOverReason.NO_SOURCE)


@pytest.mark.parametrize("template", ["{{ ''.__class__ }}", "{{ contact.__init__ }}"])
async def test_templates_are_sandboxed(template: str) -> None:
    source = QUOTING.replace('{tr: "{{ extract.text }}"', f'{{tr: "{template}"')
    quoted = Extract("x", (), 0.9)
    with pytest.raises(Exception, match=r"unsafe|rendered"):
        await run_playbook(
            book(source), Task("return_policy"), setting(extract=lambda *_: quoted), 0.9
        )

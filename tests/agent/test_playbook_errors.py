"""A broken playbook names its file and line; nothing broken is ever loaded."""

from __future__ import annotations

import pytest

from invekto.agent.playbooks.loader import parse
from invekto.contracts.evidence import Risk
from invekto.errors import BadData
from invekto.tools.contract import Effect, Preview, Tool, ToolArgs, ToolContext, ToolResult

GOOD = """\
intent: order_cancel
risk: medium
steps:
  - fill: number
    entity: [order_number]
    kind: order_number
    ask: which
  - call: orders.find
    args:
      number: number
    as: order
  - propose: orders.cancel
    args: {number: number}
  - reply: done
asks:
  which: {tr: "Hangi sipariş?", en: "Which order?", ar: "أي طلب؟"}
replies:
  done: {tr: "{{ order.number }} iptal edildi.", en: "{{ order.number }} cancelled.", ar: "تم"}
"""


class Args(ToolArgs):
    number: str


class Found(ToolResult):
    number: str


async def find(ctx: ToolContext, args: Args) -> Found:
    """Find an order."""
    return Found(number=args.number)


async def check(ctx: ToolContext, args: Args) -> Preview:
    return Preview({"tr": "iptal"})


TOOLS = {
    "orders.find": Tool("orders.find", find, Args, Found, Effect.READ),
    "orders.cancel": Tool(
        "orders.cancel", find, Args, Found, Effect.WRITE, Risk.MEDIUM, check=check
    ),
}


def test_a_good_one_loads() -> None:
    loaded = parse(GOOD, "order_cancel.yaml", TOOLS, {"order_cancel"})
    assert loaded.playbook.intent == "order_cancel"
    assert len(loaded.version) == 16


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("intent: order_cancel", "intent: order_cancle", 1, "unknown intent"),
        ("risk: medium", "risk: moderate", 2, "risk"),
        ("call: orders.find", "call: orders.fnid", 8, "unknown tool"),
        ("      number: number", "      nubmer: number", 10, "no argument"),
        ("      number: number", "      number: numbr", 10, "numbr"),
        ("propose: orders.cancel", "propose: orders.find", 12, "use call"),
        ("reply: done", "reply: finished", 14, "finished"),
        ("{{ order.number }} iptal", "{{ orderr.number }} iptal", 18, "orderr"),
        ("{{ order.number }} iptal", "{{ order.number iptal", 18, "does not parse"),
        ("  - reply: done\n", "", 4, "last step"),
        ("    ask: which", "    ask: what", 7, "asks"),
        ('ar: "تم"}', "}", 18, "ar"),
        ("  - reply: done", "  - answer: done", 14, "a step starts with one of"),
        ("steps:", "steps: [", 4, "not valid YAML"),
    ],
)
def test_an_error_names_file_and_line(old: str, new: str, where: int, what: str) -> None:
    assert GOOD.count(old) == 1, old
    with pytest.raises(BadData) as raised:
        parse(GOOD.replace(old, new), "order_cancel.yaml", TOOLS, {"order_cancel"})
    assert what in raised.value.message
    line = int(raised.value.message.split(":")[1])
    assert abs(line - where) <= 1, raised.value.message

"""What a draft of the reply rules would have done with the replies already sent."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

from invekto.contracts.policy import Policy
from invekto.guardrails.reply import ReplyUnderCheck
from invekto.guardrails.trial import Trial, try_policy
from invekto.records import policies
from invekto.records.policies import SentReply
from invekto.records.tenants import get_tenant
from invekto.server.deps import ServerDeps

_LINK = re.compile(r"https?://\S+")
MOST = 400
"""Replies a draft is tried on: the latest of the time."""


async def tried(
    deps: ServerDeps, tenant_id: str, draft: Policy, current: Policy, days: int
) -> Trial:
    """Judge the replies of the last days by both. The database is let go before the rails run."""
    async with deps.database.tenant(tenant_id) as conn:
        sector = (await get_tenant(conn)).sector
        sent = await policies.sent_replies(conn, deps.clock() - timedelta(days=days), MOST)
    replies = [_under_check(one, sector) for one in sent]
    return await asyncio.to_thread(try_policy, draft, current, replies)


def _under_check(sent: SentReply, sector: str) -> ReplyUnderCheck:
    """A reply as the rails see it. What it linked to had passed: the links are its facts."""
    return ReplyUnderCheck(
        text=sent.text,
        language=sent.language or "tr",
        intent=sent.intents[0] if sent.intents else "general_question",
        sector=sector,
        channel=sent.channel,
        facts=_LINK.findall(sent.text),
    )

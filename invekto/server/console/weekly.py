"""The weekly mini-report: the body of an e-mail, as HTML without styles and as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from invekto.records import tenants
from invekto.records.tenants import Tenant
from invekto.server.console import dress
from invekto.server.console.figures import Figures, Period, gather, period_of
from invekto.server.console.pages import environment
from invekto.server.console.words import Words
from invekto.server.deps import ServerDeps

MOST = 3
"""Lines of each list."""


@dataclass(frozen=True, slots=True)
class Report:
    """Ready to be sent: a subject and the same words twice."""

    subject: str
    html: str
    text: str


async def weekly(deps: ServerDeps, tenant_id: str, w: Words) -> Report:
    """The report of the last seven days, today included."""
    now = deps.clock()
    async with deps.database.tenant(tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
        period = period_of(now, tenant.timezone, 7)
        figures = await gather(conn, tenant, period, now)
    url = f"{deps.settings.public_url.rstrip('/')}/console/dashboard?days=7"
    return report(tenant, figures, period, w, url)


def report(tenant: Tenant, figures: Figures, period: Period, w: Words, url: str) -> Report:
    """A week in a few lines; `url` leads to the dashboard."""
    until = (period.end - timedelta(days=1)).date()
    days = f"{dress.day(period.begin.date(), w.language)} – {dress.day(until, w.language)}"
    given = {
        "w": w, "language": w.language, "tenant": tenant, "f": figures, "days": days, "url": url,
        "lines": _lines(figures, w), "most": MOST,
    }  # fmt: skip
    made = environment()
    text = made.get_template("weekly.txt").render(**given)
    return Report(
        subject=w("weekly.subject", name=tenant.name, days=days),
        html=made.get_template("weekly.html").render(**given),
        text=text.replace("&#39;", "'").replace("&amp;", "&").replace("&#34;", '"'),
    )


def _lines(figures: Figures, w: Words) -> list[tuple[str, str, str]]:
    """(name, value, change) of the figures that matter in a mail."""
    now, before, lang = figures.all, figures.before, w.language
    share = now.answered / now.turns if now.turns else None
    unchanged = now.unchanged / now.drafts if now.drafts else None
    return [
        (w("dash.messages"), dress.number(now.messages, lang), _change(now.messages,
         before.messages, w)),
        (w("dash.auto_share"), dress.percent(share, lang), ""),
        (w("dash.accepted"), dress.percent(unchanged, lang), ""),
        (w("dash.minutes"), dress.number(now.minutes_saved, lang),
         _change(now.minutes_saved, before.minutes_saved, w)),
        (w("dash.verified"), dress.number(figures.outcomes.verified, lang), ""),
        (w("dash.wrong_name"), dress.number(now.wrong, lang), ""),
    ]  # fmt: skip


def _change(now: int, before: int, w: Words) -> str:
    if not before:
        return ""
    share = (now - before) / before
    sign = "+" if share > 0 else "−" if share < 0 else ""
    return f"{sign}{dress.percent(abs(share), w.language)}"

"""Where marketplaces and payment providers call, and the sandbox's own pay page."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from invekto.db.queue import defer
from invekto.errors import TooMuch
from invekto.intake.callbacks import find, receive
from invekto.server.console.static_files import asset
from invekto.server.deps import Deps
from invekto.text.say import say_moment, say_money
from invekto.tools.gateways import TenantGateways
from invekto.tools.paid import PayPage, pay_in_sandbox, pay_page

router = APIRouter(tags=["channels"])
LARGEST = 1_000_000
WORDS = {
    "tr": {
        "open": "Öde", "paid": "Ödemeniz alındı. Teşekkür ederiz.",
        "expired": "Bu bağlantının süresi dolmuş.", "cancelled": "Bu bağlantı iptal edilmiş.",
        "until": "Son ödeme: {moment}", "sandbox": "Deneme ödemesi: karttan para çekilmez.",
    },
    "en": {
        "open": "Pay", "paid": "We have received your payment. Thank you.",
        "expired": "This link has expired.", "cancelled": "This link has been cancelled.",
        "until": "Please pay by {moment}", "sandbox": "Test payment: no card is charged.",
    },
    "ar": {
        "open": "ادفع", "paid": "استلمنا دفعتك، شكرًا لك.",
        "expired": "انتهت صلاحية هذا الرابط.", "cancelled": "تم إلغاء هذا الرابط.",
        "until": "آخر موعد للدفع: {moment}", "sandbox": "دفعة تجريبية: لن يُخصم أي مبلغ.",
    },
}  # fmt: skip


@router.post("/callbacks/{token}")
async def called(token: str, request: Request, deps: Deps) -> Response:
    """A provider's notice for the account that the token stands for; repeats are harmless."""
    body = await request.body()
    if len(body) > LARGEST:
        raise TooMuch("this notice is too large")
    gateways = TenantGateways.from_settings(deps.settings)
    await receive(deps.database, deps.sealer, gateways, token, request.headers, body, deps.clock())
    return Response("OK", media_type="text/plain")


@router.get("/pay/{token}", response_class=HTMLResponse, include_in_schema=False)
async def show(token: str, deps: Deps) -> HTMLResponse:
    """The sandbox's page: what is paid, and a button."""
    found = await find(deps.database, token, "payment")
    async with deps.database.tenant(found.tenant_id) as conn:
        page = await pay_page(conn, found.subject_id, deps.clock())
    return HTMLResponse(_html(page))


@router.post("/pay/{token}", include_in_schema=False)
async def pay(token: str, deps: Deps) -> RedirectResponse:
    """The button was pressed; twice is as once."""
    found = await find(deps.database, token, "payment")
    async with deps.database.tenant(found.tenant_id) as conn:
        if await pay_in_sandbox(conn, found.subject_id, deps.clock()):
            await defer(conn, "remind", line="timed", queueing_lock="remind")
    return RedirectResponse(f"/pay/{token}", status_code=303)


def _html(page: PayPage) -> str:
    language = page.language if page.language in WORDS else "en"
    words = WORDS[language]
    amount = say_money(page.amount, page.currency, language)
    until = words["until"].format(moment=say_moment(page.expires_at, language))
    button = f'<form method="post"><button>{words["open"]} {escape(amount)}</button></form>'
    state = f"<p>{escape(until)}</p>{button}" if page.state == "open" else (
        f"<p><strong>{words.get(page.state, words['expired'])}</strong></p>"
    )  # fmt: skip
    return (
        f'<!doctype html><html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">'
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="robots" content="noindex"><title>{escape(page.business)}</title>'
        f'<link rel="stylesheet" href="{asset("pay.css")}"></head>'
        f"<body><main><h1>{escape(page.business)}</h1><p>{escape(page.title)}</p>"
        f"<p><strong>{escape(amount)}</strong></p>{state}<p><small>{words['sandbox']}</small></p>"
        "</main></body></html>"
    )

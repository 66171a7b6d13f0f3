"""What a person can do on a page a program can do over /v1, under the same roles; and the log says
the same of both."""

from __future__ import annotations

import pytest

from invekto.server.access import ACCESS
from invekto.server.console.access import ACCESS as PAGES

SAME: dict[str, str] = {
    "POST /sign-out": "DELETE /v1/sessions/current",
    "GET /events": "GET /v1/events",
    "GET /sessions": "GET /v1/sessions",
    "POST /sessions/{session_id}/end": "DELETE /v1/sessions/{session_id}",
    "GET /inbox": "GET /v1/conversations",
    "GET /inbox/{conversation_id}": "GET /v1/conversations/{conversation_id}",
    "GET /inbox/{conversation_id}/why/{turn_id}": "GET /v1/turns/{turn_id}",
    "POST /inbox/{conversation_id}/write": "POST /v1/conversations/{conversation_id}/messages",
    "POST /inbox/{conversation_id}/take-over": "POST /v1/conversations/{conversation_id}/take",
    "POST /inbox/{conversation_id}/release": "POST /v1/conversations/{conversation_id}/release",
    "POST /inbox/{conversation_id}/notes": "POST /v1/conversations/{conversation_id}/notes",
    "POST /inbox/{conversation_id}/tags": "PUT /v1/conversations/{conversation_id}/tags",
    "POST /inbox/{conversation_id}/reveal": "POST /v1/conversations/{conversation_id}/reveal",
    "POST /suggestions/{suggestion_id}/shown": "POST /v1/suggestions/{suggestion_id}/shown",
    "POST /suggestions/{suggestion_id}/send": "POST /v1/suggestions/{suggestion_id}/verdict",
    "POST /suggestions/{suggestion_id}/reject": "POST /v1/suggestions/{suggestion_id}/verdict",
    "POST /turns/{turn_id}/wrong": "POST /v1/turns/{turn_id}/wrong",
    "GET /requests": "GET /v1/requests",
    "GET /requests/diary": "GET /v1/appointments",
    "GET /requests/leads": "GET /v1/leads",
    "POST /requests/orders/{request_id}": "POST /v1/requests/{request_id}/status",
    "POST /requests/diary/{appointment_id}": "POST /v1/appointments/{appointment_id}/status",
    "POST /requests/leads/{lead_id}": "POST /v1/leads/{lead_id}/status",
    "GET /trust": "GET /v1/trust/intents",
    "GET /trust/{intent}": "GET /v1/trust/intents/{intent}",
    "POST /trust/overrides": "POST /v1/trust/overrides",
    "POST /trust/overrides/{override_id}/end": "DELETE /v1/trust/overrides/{override_id}",
    "POST /trust/audits/{turn_id}": "POST /v1/trust/audits/{turn_id}",
    "GET /trust/replay": "GET /v1/replays",
    "POST /trust/replay": "POST /v1/replays",
    "GET /trust/replay/{replay_id}": "GET /v1/replays/{replay_id}",
    "POST /trust/replay/{replay_id}/discard": "DELETE /v1/replays/{replay_id}",
    "GET /dashboard": "GET /v1/figures",
    "GET /dashboard/weekly": "GET /v1/figures/weekly",
    "GET /knowledge": "GET /v1/knowledge/documents",
    "GET /knowledge/health": "GET /v1/knowledge/health",
    "POST /knowledge/documents": "POST /v1/knowledge/documents",
    "GET /knowledge/documents/{document_id}":
        "GET /v1/knowledge/documents/{document_id}/pages/{number}",
    "GET /knowledge/documents/{document_id}/pages/{number}.png":
        "GET /v1/knowledge/documents/{document_id}/pages/{number}.png",
    "POST /knowledge/documents/{document_id}":
        "PUT /v1/knowledge/documents/{document_id}",
    "POST /knowledge/documents/{document_id}/delete":
        "DELETE /v1/knowledge/documents/{document_id}",
    "GET /knowledge/faqs": "GET /v1/knowledge/faqs",
    "POST /knowledge/faqs": "POST /v1/knowledge/faqs",
    "GET /knowledge/faqs/{faq_id}": "GET /v1/knowledge/faqs/{faq_id}",
    "POST /knowledge/faqs/{faq_id}": "PUT /v1/knowledge/faqs/{faq_id}",
    "POST /knowledge/faqs/{faq_id}/status": "POST /v1/knowledge/faqs/{faq_id}/approve",
    "GET /knowledge/gaps": "GET /v1/knowledge/gaps",
    "POST /knowledge/gaps/{gap_id}/dismiss": "POST /v1/knowledge/gaps/{gap_id}/dismiss",
    "GET /knowledge/bench": "POST /v1/knowledge/search",
    "GET /settings": "GET /v1/settings",
    "POST /settings/tone": "PATCH /v1/settings",
    "POST /settings/languages": "PATCH /v1/settings",
    "POST /settings/canned": "POST /v1/canned-replies",
    "POST /settings/canned/{canned_id}/delete": "DELETE /v1/canned-replies/{canned_id}",
    "GET /settings/hours": "GET /v1/holidays",
    "POST /settings/hours": "PATCH /v1/settings",
    "POST /settings/hours/reply": "PATCH /v1/settings",
    "POST /settings/hours/holidays": "PUT /v1/holidays/{day}",
    "POST /settings/hours/holidays/{day}/delete": "DELETE /v1/holidays/{day}",
    "GET /settings/start": "GET /v1/setup",
    "POST /settings/start/activate": "POST /v1/setup/activate",
    "POST /settings/start/on": "POST /v1/trust/overrides",
    "POST /settings/start/files": "POST /v1/imports",
    "GET /settings/start/files/{import_id}/state": "GET /v1/imports/{import_id}",
    "POST /settings/start/files/{import_id}/decide": "POST /v1/imports/{import_id}/decide",
    "POST /settings/start/files/{import_id}/apply": "POST /v1/imports/{import_id}/apply",
    "POST /settings/start/files/{import_id}/discard": "DELETE /v1/imports/{import_id}",
    "GET /settings/rules": "GET /v1/policies",
    "POST /settings/rules": "POST /v1/policies",
    "POST /settings/rules/sector": "DELETE /v1/policies/current",
    "POST /settings/rules/{version}/publish": "POST /v1/policies/{version}/publish",
    "GET /settings/notices": "GET /v1/notices",
    "POST /settings/notices/{name}": "POST /v1/notices/{name}/drafts",
    "POST /settings/notices/{name}/sector": "DELETE /v1/notices/{name}",
    "POST /settings/notices/{name}/{version}/publish":
        "POST /v1/notices/{name}/versions/{version}/publish",
    "POST /settings/notices/{name}/{version}/discard":
        "DELETE /v1/notices/{name}/versions/{version}",
    "GET /settings/people": "GET /v1/users",
    "POST /settings/people": "POST /v1/users",
    "POST /settings/people/{user_id}": "PATCH /v1/users/{user_id}",
    "POST /settings/people/{user_id}/sessions/{session_id}/end":
        "DELETE /v1/users/{user_id}/sessions/{session_id}",
    "GET /settings/keys": "GET /v1/api-keys",
    "POST /settings/keys": "POST /v1/api-keys",
    "POST /settings/keys/{api_key_id}/revoke": "DELETE /v1/api-keys/{api_key_id}",
    "GET /settings/webhooks": "GET /v1/webhooks",
    "POST /settings/webhooks": "POST /v1/webhooks",
    "GET /settings/webhooks/{endpoint_id}": "GET /v1/webhooks/{endpoint_id}/deliveries",
    "POST /settings/webhooks/{endpoint_id}/active": "PATCH /v1/webhooks/{endpoint_id}",
    "POST /settings/webhooks/{endpoint_id}/rotate": "PATCH /v1/webhooks/{endpoint_id}",
    "POST /settings/webhooks/{endpoint_id}/test": "POST /v1/webhooks/{endpoint_id}/test",
    "POST /settings/webhooks/{endpoint_id}/delete": "DELETE /v1/webhooks/{endpoint_id}",
    "POST /settings/webhooks/{endpoint_id}/deliveries/{delivery_id}/replay":
        "POST /v1/webhook-deliveries/{delivery_id}/replay",
    "GET /settings/channels": "GET /v1/channel-accounts",
    "POST /settings/channels": "POST /v1/channel-accounts",
    "GET /settings/connections": "GET /v1/connections",
    "POST /settings/connections": "POST /v1/connections",
    "POST /settings/connections/{account_id}/test": "POST /v1/connections/{account_id}/test",
    "POST /settings/connections/{account_id}/sync": "POST /v1/connections/{account_id}/sync",
    "POST /settings/connections/{account_id}/remove": "DELETE /v1/connections/{account_id}",
    "GET /settings/model": "GET /v1/model",
    "POST /settings/model": "PUT /v1/model/limits",
    "POST /settings/model/endpoint": "PUT /v1/model/endpoint",
    "POST /settings/model/endpoint/test": "POST /v1/model/endpoint/test",
    "POST /settings/model/endpoint/remove": "DELETE /v1/model/endpoint",
    "GET /settings/privacy": "GET /v1/privacy",
    "POST /settings/privacy/retention": "PATCH /v1/privacy/retention",
    "POST /settings/privacy/requests/{request_id}": "POST /v1/privacy/requests/{request_id}/close",
    "GET /settings/privacy/contacts/{contact_id}": "GET /v1/privacy/contacts/{contact_id}",
    "GET /settings/privacy/contacts/{contact_id}/export":
        "GET /v1/privacy/contacts/{contact_id}/export",
    "POST /settings/privacy/contacts/{contact_id}/consent":
        "POST /v1/privacy/contacts/{contact_id}/consent",
    "POST /settings/privacy/contacts/{contact_id}/holds":
        "POST /v1/privacy/contacts/{contact_id}/holds",
    "POST /settings/privacy/contacts/{contact_id}/holds/{hold_id}/release":
        "DELETE /v1/privacy/holds/{hold_id}",
    "POST /settings/privacy/contacts/{contact_id}/erase":
        "POST /v1/privacy/contacts/{contact_id}/erase",
    "GET /settings/audit": "GET /v1/audit-events",
}  # fmt: skip
"""Places of the console (below /console) and of the API."""
PAGES_ONLY = {
    "GET /inbox/list": "a piece of the page",
    "GET /inbox/pulse": "what the page compares before it asks for a piece",
    "GET /inbox/{conversation_id}/body": "a piece of the page",
    "GET /knowledge/documents": "a piece of the page",
    "GET /trust/replay/{replay_id}/state": "a piece of the page",
    "GET /simulated": "the demo's customer; a program writes with POST /v1/messages",
    "POST /simulated": "the demo's customer; a program writes with POST /v1/messages",
    "GET /knowledge/faqs/new": "an empty form",
    "GET /dashboard.csv": "GET /v1/figures as a sheet",
    "GET /dashboard/weekly.txt": "GET /v1/figures/weekly without its HTML",
}


def place(text: str, below: str = "") -> tuple[str, str]:
    method, _, path = text.partition(" ")
    return method, below + path


def test_every_place_of_the_console_is_told_and_no_other() -> None:
    told = {place(one, "/console") for one in [*SAME, *PAGES_ONLY]}
    assert set(PAGES) - told == set(), "a page without its way over the API, or the reason"
    assert told - set(PAGES) == set()


@pytest.mark.parametrize("page", sorted(SAME))
def test_the_api_asks_for_the_same_roles(page: str) -> None:
    there = ACCESS[place(SAME[page])]
    assert there.roles == PAGES[place(page, "/console")].roles

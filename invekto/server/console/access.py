"""Who may open which page and press which button. A route that is not here answers nobody."""

from __future__ import annotations

from invekto.server.access import (
    EDITORS,
    EVERYONE,
    NOT_KEYS,
    OWNERS,
    SUPERVISORS,
    WRITERS,
    Access,
    Table,
)

HERE = "/console"
PUBLIC: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/"),
        ("GET", HERE),
        ("GET", f"{HERE}/sign-in"),
        ("POST", f"{HERE}/sign-in"),
        ("POST", f"{HERE}/sign-in/demo"),
        ("POST", f"{HERE}/language"),
    }
)
INBOX = f"{HERE}/inbox"
KNOWLEDGE = f"{HERE}/knowledge"
TRUST = f"{HERE}/trust"
SETTINGS = f"{HERE}/settings"

_ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("POST", f"{HERE}/sign-out"): EVERYONE,
    ("GET", f"{HERE}/events"): EVERYONE,
    ("GET", INBOX): EVERYONE,
    ("GET", f"{INBOX}/list"): EVERYONE,
    ("GET", f"{INBOX}/pulse"): EVERYONE,
    ("GET", INBOX + "/{conversation_id}"): EVERYONE,
    ("GET", INBOX + "/{conversation_id}/body"): EVERYONE,
    ("GET", INBOX + "/{conversation_id}/why/{turn_id}"): EVERYONE,
    ("POST", INBOX + "/{conversation_id}/write"): WRITERS,
    ("POST", INBOX + "/{conversation_id}/take-over"): WRITERS,
    ("POST", INBOX + "/{conversation_id}/release"): WRITERS,
    ("POST", INBOX + "/{conversation_id}/notes"): WRITERS,
    ("POST", INBOX + "/{conversation_id}/tags"): WRITERS,
    ("POST", INBOX + "/{conversation_id}/reveal"): WRITERS,
    ("POST", f"{HERE}/suggestions" + "/{suggestion_id}/shown"): WRITERS,
    ("POST", f"{HERE}/suggestions" + "/{suggestion_id}/send"): WRITERS,
    ("POST", f"{HERE}/suggestions" + "/{suggestion_id}/reject"): WRITERS,
    ("POST", f"{HERE}/turns" + "/{turn_id}/wrong"): WRITERS,
    ("GET", f"{HERE}/simulated"): EVERYONE,
    ("POST", f"{HERE}/simulated"): EVERYONE,
    ("GET", TRUST): EVERYONE,
    ("GET", TRUST + "/{intent}"): EVERYONE,
    ("POST", TRUST + "/overrides"): SUPERVISORS,
    ("POST", TRUST + "/overrides/{override_id}/end"): SUPERVISORS,
    ("POST", TRUST + "/audits/{turn_id}"): SUPERVISORS,
    ("GET", f"{HERE}/dashboard"): EVERYONE,
    ("GET", f"{HERE}/dashboard.csv"): SUPERVISORS,
    ("GET", KNOWLEDGE): EVERYONE,
    ("POST", f"{KNOWLEDGE}/documents"): EDITORS,
    ("GET", f"{KNOWLEDGE}/documents"): EVERYONE,
    ("GET", KNOWLEDGE + "/documents/{document_id}"): EVERYONE,
    ("GET", KNOWLEDGE + "/documents/{document_id}/pages/{number}.png"): EVERYONE,
    ("POST", KNOWLEDGE + "/documents/{document_id}/delete"): EDITORS,
    ("GET", f"{KNOWLEDGE}/faqs"): EVERYONE,
    ("GET", f"{KNOWLEDGE}/faqs/new"): EDITORS,
    ("POST", f"{KNOWLEDGE}/faqs"): EDITORS,
    ("GET", KNOWLEDGE + "/faqs/{faq_id}"): EVERYONE,
    ("POST", KNOWLEDGE + "/faqs/{faq_id}"): EDITORS,
    ("POST", KNOWLEDGE + "/faqs/{faq_id}/status"): EDITORS,
    ("GET", f"{KNOWLEDGE}/gaps"): EVERYONE,
    ("POST", KNOWLEDGE + "/gaps/{gap_id}/dismiss"): EDITORS,
    ("GET", f"{KNOWLEDGE}/bench"): EVERYONE,
    ("GET", SETTINGS): SUPERVISORS,
    ("POST", f"{SETTINGS}/tone"): SUPERVISORS,
    ("POST", f"{SETTINGS}/hours"): SUPERVISORS,
    ("POST", f"{SETTINGS}/canned"): SUPERVISORS,
    ("POST", SETTINGS + "/canned/{canned_id}/delete"): SUPERVISORS,
    ("GET", f"{SETTINGS}/people"): SUPERVISORS,
    ("POST", f"{SETTINGS}/people"): OWNERS,
    ("POST", SETTINGS + "/people/{user_id}"): OWNERS,
    ("GET", f"{SETTINGS}/keys"): OWNERS,
    ("POST", f"{SETTINGS}/keys"): OWNERS,
    ("POST", SETTINGS + "/keys/{api_key_id}/revoke"): OWNERS,
    ("GET", f"{SETTINGS}/audit"): OWNERS,
}
ACCESS: Table = {place: Access(roles, NOT_KEYS) for place, roles in _ROWS.items()}  # type: ignore[arg-type]

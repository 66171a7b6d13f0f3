"""Who may call what: one table. A route that is not in it answers nobody.

`ACCESS` maps (method, path template) to the roles that people need and the scope that an API key
needs; `PUBLIC` lists what needs no caller. The console adds its own table beside its routes.
"""

from __future__ import annotations

from dataclasses import dataclass

from invekto.errors import NotAllowed
from invekto.server.caller import Caller, Role, Scope

EVERYONE = frozenset(Role)
WRITERS = frozenset({Role.OWNER, Role.SUPERVISOR, Role.AGENT})
SUPERVISORS = frozenset({Role.OWNER, Role.SUPERVISOR})
OWNERS = frozenset({Role.OWNER})
EDITORS = frozenset({Role.OWNER, Role.SUPERVISOR, Role.KNOWLEDGE_MANAGER})
READERS = EVERYONE
NOT_KEYS = None


@dataclass(frozen=True, slots=True)
class Access:
    """The roles that may call, and the scope with which a key may (None: no key may)."""

    roles: frozenset[Role]
    scope: Scope | None

    def check(self, caller: Caller) -> None:
        """Raises NotAllowed unless this caller may."""
        if caller.kind == "api_key":
            if self.scope is None:
                raise NotAllowed("this is for people: an API key may not call it")
            if self.scope not in caller.scopes:
                raise NotAllowed(f"the API key lacks the scope {self.scope}")
        elif caller.role not in self.roles:
            allowed = ", ".join(sorted(self.roles))
            raise NotAllowed(f"the role {caller.role} may not do this: it is for {allowed}")


Table = dict[tuple[str, str], Access]

PUBLIC: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/metrics"),
        ("GET", "/v1/openapi.json"),
        ("POST", "/v1/sessions"),
        ("POST", "/v1/tenants"),
        ("GET", "/webhooks/whatsapp/{token}"),
        ("POST", "/webhooks/whatsapp/{token}"),
        ("POST", "/webhooks/generic/{token}"),
        ("POST", "/callbacks/{token}"),
        ("GET", "/pay/{token}"),
        ("POST", "/pay/{token}"),
        ("GET", "/widget.js"),
        ("OPTIONS", "/widget/{token}"),
        ("OPTIONS", "/widget/{token}/{rest}"),
        ("GET", "/widget/{token}"),
        ("POST", "/widget/{token}/visitors"),
        ("POST", "/widget/{token}/messages"),
        ("GET", "/widget/{token}/messages"),
    }
)

ACCESS: Table = {
    ("GET", "/v1/me"): Access(EVERYONE, Scope.READ),
    ("DELETE", "/v1/sessions/current"): Access(EVERYONE, NOT_KEYS),
    ("GET", "/v1/sessions"): Access(EVERYONE, NOT_KEYS),
    ("DELETE", "/v1/sessions/{session_id}"): Access(EVERYONE, NOT_KEYS),
    ("POST", "/v1/messages"): Access(WRITERS, Scope.MESSAGES),
    ("POST", "/v1/assist"): Access(WRITERS, Scope.MESSAGES),
    ("GET", "/v1/conversations"): Access(READERS, Scope.READ),
    ("GET", "/v1/conversations/{conversation_id}"): Access(READERS, Scope.READ),
    ("POST", "/v1/conversations/{conversation_id}/messages"): Access(WRITERS, Scope.MESSAGES),
    ("POST", "/v1/conversations/{conversation_id}/take"): Access(WRITERS, Scope.MESSAGES),
    ("POST", "/v1/conversations/{conversation_id}/release"): Access(WRITERS, Scope.MESSAGES),
    ("GET", "/v1/conversations/{conversation_id}/notes"): Access(READERS, Scope.READ),
    ("POST", "/v1/conversations/{conversation_id}/notes"): Access(WRITERS, Scope.MESSAGES),
    ("PUT", "/v1/conversations/{conversation_id}/tags"): Access(WRITERS, Scope.MESSAGES),
    ("POST", "/v1/conversations/{conversation_id}/reveal"): Access(WRITERS, Scope.MESSAGES),
    ("GET", "/v1/suggestions/{suggestion_id}"): Access(READERS, Scope.READ),
    ("POST", "/v1/suggestions/{suggestion_id}/shown"): Access(WRITERS, Scope.MESSAGES),
    ("POST", "/v1/suggestions/{suggestion_id}/verdict"): Access(WRITERS, Scope.MESSAGES),
    ("GET", "/v1/turns/{turn_id}"): Access(READERS, Scope.READ),
    ("POST", "/v1/turns/{turn_id}/wrong"): Access(WRITERS, Scope.MESSAGES),
    ("GET", "/v1/handovers"): Access(READERS, Scope.READ),
    ("POST", "/v1/handovers/{handover_id}/take"): Access(WRITERS, Scope.MESSAGES),
    ("GET", "/v1/requests"): Access(READERS, Scope.READ),
    ("POST", "/v1/requests/{request_id}/status"): Access(WRITERS, Scope.MESSAGES),
    ("GET", "/v1/leads"): Access(READERS, Scope.READ),
    ("POST", "/v1/leads/{lead_id}/status"): Access(WRITERS, Scope.MESSAGES),
    ("GET", "/v1/events"): Access(READERS, Scope.READ),
    ("GET", "/v1/settings"): Access(SUPERVISORS, Scope.ADMIN),
    ("PATCH", "/v1/settings"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/holidays"): Access(SUPERVISORS, Scope.ADMIN),
    ("PUT", "/v1/holidays/{day}"): Access(SUPERVISORS, Scope.ADMIN),
    ("DELETE", "/v1/holidays/{day}"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/canned-replies"): Access(READERS, Scope.READ),
    ("POST", "/v1/canned-replies"): Access(SUPERVISORS, Scope.ADMIN),
    ("DELETE", "/v1/canned-replies/{canned_id}"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/setup"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/setup/activate"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/users"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/users"): Access(OWNERS, NOT_KEYS),
    ("PATCH", "/v1/users/{user_id}"): Access(OWNERS, NOT_KEYS),
    ("GET", "/v1/users/{user_id}/sessions"): Access(OWNERS, NOT_KEYS),
    ("DELETE", "/v1/users/{user_id}/sessions/{session_id}"): Access(OWNERS, NOT_KEYS),
    ("GET", "/v1/privacy"): Access(SUPERVISORS, Scope.ADMIN),
    ("PATCH", "/v1/privacy/retention"): Access(OWNERS, Scope.ADMIN),
    ("POST", "/v1/privacy/requests/{request_id}/close"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/privacy/contacts/{contact_id}"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/privacy/contacts/{contact_id}/export"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/privacy/contacts/{contact_id}/erase"): Access(OWNERS, Scope.ADMIN),
    ("POST", "/v1/privacy/contacts/{contact_id}/holds"): Access(SUPERVISORS, Scope.ADMIN),
    ("DELETE", "/v1/privacy/holds/{hold_id}"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/privacy/contacts/{contact_id}/requests"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/privacy/contacts/{contact_id}/consent"): Access(WRITERS, Scope.MESSAGES),
    ("GET", "/v1/audit-events"): Access(OWNERS, Scope.ADMIN),
    ("GET", "/v1/audit-events/chain"): Access(OWNERS, Scope.ADMIN),
    ("GET", "/v1/api-keys"): Access(OWNERS, Scope.ADMIN),
    ("POST", "/v1/api-keys"): Access(OWNERS, NOT_KEYS),
    ("DELETE", "/v1/api-keys/{api_key_id}"): Access(OWNERS, Scope.ADMIN),
    ("GET", "/v1/channel-accounts"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/channel-accounts"): Access(OWNERS, Scope.ADMIN),
    ("GET", "/v1/webhooks"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/webhooks"): Access(OWNERS, Scope.ADMIN),
    ("PATCH", "/v1/webhooks/{endpoint_id}"): Access(OWNERS, Scope.ADMIN),
    ("DELETE", "/v1/webhooks/{endpoint_id}"): Access(OWNERS, Scope.ADMIN),
    ("POST", "/v1/webhooks/{endpoint_id}/test"): Access(OWNERS, Scope.ADMIN),
    ("GET", "/v1/webhooks/{endpoint_id}/deliveries"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/webhook-deliveries/{delivery_id}/replay"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/outbox/dead-letters"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/outbox/{outbound_id}/replay"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/tools"): Access(READERS, Scope.READ),
    ("POST", "/v1/tools/{name}/run"): Access(WRITERS, Scope.MESSAGES),
    ("GET", "/v1/knowledge/documents"): Access(READERS, Scope.READ),
    ("GET", "/v1/knowledge/documents/{document_id}"): Access(READERS, Scope.READ),
    ("GET", "/v1/knowledge/documents/{document_id}/pages/{number}"): Access(READERS, Scope.READ),
    ("GET", "/v1/knowledge/documents/{document_id}/pages/{number}.png"): Access(
        READERS, Scope.READ
    ),
    ("POST", "/v1/knowledge/documents"): Access(EDITORS, Scope.KNOWLEDGE),
    ("PUT", "/v1/knowledge/documents/{document_id}"): Access(EDITORS, Scope.KNOWLEDGE),
    ("DELETE", "/v1/knowledge/documents/{document_id}"): Access(EDITORS, Scope.KNOWLEDGE),
    ("GET", "/v1/knowledge/faqs"): Access(READERS, Scope.READ),
    ("POST", "/v1/knowledge/faqs"): Access(EDITORS, Scope.KNOWLEDGE),
    ("GET", "/v1/knowledge/faqs/{faq_id}"): Access(READERS, Scope.READ),
    ("PUT", "/v1/knowledge/faqs/{faq_id}"): Access(EDITORS, Scope.KNOWLEDGE),
    ("POST", "/v1/knowledge/faqs/{faq_id}/approve"): Access(EDITORS, Scope.KNOWLEDGE),
    ("DELETE", "/v1/knowledge/faqs/{faq_id}"): Access(EDITORS, Scope.KNOWLEDGE),
    ("POST", "/v1/knowledge/faqs/{faq_id}/retire"): Access(EDITORS, Scope.KNOWLEDGE),
    ("GET", "/v1/knowledge/faq-sheet"): Access(READERS, Scope.READ),
    ("POST", "/v1/knowledge/faq-sheet"): Access(EDITORS, Scope.KNOWLEDGE),
    ("GET", "/v1/knowledge/health"): Access(READERS, Scope.READ),
    ("GET", "/v1/knowledge/storage"): Access(READERS, Scope.READ),
    ("POST", "/v1/knowledge/search"): Access(READERS, Scope.READ),
    ("GET", "/v1/knowledge/gaps"): Access(READERS, Scope.READ),
    ("POST", "/v1/knowledge/gaps/{gap_id}/close"): Access(EDITORS, Scope.KNOWLEDGE),
    ("POST", "/v1/knowledge/gaps/{gap_id}/dismiss"): Access(EDITORS, Scope.KNOWLEDGE),
    ("GET", "/v1/appointments"): Access(READERS, Scope.READ),
    ("GET", "/v1/appointments/calendar.ics"): Access(READERS, Scope.READ),
    ("POST", "/v1/appointments/{appointment_id}/status"): Access(WRITERS, Scope.MESSAGES),
    ("GET", "/v1/connections"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/connections/providers"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/connections"): Access(OWNERS, Scope.ADMIN),
    ("POST", "/v1/connections/{account_id}/test"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/connections/{account_id}/sync"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/connections/{account_id}/address"): Access(OWNERS, Scope.ADMIN),
    ("DELETE", "/v1/connections/{account_id}"): Access(OWNERS, Scope.ADMIN),
    ("GET", "/v1/imports"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/imports"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/imports/kinds"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/imports/{import_id}"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/imports/{import_id}/decide"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/imports/{import_id}/apply"): Access(SUPERVISORS, Scope.ADMIN),
    ("DELETE", "/v1/imports/{import_id}"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/trust/intents"): Access(READERS, Scope.READ),
    ("GET", "/v1/trust/intents/{intent}"): Access(READERS, Scope.READ),
    ("GET", "/v1/trust/settings"): Access(SUPERVISORS, Scope.READ),
    ("PUT", "/v1/trust/settings"): Access(OWNERS, Scope.ADMIN),
    ("GET", "/v1/trust/overrides"): Access(READERS, Scope.READ),
    ("POST", "/v1/trust/overrides"): Access(SUPERVISORS, Scope.ADMIN),
    ("DELETE", "/v1/trust/overrides/{override_id}"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/trust/events"): Access(READERS, Scope.READ),
    ("GET", "/v1/trust/errors"): Access(READERS, Scope.READ),
    ("GET", "/v1/trust/audits"): Access(SUPERVISORS, Scope.READ),
    ("POST", "/v1/trust/audits/{turn_id}"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/model"): Access(SUPERVISORS, Scope.ADMIN),
    ("PUT", "/v1/model/limits"): Access(OWNERS, Scope.ADMIN),
    ("PUT", "/v1/model/endpoint"): Access(OWNERS, Scope.ADMIN),
    ("POST", "/v1/model/endpoint/test"): Access(OWNERS, Scope.ADMIN),
    ("DELETE", "/v1/model/endpoint"): Access(OWNERS, Scope.ADMIN),
    ("GET", "/v1/figures"): Access(READERS, Scope.READ),
    ("GET", "/v1/figures/weekly"): Access(SUPERVISORS, Scope.READ),
    ("GET", "/v1/notices"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/notices/{name}/drafts"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/notices/{name}/versions/{version}/publish"): Access(SUPERVISORS, Scope.ADMIN),
    ("DELETE", "/v1/notices/{name}/versions/{version}"): Access(SUPERVISORS, Scope.ADMIN),
    ("DELETE", "/v1/notices/{name}"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/policies"): Access(SUPERVISORS, Scope.READ),
    ("GET", "/v1/policies/current"): Access(READERS, Scope.READ),
    ("POST", "/v1/policies"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/policies/{version}/trial"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/policies/{version}/publish"): Access(SUPERVISORS, Scope.ADMIN),
    ("DELETE", "/v1/policies/current"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/replays"): Access(SUPERVISORS, Scope.ADMIN),
    ("POST", "/v1/replays"): Access(SUPERVISORS, Scope.ADMIN),
    ("GET", "/v1/replays/{replay_id}"): Access(SUPERVISORS, Scope.ADMIN),
    ("DELETE", "/v1/replays/{replay_id}"): Access(SUPERVISORS, Scope.ADMIN),
}

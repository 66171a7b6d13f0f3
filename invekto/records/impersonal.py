"""Tables that hold nothing of a customer, each with its reason. Every table is in this list or has
a rule in `personal.py`: a new one cannot be forgotten."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection

from invekto.records.personal import RULES

Conn = AsyncConnection[Any]

OFFERS = "what the business offers"
STAFF = "the business's own people and programs"
TRUST = "cells, counts and the business's own people"
SEALS = "hashes of the audit log"
WAYS = "addresses and keys of the business's own systems"
CONTENT = "the business's own texts; a name in one of them is told as a leftover"

IMPERSONAL = {
    **dict.fromkeys(("tenants", "retention_policies", "model_usage", "corpus_stats"), "settings"),
    **dict.fromkeys(("users", "sessions", "api_keys", "sign_in_failures", "rate_limits"), STAFF),
    **dict.fromkeys(("trust_settings", "trust_cells", "trust_reviewers", "trust_overrides"), TRUST),
    **dict.fromkeys(("channel_accounts", "webhook_endpoints", "model_endpoints"), WAYS),
    **dict.fromkeys(("integrations", "sync_cursors", "marketplace_events"), WAYS),
    **dict.fromkeys(("audit_seals", "audit_checkpoints"), SEALS),
    **dict.fromkeys(("products", "product_variants", "bundle_rules", "services"), OFFERS),
    **dict.fromkeys(("packages", "campaigns", "practitioners", "holidays"), OFFERS),
    **dict.fromkeys(("appointment_slots", "time_off"), OFFERS),
    **dict.fromkeys(("documents", "document_versions", "document_tags", "tags"), CONTENT),
    **dict.fromkeys(("chunks", "chunk_vectors", "source_uses", "faqs", "faq_texts"), CONTENT),
    **dict.fromkeys(("canned_replies", "notice_versions", "policy_versions"), CONTENT),
    **dict.fromkeys(("playbook_versions", "intent_settings"), CONTENT),
    "trust_system": "one row for all tenants: a secret and a switch",
    "callback_tokens": "hashes of tokens and the ids of payments",
    "occupied_times": "times and the ids of appointments",
    "order_items": "goods of an order whose buyer was blanked",
    "events": "ids only, dropped after a week",
    "webhook_deliveries": "ids only, dropped after a month",
    "audit_events": "references and keyed hashes only",
    "import_files": "goes with its import",
    "knowledge_gaps": "titles and terms are made anew when its questions go",
    "idempotency_keys": "answers that quote a conversation are dropped by what they hold",
}


async def uncovered(conn: Conn) -> list[str]:
    """Tables of the database that have neither a rule nor a reason to have none."""
    rows = await conn.execute(
        """SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
           AND relkind IN ('r', 'p') AND NOT relispartition"""
    )
    known = {rule.table for rule in RULES} | set(IMPERSONAL)
    return sorted([str(row[0]) async for row in rows if row[0] not in known])

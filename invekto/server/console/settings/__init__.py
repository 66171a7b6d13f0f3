"""The settings pages: one module a section."""

from __future__ import annotations

from invekto.server.console.settings import (
    audit_log,
    channels,
    connections,
    contact,
    general,
    hours,
    keys,
    model,
    notices,
    people,
    privacy,
    rules,
    start,
    webhooks,
)

ROUTERS = tuple(
    section.router
    for section in (
        start, general, hours, rules, notices, channels, people, keys, webhooks, connections,
        model, privacy, contact, audit_log,
    )
)  # fmt: skip

"""Neighbours and records/contacts.py."""

from __future__ import annotations


async def seed(conn) -> None:
    return None


CALLS: dict = {}
EXEMPT = {"list_contact": "writes a row of the caller's own; its upsert is keyed by the tenant"}

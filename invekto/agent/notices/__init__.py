"""Fixed, tenant-approved texts without facts, one file a sector, sent outside the trust curve."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from invekto.agent.playbooks.render import render
from invekto.agent.playbooks.schema import Phrases
from invekto.errors import BadData

NAMES = (
    "emergency",
    "self_harm",
    "abuse",
    "consent_request",
    "consent_given",
    "consent_refused",
    "consent_withdrawn",
    "opt_out_done",
    "opt_in_done",
    "privacy_received",
    "handover",
    "handover_off_hours",
    "unreadable",
)


@lru_cache(maxsize=32)
def load_notices(path: Path) -> dict[str, Phrases]:
    """A sector's notices by name.

    Raises:
        BadData: a notice is missing or lacks a language.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        notices = TypeAdapter(dict[str, Phrases]).validate_python(raw)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise BadData(f"notices {path} cannot be used: {error}", file=str(path)) from error
    missing = set(NAMES) - set(notices)
    if missing:
        raise BadData(f"notices {path} lack {', '.join(sorted(missing))}", file=str(path))
    return notices


def notice_text(
    path: Path, name: str, language: str, tone: str, scope: dict[str, Any],
    own: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """One notice as the customer reads it. `own` holds the tenant's wording by notice and
    language; it is plain text and wins where it is there."""
    if text := str(((own or {}).get(name) or {}).get(language) or "").strip():
        return text
    return render(load_notices(path)[name].wording(language, tone), scope)

"""The sector as one value, named in `INVEKTO_SECTORS`."""

from __future__ import annotations

from pathlib import Path

from examples.hotel.tools import TOOLS
from invekto.agent.sector import NOTICES, PLAYBOOKS, TAXONOMY, Sector

HERE = Path(__file__).parent

SECTOR = Sector(
    name="hotel",
    packs=("general", "hotel"),
    playbooks=(HERE / "playbooks", PLAYBOOKS / "general"),
    notices=NOTICES / "hotel.yaml",
    taxonomies=(TAXONOMY, HERE / "taxonomy.yaml"),
    training=(HERE / "training",),
    tools=TOOLS,
)

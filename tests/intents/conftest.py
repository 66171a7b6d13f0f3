from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from invekto.agent.intents.corpus import load_packs, read_examples
from invekto.agent.intents.model import IntentModel, Plan
from invekto.agent.intents.network import Recipe
from invekto.agent.intents.understander import Understander

NOW = datetime(2026, 11, 25, 10, 15, tzinfo=ZoneInfo("Europe/Istanbul"))
DATA = Path(__file__).parent.parent / "text"


@pytest.fixture(scope="session")
def small() -> Understander:
    """A model of a fifth of the examples: trained in seconds, good enough for behaviour."""
    chance = random.Random(3)
    examples = [e for e in read_examples() if chance.random() < 0.2]
    plan = Plan(recipe=Recipe(hidden=48, epochs=6), networks=1)
    model = IntentModel.train([e.text for e in examples], [e.intent for e in examples], plan)
    return Understander(model, load_packs(), "small")

"""Kept models: mapped, not copied; a spoilt file is trained anew."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from invekto.agent.intents.model import IntentModel, Plan
from invekto.agent.intents.network import Recipe
from invekto.agent.intents.store import load_or_train

TEXTS = ("kargom nerede", "siparişim nerede kaldı", "iade etmek istiyorum", "iade nasıl yapılır")
INTENTS = ("cargo", "cargo", "refund", "refund")


def trained() -> IntentModel:
    return IntentModel.train(TEXTS, INTENTS, Plan(recipe=Recipe(hidden=4, epochs=2), networks=1))


def refused() -> IntentModel:
    raise AssertionError("there is a kept model")


def test_a_kept_model_says_the_same_and_is_not_copied_into_memory(tmp_path: Path) -> None:
    made = load_or_train(tmp_path, "m", IntentModel, trained)
    kept = load_or_train(tmp_path, "m", IntentModel, refused)
    assert [kept.odds(t).tolist() for t in TEXTS] == [made.odds(t).tolist() for t in TEXTS]
    assert not kept.first.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        kept.first[0, 0] = np.float16(1)


@pytest.mark.parametrize("spoil", ["cut", "empty", "other", "long count"])
def test_a_spoilt_file_is_trained_anew(tmp_path: Path, spoil: str) -> None:
    load_or_train(tmp_path, "m", IntentModel, trained)
    (path,) = tmp_path.glob("*.model")
    whole = path.read_bytes()
    path.write_bytes(
        {
            "cut": whole[: len(whole) // 2],
            "empty": b"",
            "other": b"something else" * 40,
            "long count": whole[:8] + b"\xff" * 7 + b"\0" + whole[16:],
        }[spoil]
    )
    again = load_or_train(tmp_path, "m", IntentModel, trained)
    assert again.labels == ("cargo", "refund")
    assert path.read_bytes() == whole


def test_old_models_go_but_for_the_newest_two_and_those_in_use(tmp_path: Path) -> None:
    def age(name: str, hours: int) -> None:
        os.utime(tmp_path / f"{name}.model", (1e9 - hours, 1e9 - hours))

    def keep(name: str, hours: int) -> IntentModel:
        load_or_train(tmp_path, name, IntentModel, trained)
        mapped = load_or_train(tmp_path, name, IntentModel, refused)
        age(name, hours)
        return mapped

    keep("intents-1", 9)
    used = keep("intents-2", 8)
    keep("intents-3", 7)
    keep("crossing-b-1", 9)
    gc.collect()  # what was mapped and is no longer held
    load_or_train(tmp_path, "intents-4", IntentModel, trained)
    left = {path.name for path in tmp_path.glob("*.model")}
    assert left == {f"{n}.model" for n in ("intents-2", "intents-3", "intents-4", "crossing-b-1")}
    assert not (tmp_path / "intents-1.lock").exists()
    assert used.labels == ("cargo", "refund")
    del used
    gc.collect()
    load_or_train(tmp_path, "intents-5", IntentModel, trained)
    left = {path.name for path in tmp_path.glob("intents-*.model")}
    assert left == {"intents-4.model", "intents-5.model"}


TRAINED = """
import hashlib
from tests.intents.test_store import trained
model = trained()
print(hashlib.sha256("".join(model.vocabulary.index).encode() + model.first.tobytes()).hexdigest())
"""


def _digest_under(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", TRAINED], env=environment, capture_output=True,
                          text=True, check=True)  # fmt: skip
    return done.stdout


def test_training_does_not_follow_the_hash_seed() -> None:
    assert _digest_under("1") == _digest_under("2")

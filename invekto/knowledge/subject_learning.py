"""Learn the subjects from their phrases: `python -m invekto.knowledge.subject_learning`.

Run it after editing `data/subjects/` or the glossary. Kernel ridge regression on one-hot subjects
(Rifkin et al., "Regularized least-squares classification", 2003): with a few thousand phrases it
is solved exactly in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import numpy as np
import yaml
from numpy.typing import NDArray

from invekto.knowledge.subjects import BUCKETS, features

RIDGE = 0.5
LEAST = 0.015
"""Weights below this share of a subject's greatest are dropped: a third of the file, same order."""
DATA = Path(__file__).parent / "data"


def phrases() -> Iterator[tuple[str, str, str]]:
    """(phrase, language, subject) of all files."""
    for path in sorted(DATA.glob("subjects/*.yaml")):
        entries: dict[str, dict[str, str]] = yaml.safe_load(path.read_text("utf-8"))
        for subject, by_language in entries.items():
            for language, text in by_language.items():
                for phrase in " ".join(text.split()).split(" / "):
                    yield phrase.strip(), language, subject


def elsewhere() -> frozenset[str]:
    """The subjects that no shop or clinic is expected to speak of."""
    return frozenset(yaml.safe_load((DATA / "subjects/other.yaml").read_text("utf-8")))


def fingerprint() -> int:
    """Of all that the model is learnt from, the glossary's concepts included."""
    paths = [*sorted(DATA.glob("subjects/*.yaml")), DATA / "glossary.yaml", DATA / "stopwords.yaml"]
    return crc32(b"".join(path.read_bytes() for path in paths))


def main() -> None:
    """Write `data/subjects.npz`."""
    from scipy.sparse import csr_matrix, diags
    from sklearn.preprocessing import normalize

    found = list(phrases())
    names = sorted({subject for *_, subject in found})
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, (text, language, _) in enumerate(found):
        at, counted = features(text, language)
        rows += [row] * len(at)
        columns += at.tolist()
        values += counted.tolist()
    counts = csr_matrix((values, (rows, columns)), shape=(len(found), BUCKETS))
    holding = np.asarray((counts > 0).sum(axis=0)).ravel()
    rarity = np.log((1 + len(found)) / (1 + holding)).astype(np.float32)
    examples = normalize((counts @ diags(rarity)).tocsr())
    wanted = np.zeros((len(found), len(names)))
    wanted[np.arange(len(found)), [names.index(subject) for *_, subject in found]] = 1
    kernel = (examples @ examples.T).toarray()
    dual = np.linalg.solve(kernel + RIDGE * np.eye(len(found)), wanted)
    _write(names, np.asarray(examples.T @ dual), rarity)


def _write(names: list[str], weights: NDArray[np.float64], rarity: NDArray[np.float32]) -> None:
    scale = np.abs(weights).max() / 127
    weights[np.abs(weights) < LEAST * np.abs(weights).max(axis=0)] = 0
    small = np.round(weights / scale).astype(np.int8)
    used = np.flatnonzero(small.any(axis=1))
    apart = elsewhere()
    np.savez_compressed(
        DATA / "subjects.npz",
        names=np.array(names), elsewhere=np.array([name in apart for name in names]),
        buckets=used.astype(np.int32), weights=small[used], scale=np.float32(scale),
        rarity=rarity.astype(np.float16), fingerprint=np.int64(fingerprint()),
    )  # fmt: skip


if __name__ == "__main__":
    main()

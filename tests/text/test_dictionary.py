"""The kept dictionary says what simplemma says."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import simplemma
from hypothesis import given, settings
from hypothesis import strategies as st
from simplemma.strategies.dictionaries import dictionary_factory

from invekto.text.dictionary import MappedDictionary, dictionaries, dictionary_lemma, write

WORDS = st.dictionaries(st.text(max_size=40), st.text(max_size=40), max_size=60)


@settings(max_examples=50, deadline=None)
@given(words=WORDS, other=st.text(max_size=40))
def test_what_was_written_is_found_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, words: dict[str, str], other: str
) -> None:
    path = tmp_path_factory.mktemp("words") / "w.dict"
    write({key.encode(): value.encode() for key, value in words.items()}, path)
    kept = MappedDictionary(path)
    assert dict(kept) == words
    assert len(kept) == len(words)
    assert kept.get(other) == words.get(other)


def test_the_turkish_dictionary_is_simplemmas() -> None:
    shipped = dictionary_factory._load_dictionary_from_disk("tr")
    kept = dictionaries().get_dictionary("tr")
    for key in random.Random(1).sample(sorted(shipped), 500):
        assert kept[key.decode()] == shipped[key].decode()
    for word in ("kitabımdan", "göremiyorum", "Ayşe", "ayşe", "zırtapoz", "İstanbul'dan"):
        assert dictionary_lemma(word, "tr") == simplemma.lemmatize(word, lang="tr")
    assert dictionary_lemma("returned", "en") == simplemma.lemmatize("returned", lang="en")


@pytest.mark.parametrize("spoil", [b"", b"something else entirely", None])
def test_a_spoilt_file_is_refused(tmp_path: Path, spoil: bytes | None) -> None:
    path = tmp_path / "w.dict"
    write({b"bir": b"bir", b"ikiler": b"iki"}, path)
    path.write_bytes(path.read_bytes()[:-1] if spoil is None else spoil)
    with pytest.raises(ValueError):
        MappedDictionary(path)

"""Tables written as text are read whatever wrote them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invekto.errors import BadData
from invekto.text.delimited import DELIMITERS, delimited


def rows(data: bytes) -> list[list[str]]:
    return [cells for _, cells in delimited(data, name="liste.csv").rows()]


@pytest.mark.parametrize(
    ("data", "encoding", "delimiter"),
    [
        ("Ürün;Fiyat\r\nŞal;59,90\r\n".encode("cp1254"), "cp1254", ";"),
        ("Ürün;Fiyat\nŞal;59,90\n".encode(), "utf-8", ";"),
        ("\ufeffÜrün,Fiyat\nŞal,59.90\n".encode(), "utf-8-sig", ","),
        ("Ürün\tFiyat\rŞal\t59,90\r".encode("utf-16"), "utf-16", "\t"),
        ("sep=|\nÜrün|Fiyat\nŞal|59,90\n".encode(), "utf-8", "|"),
        ("المنتج;السعر\nشال نسائي;59,90\n".encode("cp1256"), "cp1256", ";"),
    ],
)
def test_what_wrote_it_is_found_out(data: bytes, encoding: str, delimiter: str) -> None:
    table = delimited(data, name="liste.csv")
    assert (table.encoding, table.delimiter) == (encoding, delimiter)
    assert [len(cells) for _, cells in table.rows()] == [2, 2]
    assert next(iter(rows(data)[1]))[0] in "Şش"


def test_a_mark_inside_quotes_splits_nothing() -> None:
    assert rows(b'a;b\n"1,2,3,4,5";"x,y,z"\n') == [["a", "b"], ["1,2,3,4,5", "x,y,z"]]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a;b\n" + b"x" * 200_000 + b";y", r"liste\.csv, line 2: no table"),
        (b"x" * 200_000, r"liste\.csv, line 1: no table"),
        ("a;b\n1;2".encode("utf-16-le"), r"liste\.csv is no text"),
    ],
    ids=["a cell without end", "no cells", "UTF-16 without its mark"],
)
def test_no_table_is_told(data: bytes, said: str) -> None:
    with pytest.raises(BadData, match=said):
        rows(data)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), max_size=8)


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5),
    st.sampled_from(DELIMITERS),
)
def test_what_is_written_is_read(table: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    assert rows(f"sep={delimiter}\n{out.getvalue()}".encode()) == table

"""Columns of texts as numbers, however many there are and wherever they first stand."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.history.reading import coded as module
from salesflow.history.reading.coded import Coded, coded, coded_numbers

CELLS = st.lists(st.none() | st.text(max_size=2) | st.sampled_from(["call", " ", "\u00a0"]))


@pytest.fixture(params=[(4096, 256), (2, 2), (3, 0)], ids=["all", "first", "never"], autouse=True)
def looked_at(request, monkeypatch):
    """How many rows are looked at first, and how many texts are few for them."""
    monkeypatch.setattr(module, "_SAMPLE", request.param[0])
    monkeypatch.setattr(module, "_FEW", request.param[1])


class TestCoded:
    @given(CELLS)
    def test_texts(self, cells):
        """Each number is the place of the text, and an empty cell is the empty text."""
        wanted = [text or "" for text in cells]

        found = coded(pl.Series(cells, dtype=pl.String))

        assert found.texts == tuple(sorted({*wanted}))
        assert [found.texts[number] for number in found.code.tolist()] == wanted

    @given(st.lists(st.integers(-(2**40), 2**40) | st.integers(-20, 20)))
    def test_numbers(self, numbers):
        """Whole numbers are as their texts."""
        column = pl.Series(numbers, dtype=pl.Int64)

        found, texts = coded_numbers(column), coded(column.cast(pl.String))

        assert found.texts == texts.texts
        assert found.code.tolist() == texts.code.tolist()

    def test_says(self):
        """Spaces of any kind say nothing."""
        found = coded(pl.Series(["call", "", " \t", "\u00a0", " x "]))

        assert dict(zip(found.texts, found.says.tolist(), strict=True)) == {
            "": False,
            " \t": False,
            " x ": True,
            "call": True,
            "\u00a0": False,
        }

    def test_nothing(self):
        """No text says anything, and none of them says nothing."""
        assert coded(pl.Series([], dtype=pl.String)).says.all()
        assert isinstance(coded(pl.Series([None], dtype=pl.String)), Coded)

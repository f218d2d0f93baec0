"""Columns in order."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.history.reading.meanings import coded, coded_numbers
from salesflow.history.reading.sorting import distinct, order_by

columns = st.integers(0, 30).flatmap(
    lambda size: st.lists(
        st.lists(
            st.one_of(st.integers(-2, 3), st.integers(-(2**40), 2**60)),
            min_size=size,
            max_size=size,
        ),
        min_size=1,
        max_size=4,
    )
)


@given(columns=columns)
def test_it_is_the_order_of_numpy(columns):
    """The same order as numpy's, whatever the numbers, and stable."""
    keys = [np.array(column, dtype=np.int64) for column in columns]

    assert order_by(*keys).tolist() == np.lexsort(keys).tolist()


@given(columns=columns, step=st.sampled_from([1, 7, 60_000_000]))
def test_wide_numbers_with_a_common_step(columns, step):
    """Instants that count seconds fit where all their microseconds would not."""
    keys = [np.array(column, dtype=np.int64) % 2**30 * step for column in columns]

    assert order_by(*keys).tolist() == np.lexsort(keys).tolist()


@given(
    numbers=st.lists(st.one_of(st.integers(-5, 5), st.integers(-(2**40), 2**60)), max_size=30),
    low=st.integers(-(2**40), 2**40),
)
def test_distinct(numbers, low):
    """What numpy finds, close together or far apart, or nothing."""
    for given_ in (numbers, [low + number % 9 for number in numbers]):
        column = np.array(given_, dtype=np.int64)
        found, place = distinct(column)
        expected, places = np.unique(column, return_inverse=True)

        assert (found.tolist(), place.tolist()) == (expected.tolist(), places.tolist())


@given(numbers=st.lists(st.integers(0, 2**31 - 1) | st.integers(0, 120), min_size=1, max_size=30))
@pytest.mark.parametrize("dtype", [pl.Int64, pl.Int32, pl.UInt32])
def test_numbers_are_coded_as_their_texts(numbers, dtype):
    """A deal 10 comes before a deal 9, as in a file of texts."""
    column = pl.Series(numbers, dtype=dtype)
    found, expected = coded_numbers(column), coded(column.cast(pl.String))

    assert found.texts == expected.texts
    assert found.code.tolist() == expected.code.tolist()

"""Columns of integers, and of texts as integers."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.history.reading.coded import coded, coded_numbers, short
from salesflow.history.reading.integers import chained, changes, distinct, order_by

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
    expected = [key.copy() for key in keys]

    assert order_by(*keys).tolist() == np.lexsort(expected).tolist()
    assert [key.tolist() for key in keys] == [key.tolist() for key in expected]  # as they were


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


texts = st.lists(
    st.none() | st.text(max_size=3) | st.sampled_from(["", " ", "é", "Z"]), max_size=30
)


@given(column=texts)
def test_texts_are_numbered_in_their_order(column):
    """Every text has the number of its place among the sorted ones; nothing is the empty text."""
    said = [text or "" for text in column]
    found = coded(pl.Series(column, dtype=pl.String))

    assert found.texts == tuple(sorted(set(said)))
    assert [found.texts[code] for code in found.code.tolist()] == said


@given(column=texts, length=st.integers(0, 3))
def test_what_is_known_of_each_text(column, length):
    """It stands wherever the text does, whether it is the same for all or not."""
    found = coded(pl.Series(column, dtype=pl.String))
    known = np.array([min(len(text), length) for text in found.texts], dtype=np.int64)

    assert found.spread(known).tolist() == [min(len(text or ""), length) for text in column]


@pytest.mark.parametrize("count", [0, 1, 127, 128, 129, 2**15, 2**15 + 1, 2**31 + 1])
def test_short_numbers(count):
    """The numbers below a count fit, and two below 0; the type is no longer than it has to be."""
    found = np.iinfo(short(count))

    assert found.max >= count - 1
    assert found.min <= -2
    assert found.bits == 8 or np.iinfo(f"int{found.bits // 2}").max < count - 1


@given(rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=20))
def test_changes(rows):
    """Where an entry differs from the one before in any column; the first one does."""
    one, other = (np.array([row[n] for row in rows], dtype=np.int64) for n in (0, 1))
    expected = [not n or row != rows[n - 1] for n, row in enumerate(rows)]

    assert changes(one, other).tolist() == expected


def test_chained():
    """Columns become one; the only one is not copied."""
    one = np.arange(3)

    assert chained([one]) is one
    assert chained([one, one + 3]).tolist() == [0, 1, 2, 3, 4, 5]

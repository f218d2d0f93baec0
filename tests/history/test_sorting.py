"""Columns in order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from salesflow.history.reading.sorting import order_by

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
